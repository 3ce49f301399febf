"""The networks that are measured; scripts/peers/models.py makes them."""
# name: the reference's, side of the input, channels
NETWORKS = {
    "se_resnet50": ("cadene-se_resnet50", 224, 3),
    "se_resnext50": ("cadene-se_resnext50_32x4d", 224, 3),
    "senet154": ("cadene-senet154", 224, 3),
    "mobilenet_v3_large": ("tv-mobilenet_v3_large", 224, 3),
    "efficientnet_b0": ("tv-efficientnet_b0", 224, 3),
    "se_resnet20_cifar": ("senet-cifar20", 32, 3),
    "se_resnet20_grey": ("senet-cifar20-grey", 28, 1),
}
