#!/usr/bin/python3
"""Print what PyTorch makes of operations: tests/data/ops/torch.txt.

Inputs follow from an index by a formula that test-ops.c repeats, so only
the results are written. Needs Debian's python3-torch."""
import itertools

import torch
import torch.nn.functional as F


def ramp(count, start):
    """Element i: an exact float between -1.6 and 1.6, without a pattern."""
    return torch.tensor(
        [((i * 37 + start) % 101 - 50) / 32 for i in range(count)],
        dtype=torch.float64)


def show(words, y):
    y = y[0].permute(1, 2, 0)
    print(*words, *y.shape)
    print(*("%.8g" % v for v in y.reshape(-1).tolist()))


def image(h, w, c):
    return ramp(h * w * c, 11).reshape(1, h, w, c).permute(0, 3, 1, 2)


def conv(h, w, c, o, groups, kernel, stride, dilation, pad):
    kh, kw = kernel
    weight = ramp(o * (c // groups) * kh * kw, 5).reshape(o, c // groups, kh,
                                                          kw)
    bias = ramp(o, 3)
    top, left, bottom, right = pad
    x = F.pad(image(h, w, c), (left, right, top, bottom))
    y = F.conv2d(x, weight, bias, stride, 0, dilation, groups)
    show(("conv", h, w, c, o, groups, *kernel, *stride, *dilation, *pad), y)


def pools():
    sizes = [(7, 6), (5, 8)]
    for (h, w), k, s, p, ceil in itertools.product(
            sizes, (2, 3), (1, 2, 3), (0, 1), (False, True)):
        if 2 * p > k:
            continue
        x = image(h, w, 2)
        show(("max", h, w, 2, k, s, p, int(ceil), 0),
             F.max_pool2d(x - 3, k, s, p, 1, ceil))
        for counted in (False, True):
            show(("average", h, w, 2, k, s, p, int(ceil), int(counted)),
                 F.avg_pool2d(x, k, s, p, ceil, counted))


def activations():
    """Name, alpha, beta, then results for -8, -7.75 .. 8."""
    x = torch.arange(-32, 33, dtype=torch.float64) / 4
    for name, alpha, beta, f in (
            ("relu", 0, 0, F.relu),
            ("relu6", 0, 0, F.relu6),
            ("leaky-relu", 0.25, 0, lambda v: F.leaky_relu(v, 0.25)),
            ("sigmoid", 0, 0, torch.sigmoid),
            ("hard-sigmoid", 1 / 6, 0.5, F.hardsigmoid),
            ("tanh", 0, 0, torch.tanh),
            ("silu", 0, 0, F.silu),
            ("hard-swish", 0, 0, F.hardswish),
            ("gelu", 0, 0, F.gelu),
            ("gelu-tanh", 0, 0, gelu_tanh),
            ("mish", 0, 0, F.mish),
            ("elu", 0.75, 0, lambda v: F.elu(v, 0.75)),
            ("softplus", 0, 0, F.softplus),
            ("linear", -1.5, 0.25, lambda v: -1.5 * v + 0.25),
            ("clip", -1.25, 2.5, lambda v: v.clamp(-1.25, 2.5)),
            ("power", 3, 0, lambda v: v.pow(3)),
            ("exp", 0, 0, torch.exp),
            ("erf", 0, 0, torch.erf)):
        print("activation", name, "%.8g" % alpha, "%.8g" % beta, len(x))
        print(*("%.8g" % v for v in f(x).tolist()))


def gelu_tanh(v):
    """By PyTorch's words for approximate='tanh', which 1.13 has in floats."""
    return F.gelu(v, approximate="tanh")


def edges():
    """Name, alpha, beta, then results at infinities and beyond float's exp."""
    x = torch.tensor([-float("inf"), float("inf"), -1e30, 1e30, -104, 104],
                     dtype=torch.float32)
    for name, alpha, beta, f in (
            ("silu", 0, 0, F.silu), ("hard-swish", 0, 0, F.hardswish),
            ("gelu", 0, 0, F.gelu), ("gelu-tanh", 0, 0, gelu_tanh),
            ("mish", 0, 0, F.mish), ("elu", 0.75, 0,
                                     lambda v: F.elu(v, 0.75)),
            ("softplus", 0, 0, F.softplus), ("exp", 0, 0, torch.exp),
            ("erf", 0, 0, torch.erf), ("tanh", 0, 0, torch.tanh),
            ("sigmoid", 0, 0, torch.sigmoid)):
        print("edges", name, "%.8g" % alpha, "%.8g" % beta, len(x))
        print(*("%.8g" % v for v in f(x).tolist()))


def pads():
    """Mode, size, top, left, bottom, right: below 0 they crop."""
    for mode, pad in (("constant", (1, 2, 3, 0)), ("constant", (-2, 1, 2, -1)),
                      ("reflect", (2, 1, 3, 4)), ("reflect", (0, 3, 1, 0)),
                      ("replicate", (1, 2, 5, 0)),
                      ("replicate", (3, 0, 0, 6))):
        top, left, bottom, right = pad
        value = {"value": 0.25} if mode == "constant" else {}
        show(("pad", mode, 4, 5, 3, *pad),
             F.pad(image(4, 5, 3), (left, right, top, bottom), mode, **value))


def norms():
    """Size, alpha, beta, k: odd sizes, where all frameworks agree."""
    for c, size, alpha, beta, k in ((9, 5, 1e-1, 0.75, 1.0),
                                    (4, 7, 2e-1, 0.75, 2.0),
                                    (6, 3, 5e-1, 0.5, 1.5),
                                    (5, 1, 1.0, 0.75, 1.0)):
        show(("lrn", 2, 3, c, size, alpha, beta, k),
             F.local_response_norm(image(2, 3, c), size, alpha, beta, k))


def main():
    conv(7, 6, 3, 4, 1, (3, 3), (1, 1), (1, 1), (1, 1, 1, 1))
    conv(7, 6, 3, 4, 1, (3, 3), (2, 2), (1, 1), (0, 0, 1, 1))
    conv(9, 8, 2, 3, 1, (3, 2), (1, 2), (2, 3), (2, 0, 1, 3))
    conv(5, 6, 6, 4, 2, (3, 3), (1, 1), (1, 1), (1, 1, 1, 1))
    conv(6, 5, 4, 4, 4, (5, 3), (2, 1), (1, 1), (2, 1, 2, 1))
    conv(5, 5, 4, 8, 4, (3, 3), (1, 1), (1, 1), (1, 1, 1, 1))
    conv(4, 3, 5, 6, 1, (1, 1), (1, 1), (1, 1), (0, 0, 0, 0))
    conv(5, 4, 16, 17, 1, (3, 3), (1, 1), (1, 1), (1, 1, 1, 1))
    conv(3, 2, 4, 5, 1, (3, 2), (1, 1), (1, 1), (0, 0, 0, 0))
    pools()
    activations()
    edges()
    pads()
    norms()


main()
