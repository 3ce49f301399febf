#!/usr/bin/python3
"""Write networks with seeded weights, for sescope and for its peers.

    scripts/peers/models.py FOLDER NAME ...

Of each: NAME.pth (a state dict, for sescope) or NAME.caffemodel (of one that
exists as a prototxt), NAME.pt and NAME-gates.pt (TorchScript, for PyTorch:
logits, and logits with all gates) and NAME.onnx (for ONNX Runtime, batch
free). Batch norms have the statistics of random pictures, so that numbers
neither vanish nor explode. What is there already stays. Needs Debian's
python3-torch and python3-torchvision.
"""
import os
import sys

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../reference"))
import caffe # noqa: E402
import caffe_module # noqa: E402
import mobile # noqa: E402
import networks # noqa: E402
import noise # noqa: E402
from catalogue import NETWORKS, prototxt # noqa: E402

ALL = {**networks.NETWORKS, **mobile.NETWORKS, **mobile.MORE}


def calibrate(net, x):
    for module in net.modules():
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            module.momentum = None
            module.reset_running_stats()
    net.train()
    with torch.no_grad():
        net(x)
    net.eval()


class WithGates(torch.nn.Module):
    """Logits and all gates, side by side."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x):
        logits = self.net(x)
        return torch.cat([logits] + [g.flatten(1) for _, g in
                                     self.net.gates()], 1)


def from_pytorch(name, path, x):
    """The reference's network; its state dict goes to path.pth."""
    net = ALL[NETWORKS[name][0]][1]()
    calibrate(net, x)
    torch.save(net.state_dict(), path + ".pth")
    return net


def from_caffe(name, path, x):
    """The prototxt's network; its weights go to path.caffemodel."""
    with open(prototxt(name), encoding="utf-8") as f:
        text = f.read()
    runner = caffe.Runner(text, seeder=caffe.Seeder(1), dtype=torch.float32)
    runner.run(x)
    with open(path + ".caffemodel", "wb") as f:
        f.write(caffe.caffemodel(runner.net.get("name"),
                                 caffe.weights_of(runner)))
    return caffe_module.Net(text, runner.weights).eval()


class Hardswish(torch.nn.Module):
    """Debian's PyTorch 1.13, optimised for inference, has oneDNN do its own
    hardswish wrongly (MobileNetV3's logits are off by more than the largest);
    these oneDNN does well."""

    def forward(self, x):
        return x * torch.nn.functional.hardtanh(x + 3, 0, 6) / 6


def replace_hardswish(net):
    for name, module in net.named_children():
        if isinstance(module, torch.nn.Hardswish):
            setattr(net, name, Hardswish())
        else:
            replace_hardswish(module)


def export(net, path, example):
    with torch.no_grad():
        torch.onnx.export(net, example, path + ".part", opset_version=13,
                          input_names=["x"], output_names=["y"],
                          dynamic_axes={"x": {0: "n"}, "y": {0: "n"}})
        replace_hardswish(net)
        torch.jit.trace(net, example).save(path + ".pt")
        torch.jit.trace(WithGates(net), example).save(path + "-gates.pt")
    os.rename(path + ".part", path + ".onnx")


def write(folder, name):
    _, side, channels = NETWORKS[name]
    path = os.path.join(folder, name)
    if os.path.exists(path + ".onnx"):
        return
    torch.manual_seed(1)
    make = from_caffe if prototxt(name) else from_pytorch
    net = make(name, path, noise.pictures(8, side, channels, 1))
    export(net, path, noise.pictures(1, side, channels, 2))


def main():
    folder, names = sys.argv[1], sys.argv[2:]
    os.makedirs(folder, exist_ok=True)
    for name in names:
        write(folder, name)


if __name__ == "__main__":
    main()
