"""The networks that are measured; scripts/peers/models.py makes them."""
import os

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
SHARED = os.environ.get("SES_SHARED", os.path.join(ROOT, "../shared"))
PROTOTXTS = os.path.join(SHARED, "data/senet-caffe")

# name: the reference's, or a prototxt; side of the input, channels
NETWORKS = {
    "se_resnet50": ("cadene-se_resnet50", 224, 3),
    "se_resnext50": ("cadene-se_resnext50_32x4d", 224, 3),
    "senet154": ("cadene-senet154", 224, 3),
    "se_bn_inception": ("SE-BN-Inception.prototxt", 224, 3),
    "mobilenet_v3_large": ("tv-mobilenet_v3_large", 224, 3),
    "efficientnet_b0": ("tv-efficientnet_b0", 224, 3),
    "se_resnet20_cifar": ("senet-cifar20", 32, 3),
    "se_resnet20_grey": ("senet-cifar20-grey", 28, 1),
}


def prototxt(name):
    """Where the network's prototxt is, or None for one of PyTorch's."""
    reference = NETWORKS[name][0]
    if not reference.endswith(".prototxt"):
        return None
    return os.path.join(PROTOTXTS, reference)


def missing(name):
    """The file that has to be there and is not, or None."""
    path = prototxt(name)
    return path if path and not os.path.exists(path) else None


def model(folder, name):
    """The network as sescope is given it: its file, and options."""
    path = os.path.join(folder, name)
    if prototxt(name):
        return [prototxt(name), "--weights", path + ".caffemodel"]
    return [path + ".pth"]
