"""A prototxt as a PyTorch module, as one would write it who has to: what the
peers run of the networks that exist for Caffe alone.

scripts/reference/caffe.py runs a prototxt too, layer by layer as Caffe defines
them, slowly; it makes the weights. Here a batch norm and the scale after it are
one batch norm, and pooling is PyTorch's own.
"""
import os
import sys

import torch
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../reference"))
import caffe # noqa: E402


def convolution(p, weight, *bias):
    group = p.integer("group", 1)
    out, of_group, *kernel = weight.shape
    return nn.Conv2d(of_group * group, out, kernel,
                     caffe.sides(p, "stride", "stride_h", "stride_w", 1),
                     caffe.sides(p, "pad", "pad_h", "pad_w"), groups=group,
                     bias=bool(bias))


def pooling(p):
    average = p.get("pool", "MAX") == "AVE"
    if p.flag("global_pooling", False):
        return nn.AdaptiveAvgPool2d(1) if average else nn.AdaptiveMaxPool2d(1)
    return (nn.AvgPool2d if average else nn.MaxPool2d)(
        p.integer("kernel_size", 0), p.integer("stride", 1),
        p.integer("pad", 0), ceil_mode=True)


class Gate(nn.Module):
    """The map times its gate, which is kept."""

    def forward(self, x, gate):
        self.seen = gate.flatten(1)
        return x * self.seen[:, :, None, None]


class Concat(nn.Module):
    def forward(self, *x):
        return torch.cat(x, 1)


def fill(module, *arrays):
    """Give a layer its weight and bias."""
    parameters = [module.weight] + [module.bias] * (len(arrays) > 1)
    for parameter, array in zip(parameters, arrays):
        parameter.data = torch.as_tensor(array).float().clone()
    return module


def batch_norm(p, mean, var, factor):
    module = nn.BatchNorm2d(len(mean), eps=p.number("eps", 1e-5))
    module.running_mean.data = (mean / factor).float()
    module.running_var.data = (var / factor).float()
    return module


class Net(nn.Module):
    """Logits: a Softmax at the end is left out."""

    def __init__(self, text, weights):
        """weights: the Runner's, by layer."""
        super().__init__()
        self.layers = nn.ModuleList()
        self.wires = [] # of each layer: names of its inputs, of its output
        net = caffe.parse(text)
        for layer in caffe.layers_of(net):
            self.add(layer, weights.get(layer.get("name"), []))

    def add(self, layer, arrays):
        kind, bottoms = caffe.type_of(layer), layer.all("bottom")
        if kind == "Input":
            self.input = layer.get("top")
            return
        if kind == "Scale" and len(bottoms) == 1: # of the batch norm before
            fill(self.layers[-1], *arrays)
            return
        if kind == "Softmax":
            return
        self.layers.append(self.module(kind, layer, arrays))
        self.wires.append((bottoms, layer.get("top")))

    @staticmethod
    def module(kind, layer, arrays):
        if kind == "Convolution":
            return fill(convolution(layer.message("convolution_param"),
                                    *arrays), *arrays)
        if kind == "InnerProduct":
            out, width = arrays[0].shape
            return nn.Sequential(nn.Flatten(), fill(nn.Linear(width, out),
                                                    *arrays))
        if kind == "BatchNorm":
            return batch_norm(layer.message("batch_norm_param"), *arrays)
        if kind == "Pooling":
            return pooling(layer.message("pooling_param"))
        simple = {"ReLU": nn.ReLU, "Sigmoid": nn.Sigmoid, "Concat": Concat,
                  "Reshape": nn.Flatten, "Scale": Gate}
        return simple[kind]()

    def forward(self, x):
        blobs = {self.input: x}
        for layer, (bottoms, top) in zip(self.layers, self.wires):
            blobs[top] = layer(*(blobs[b] for b in bottoms))
        return blobs[self.wires[-1][1]]

    def gates(self):
        """In depth order, as the reference's networks give theirs."""
        for i, layer in enumerate(self.layers):
            if isinstance(layer, Gate):
                yield str(i), layer.seen
