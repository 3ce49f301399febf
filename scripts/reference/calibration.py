"""Random weights that behave as trained ones do: what verify-families and
verify-onnx give every network before they compare.

Batch norms have the statistics of the pictures, so that no layer's numbers
grow or vanish; the last norm of every unit is small, as training leaves it,
so that a unit changes its map by a part; and gates move with the picture, by
a hundredth to a tenth. Without the second a deep network repeats and doubles
rounding from unit to unit, and every float32 implementation differs from
float64.
"""
import torch

import mobile
import networks


def last_norms(net):
    """The last batch norm of every residual unit."""
    for unit in net.modules():
        if isinstance(unit, networks.Unit):
            yield getattr(unit, "bn3", getattr(unit, "bn2", None))
    yield from mobile.last_norms(net)


def gain(net):
    """How much larger than PyTorch's own a gate's random weights are: widths
    of residual networks' gates are large, and means of many numbers small."""
    if isinstance(net, (networks.Residual, networks.MiniFASNet)):
        return 3
    return 2 if isinstance(net, mobile.Network) else 1


def calibrate(net, x):
    """x: pictures as the network takes them, eight to a batch; among them those
    to compare on: with statistics of a few others a deep network blows up."""
    for module in net.modules():
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            module.momentum = None
            module.reset_running_stats()
            torch.nn.init.uniform_(module.weight, .6, 1.2)
            torch.nn.init.uniform_(module.bias, -.2, .2)
    for norm in list(last_norms(net)):
        torch.nn.init.uniform_(norm.weight, .1, .4)
    for name, parameter in net.named_parameters():
        if (".se" in name or ".fc" in name) and parameter.dim() > 1:
            parameter.data *= gain(net)
    net.train()
    with torch.no_grad():
        for batch in x.split(8):
            net(batch)
    net.eval()
