"""PyTorch definitions of the mobile networks and their kin, for families.py and
verify-families: those of networks.py are residual networks.

torchvision's own are taken from torchvision (Debian's python3-torchvision).
The others are written from the facts of the public implementations, with the
same tensor names, so that their files load here with strict=True.
"""
import math

import torch
import torchvision
from torch import nn
from torch.nn import functional as F
from torchvision.models import efficientnet as tv_efficientnet
from torchvision.models import mobilenetv3 as tv_mobilenetv3
from torchvision.models import regnet as tv_regnet
from torchvision.ops.misc import SqueezeExcitation

from networks import Gate, Residual, timm, R18, R50, R101


def hard_sigmoid(x):
    return F.relu6(x + 3) / 6


def round8(channels, limit=.9, divisor=8):
    """To a multiple of 8, not below a share of what it was."""
    out = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return out + divisor if out < limit * channels else out


class Network(nn.Module):
    """What all have: gates in depth order."""

    def gates(self):
        for path, module in self.named_modules():
            if isinstance(module, Gate) and hasattr(module, "seen"):
                yield path, module.seen


# ---- torchvision ---------------------------------------------------------

def watched(net):
    """torchvision's network with the gates() that the others have."""
    def keep(module, _, out):
        module.seen = out.flatten(1)
    gates = [(path, m.scale_activation) for path, m in net.named_modules()
             if isinstance(m, SqueezeExcitation)]
    for _, activation in gates:
        activation.register_forward_hook(keep)
    net.gates = lambda: [(path, a.seen) for path, a in gates]
    return net


def tv(name):
    return lambda: watched(getattr(torchvision.models, name)(
        num_classes=1000, weights=None))


def tv_mobile(kind, width):
    """Any width, which torchvision's own functions do not offer."""
    def make():
        setting, last = tv_mobilenetv3._mobilenet_v3_conf(
            f"mobilenet_v3_{kind}", width_mult=width)
        return watched(tv_mobilenetv3.MobileNetV3(setting, last))
    return make


def tv_effnet(width, depth):
    def make():
        setting, last = tv_efficientnet._efficientnet_conf(
            "efficientnet_b0", width_mult=width, depth_mult=depth)
        return watched(tv_efficientnet.EfficientNet(setting, .2, 0))
    return make


def tv_regnety():
    """Depths and widths of no published network, three stages."""
    params = tv_regnet.BlockParams([1, 2, 2], [16, 32, 48], [8, 8, 16],
                                   [1, 1, 1], [2, 2, 2], .25)
    return watched(tv_regnet.RegNet(params, num_classes=10))


# ---- units with timm's names ---------------------------------------------

class Conv(nn.Conv2d):
    """padded by half, or as TensorFlow's SAME."""

    def __init__(self, i, o, kernel, stride=1, groups=1, same=False):
        super().__init__(i, o, kernel, stride, 0 if same else kernel // 2,
                         groups=groups, bias=False)
        self.same = same

    def forward(self, x):
        if self.same:
            sides = []
            for size in (x.shape[3], x.shape[2]):
                k, s = self.kernel_size[0], self.stride[0]
                out = (size + s - 1) // s # ONNX divides towards zero
                total = max(0, (out - 1) * s + k - size)
                sides += [total // 2, total - total // 2]
            x = F.pad(x, sides)
        return super().forward(x)


class ReduceExpand(Gate):
    """Keys conv_reduce, conv_expand."""

    def __init__(self, channels, reduced, inner, gate):
        super().__init__()
        self.conv_reduce = nn.Conv2d(channels, reduced, 1)
        self.conv_expand = nn.Conv2d(reduced, channels, 1)
        self.inner, self.gate = inner, gate

    def forward(self, x):
        y = self.inner(self.conv_reduce(x.mean((2, 3), keepdim=True)))
        y = self.gate(self.conv_expand(y))
        self.seen = y.flatten(1)
        return x * y


class Style:
    """What the tensors of a network do not show."""

    def __init__(self, act=F.silu, same=False, eps=1e-5, gate=torch.sigmoid,
                 inner=None, unrounded=False):
        self.act, self.same, self.eps, self.gate = act, same, eps, gate
        self.inner, self.unrounded = inner, unrounded

    def norm(self, channels):
        return nn.BatchNorm2d(channels, self.eps)


class Unit(nn.Module):
    """kind: ds (depthwise, pointwise), ir (expand, depthwise, project), er
    (expand with a window, project) or cn (one convolution)."""

    def __init__(self, style, kind, i, o, kernel, stride, inner=0, reduced=0,
                 act=None, skip=True):
        super().__init__()
        self.kind, self.act = kind, act or style.act
        self.skip = skip and stride == 1 and i == o
        self.se = nn.Identity()
        if reduced:
            self.se = ReduceExpand(inner, reduced, style.inner or self.act,
                                   style.gate)
        same = style.same
        if kind == "ds":
            self.conv_dw = Conv(i, i, kernel, stride, i, same)
            self.bn1 = style.norm(i)
            self.conv_pw, self.bn2 = Conv(i, o, 1), style.norm(o)
        elif kind == "ir":
            self.conv_pw, self.bn1 = Conv(i, inner, 1), style.norm(inner)
            self.conv_dw = Conv(inner, inner, kernel, stride, inner, same)
            self.bn2 = style.norm(inner)
            self.conv_pwl, self.bn3 = Conv(inner, o, 1), style.norm(o)
        elif kind == "er":
            self.conv_exp = Conv(i, inner, kernel, stride, 1, same)
            self.bn1 = style.norm(inner)
            self.conv_pwl, self.bn2 = Conv(inner, o, 1), style.norm(o)
        else:
            self.conv = Conv(i, o, kernel, stride, 1, same)
            self.bn1 = style.norm(o)

    def forward(self, x):
        a = self.act
        if self.kind == "ds":
            y = self.se(a(self.bn1(self.conv_dw(x))))
            y = self.bn2(self.conv_pw(y))
        elif self.kind == "ir":
            y = a(self.bn1(self.conv_pw(x)))
            y = self.se(a(self.bn2(self.conv_dw(y))))
            y = self.bn3(self.conv_pwl(y))
        elif self.kind == "er":
            y = self.se(a(self.bn1(self.conv_exp(x))))
            y = self.bn2(self.conv_pwl(y))
        else:
            y = a(self.bn1(self.conv(x)))
        return x + y if self.skip else y


class Mobile(Network):
    """head: "norm" (a convolution with norm before the mean) or "bias" (after
    the mean, with a bias) or "plain" (after it, without)."""

    def __init__(self, style, stages, stem, features, head, classes=1000,
                 inputs=3):
        super().__init__()
        self.style, self.head = style, head
        self.conv_stem = Conv(inputs, stem, 3, 2, 1, style.same)
        self.bn1 = style.norm(stem)
        self.blocks = nn.Sequential(*[nn.Sequential(*s) for s in stages])
        width = list(self.blocks.modules())[-1].num_features
        if head == "norm":
            self.conv_head = Conv(width, features, 1)
            self.bn2 = style.norm(features)
        else:
            self.conv_head = nn.Conv2d(width, features, 1,
                                       bias=head == "bias")
        self.classifier = nn.Linear(features, classes)

    def forward(self, x):
        act = self.style.act
        x = self.blocks(act(self.bn1(self.conv_stem(x))))
        if self.head == "norm":
            x = act(self.bn2(self.conv_head(x))).mean((2, 3))
        else:
            x = act(self.conv_head(x.mean((2, 3), keepdim=True))).flatten(1)
        return self.classifier(x)


def effnet(width, depth, tf=False, lite=False, classes=1000):
    """EfficientNet V1; lite: without gates, first and last stage fixed."""
    style = Style(F.relu6 if lite else F.silu, tf, 1e-3 if tf else 1e-5)
    rows = [(1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40),
            (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
            (1, 3, 1, 6, 320)]
    stem = i = 32 if lite else round8(32 * width)
    stages = []
    for n, (units, kernel, stride, times, o) in enumerate(rows):
        o = round8(o * width)
        if not lite or 0 < n < 6:
            units = math.ceil(units * depth)
        stage = []
        for u in range(units):
            # widths of gates come of what the unit takes
            stage.append(Unit(style, "ds" if times == 1 else "ir", i, o,
                              kernel, 1 if u else stride, i * times,
                              0 if lite else round(i / 4)))
            i = o
        stages.append(stage)
    features = 1280 if lite else round8(1280 * width)
    return Mobile(style, stages, stem, features, "norm", classes)


def effnet2(rows, stem, features, tf=False, first="cn"):
    """V2. rows: units, stride, expansion, channels; the first is plain, the
    next two have expansions with windows, the rest are as V1's."""
    style = Style(F.silu, tf, 1e-3 if tf else 1e-5)
    stages, i = [], stem
    for n, (units, stride, times, o) in enumerate(rows):
        kind = first if n == 0 else "er" if n < 3 else "ir"
        stage = []
        for u in range(units):
            stage.append(Unit(style, kind, i, o, 3, 1 if u else stride,
                              i * times, round(i / 4) if n > 2 else 0))
            i = o
        stages.append(stage)
    return Mobile(style, stages, stem, features, "norm")


V2_B0 = [(1, 1, 1, 16), (2, 2, 4, 32), (2, 2, 4, 48), (3, 2, 4, 96),
         (5, 1, 6, 112), (8, 2, 6, 192)]
V2_S = [(2, 1, 1, 24), (4, 2, 4, 48), (4, 2, 4, 64), (6, 2, 4, 128),
        (9, 1, 6, 160), (15, 2, 6, 256)]
V2_RW_T = [(2, 1, 1, 24), (4, 2, 4, 40), (4, 2, 4, 48), (6, 2, 4, 104),
           (9, 1, 6, 128), (14, 2, 6, 208)]
V2_RW_S = V2_S[:-1] + [(15, 2, 6, 272)]
V2_M = [(3, 1, 1, 24), (5, 2, 4, 48), (5, 2, 4, 80), (7, 2, 4, 160),
        (14, 1, 6, 176), (18, 2, 6, 304), (5, 1, 6, 512)]
V2_L = [(4, 1, 1, 32), (7, 2, 4, 64), (7, 2, 4, 96), (10, 2, 4, 192),
        (19, 1, 6, 224), (25, 2, 6, 384), (7, 1, 6, 640)]

RE, HS = F.relu, F.hardswish
# MobileNetV3: stages of kernel, expansion, channels, gate, act, stride.
SMALL = [[(3, 1, 16, 1, RE, 2)],
         [(3, 4.5, 24, 0, RE, 2), (3, 3.67, 24, 0, RE, 1)],
         [(5, 4, 40, 1, HS, 2)] + 2 * [(5, 6, 40, 1, HS, 1)],
         2 * [(5, 3, 48, 1, HS, 1)],
         [(5, 6, 96, 1, HS, 2)] + 2 * [(5, 6, 96, 1, HS, 1)]]
LARGE = [[(3, 1, 16, 0, RE, 1)],
         [(3, 4, 24, 0, RE, 2), (3, 3, 24, 0, RE, 1)],
         [(5, 3, 40, 1, RE, 2)] + 2 * [(5, 3, 40, 1, RE, 1)],
         [(3, 6, 80, 0, HS, 2), (3, 2.5, 80, 0, HS, 1)]
         + 2 * [(3, 2.3, 80, 0, HS, 1)],
         2 * [(3, 6, 112, 1, HS, 1)],
         [(5, 6, 160, 1, HS, 2)] + 2 * [(5, 6, 160, 1, HS, 1)]]


def mobile3(stages, width=1., tf=False, rw=False, minimal=False):
    style = Style(RE if minimal else HS, tf, 1e-3 if tf or rw else 1e-5,
                  hard_sigmoid, None if rw else F.relu)
    stem = i = 16 if width < .75 else round8(16 * width)
    built = []
    for stage in stages:
        units = []
        for kernel, times, o, gate, act, stride in stage:
            if minimal:
                kernel, gate, act = 3, 0, RE
            o, inner = round8(o * width), round8(i * times)
            reduced = round(inner / 4) if rw else round8(inner / 4)
            units.append(Unit(style, "ds" if times == 1 else "ir", i, o,
                              kernel, stride, inner, reduced if gate else 0,
                              act, not (rw and not built)))
            i = o
        built.append(units)
    last = round8(stages[-1][-1][2] * 6 * width)
    built.append([Unit(style, "cn", i, last, 1, 1, skip=False)])
    return Mobile(style, built, stem, 1024 if stages is SMALL else 1280,
                  "plain" if rw else "bias")


# ---- RegNetY with timm's names -------------------------------------------

class ConvNorm(nn.Module):
    def __init__(self, i, o, kernel=1, stride=1, groups=1):
        super().__init__()
        self.conv = Conv(i, o, kernel, stride, groups)
        self.bn = nn.BatchNorm2d(o)

    def forward(self, x):
        return self.bn(self.conv(x))


class Fc(ReduceExpand):
    """Keys fc1, fc2."""

    def __init__(self, channels, reduced):
        nn.Module.__init__(self)
        self.fc1 = nn.Conv2d(channels, reduced, 1)
        self.fc2 = nn.Conv2d(reduced, channels, 1)

    def forward(self, x):
        y = torch.relu(self.fc1(x.mean((2, 3), keepdim=True)))
        y = torch.sigmoid(self.fc2(y))
        self.seen = y.flatten(1)
        return x * y


class RegUnit(nn.Module):
    def __init__(self, i, o, stride, group):
        super().__init__()
        self.conv1 = ConvNorm(i, o)
        self.conv2 = ConvNorm(o, o, 3, stride, o // group)
        self.se = Fc(o, round(i / 4))
        self.conv3 = ConvNorm(o, o)
        self.downsample = nn.Identity() if stride == 1 and i == o else \
            ConvNorm(i, o, 1, stride)

    def forward(self, x):
        y = self.se(torch.relu(self.conv2(torch.relu(self.conv1(x)))))
        return torch.relu(self.conv3(y) + self.downsample(x))


class RegNet(Network):
    def __init__(self, units, widths, group, classes=1000):
        super().__init__()
        self.stem, i = ConvNorm(3, 32, 3, 2), 32
        for s, (count, o) in enumerate(zip(units, widths)):
            stage = nn.Sequential()
            for u in range(count):
                stage.add_module(f"b{u + 1}",
                                 RegUnit(i, o, 1 if u else 2, group))
                i = o
            self.add_module(f"s{s + 1}", stage)
        self.head = nn.Sequential()
        self.head.add_module("fc", nn.Linear(i, classes))

    def forward(self, x):
        x = torch.relu(self.stem(x))
        for s in range(1, 5):
            x = getattr(self, f"s{s}")(x)
        return self.head(x.mean((2, 3)))


# ---- GhostNet ------------------------------------------------------------

class Ghost(nn.Module):
    def __init__(self, i, o, act):
        super().__init__()
        half = math.ceil(o / 2)
        self.primary_conv = nn.Sequential(Conv(i, half, 1),
                                          nn.BatchNorm2d(half), act())
        self.cheap_operation = nn.Sequential(Conv(half, half, 3, 1, half),
                                             nn.BatchNorm2d(half), act())

    def forward(self, x):
        x = self.primary_conv(x)
        return torch.cat([x, self.cheap_operation(x)], 1)


class GhostUnit(nn.Module):
    def __init__(self, i, inner, o, kernel, stride, gate):
        super().__init__()
        self.ghost1 = Ghost(i, inner, nn.ReLU)
        self.strided = stride > 1
        if self.strided:
            self.conv_dw = Conv(inner, inner, kernel, stride, inner)
            self.bn_dw = nn.BatchNorm2d(inner)
        self.se = ReduceExpand(inner, round8(inner / 4, divisor=4), F.relu,
                               hard_sigmoid) if gate else nn.Identity()
        self.ghost2 = Ghost(inner, o, nn.Identity)
        self.shortcut = nn.Sequential()
        if self.strided or i != o:
            self.shortcut = nn.Sequential(
                Conv(i, i, kernel, stride, i), nn.BatchNorm2d(i),
                Conv(i, o, 1), nn.BatchNorm2d(o))

    def forward(self, x):
        y = self.ghost1(x)
        if self.strided:
            y = self.bn_dw(self.conv_dw(y))
        return self.ghost2(self.se(y)) + self.shortcut(x)


GHOST = [[(3, 16, 16, 0, 1)], [(3, 48, 24, 0, 2)], [(3, 72, 24, 0, 1)],
         [(5, 72, 40, 1, 2)], [(5, 120, 40, 1, 1)], [(3, 240, 80, 0, 2)],
         [(3, 200, 80, 0, 1), (3, 184, 80, 0, 1), (3, 184, 80, 0, 1),
          (3, 480, 112, 1, 1), (3, 672, 112, 1, 1)], [(5, 672, 160, 1, 2)],
         [(5, 960, 160, 0, 1), (5, 960, 160, 1, 1), (5, 960, 160, 0, 1),
          (5, 960, 160, 1, 1)]]


class GhostNet(Network):
    def __init__(self, width=1.):
        super().__init__()
        i = round8(16 * width, divisor=4)
        self.conv_stem, self.bn1 = Conv(3, i, 3, 2), nn.BatchNorm2d(i)
        stages = []
        for rows in GHOST:
            stage = []
            for kernel, inner, o, gate, stride in rows:
                inner = round8(inner * width, divisor=4)
                o = round8(o * width, divisor=4)
                stage.append(GhostUnit(i, inner, o, kernel, stride, gate))
                i = o
            stages.append(nn.Sequential(*stage))
        last = round8(960 * width, divisor=4)
        stages.append(nn.Sequential(Unit(Style(F.relu), "cn", i, last, 1, 1,
                                         skip=False)))
        self.blocks = nn.Sequential(*stages)
        self.conv_head = nn.Conv2d(last, 1280, 1)
        self.classifier = nn.Linear(1280, 1000)

    def forward(self, x):
        x = self.blocks(torch.relu(self.bn1(self.conv_stem(x))))
        x = torch.relu(self.conv_head(x.mean((2, 3), keepdim=True)))
        return self.classifier(x.flatten(1))


# ---- d-li14's MobileNetV3 ------------------------------------------------

class Act(nn.Module):
    def __init__(self, act):
        super().__init__()
        self.act = act

    def forward(self, x):
        return self.act(x)


class LinearHard(Gate):
    """Keys fc.0, fc.2; hard-sigmoid."""

    def __init__(self, channels, reduced):
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(channels, reduced), nn.ReLU(),
                                nn.Linear(reduced, channels))

    def forward(self, x):
        self.seen = hard_sigmoid(self.fc(x.mean((2, 3))))
        return x * self.seen[:, :, None, None]


class LiUnit(nn.Module):
    def __init__(self, i, inner, o, kernel, gate, act, stride):
        super().__init__()
        self.skip = stride == 1 and i == o
        depth = [Conv(inner, inner, kernel, stride, inner),
                 nn.BatchNorm2d(inner)]
        se = LinearHard(inner, round8(inner // 4)) if gate else nn.Identity()
        end = [Conv(inner, o, 1), nn.BatchNorm2d(o)]
        if i == inner: # the gate after the non-linearity
            layers = depth + [Act(act), se] + end
        else:
            layers = [Conv(i, inner, 1), nn.BatchNorm2d(inner), Act(act)] \
                + depth + [se, Act(act)] + end
        self.conv = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.conv(x) if self.skip else self.conv(x)


class LiMobile(Network):
    def __init__(self, stages, width=1.):
        super().__init__()
        i = round8(16 * width)

        def layer(a, b, kernel, stride):
            return nn.Sequential(Conv(a, b, kernel, stride),
                                 nn.BatchNorm2d(b), Act(F.hardswish))
        layers = [layer(3, i, 3, 2)]
        for kernel, times, o, gate, act, stride in sum(stages, []):
            o, inner = round8(o * width), round8(i * times)
            layers.append(LiUnit(i, inner, o, kernel, gate, act, stride))
            i = o
        self.features = nn.Sequential(*layers)
        self.conv = layer(i, inner, 1, 1)
        last = 1024 if stages is SMALL else 1280
        self.classifier = nn.Sequential(nn.Linear(inner, last),
                                        Act(F.hardswish), nn.Identity(),
                                        nn.Linear(last, 1000))

    def forward(self, x):
        x = self.conv(self.features(x)).mean((2, 3))
        return self.classifier(x)


# ---- SE-Inception-v3 -----------------------------------------------------

class SELayer(Gate):
    """Keys fc.0, fc.2, no bias."""

    def __init__(self, channels):
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(channels, channels // 16, False),
                                nn.ReLU(),
                                nn.Linear(channels // 16, channels, False))

    def forward(self, x):
        self.seen = torch.sigmoid(self.fc(x.mean((2, 3))))
        return x * self.seen[:, :, None, None]


class Inception(Network):
    """torchvision's network under `model`, with the gates of senet.pytorch:
    never called, or called on what the modules take."""
    WIDTHS = {"Mixed_5b": 192, "Mixed_5c": 256, "Mixed_5d": 288,
              "Mixed_6a": 288, "Mixed_6b": 768, "Mixed_6c": 768,
              "Mixed_6d": 768, "Mixed_6e": 768, "AuxLogits": 768,
              "Mixed_7a": 768, "Mixed_7b": 1280, "Mixed_7c": 2048}

    def __init__(self, applied, classes=1000):
        super().__init__()
        self.model = torchvision.models.Inception3(
            classes, aux_logits=True, init_weights=False)
        for name, width in self.WIDTHS.items():
            module = getattr(self.model, name)
            module.add_module("SELayer", SELayer(width))
            if applied and name != "AuxLogits":
                module.register_forward_pre_hook(
                    lambda m, x: (m.SELayer(x[0]),))

    def gates(self):
        for path, seen in super().gates():
            yield path.replace("model.", ""), seen

    def forward(self, x):
        out = self.model(x)
        return out[0] if isinstance(out, tuple) else out


# ---- ECA -----------------------------------------------------------------

class Eca(Gate):
    """Key conv: across channels."""

    def __init__(self, channels):
        super().__init__()
        k = int(abs(math.log2(channels) + 1) / 2)
        k = max(k if k % 2 else k + 1, 3)
        self.conv = nn.Conv1d(1, 1, k, padding=k // 2, bias=False)

    def forward(self, x):
        y = self.conv(x.mean((2, 3))[:, None])[:, 0]
        self.seen = torch.sigmoid(y)
        return x * self.seen[:, :, None, None]


def eca(units, **more):
    return timm(units, **{"gate": Eca, **more})


D = dict(stem=(32, 32, 64), downsample="average")
T = dict(stem=(24, 32, 64), downsample="average")

def last_norms(net):
    """The norms before the sums of shortcuts: small in trained networks."""
    for unit in net.modules():
        if isinstance(unit, Unit) and unit.kind != "cn":
            yield unit.bn3 if unit.kind == "ir" else unit.bn2
        elif isinstance(unit, RegUnit):
            yield unit.conv3.bn
        elif isinstance(unit, GhostUnit):
            yield unit.ghost2.primary_conv[1]
            yield unit.ghost2.cheap_operation[1]
        elif isinstance(unit, LiUnit):
            yield unit.conv[-1]
        elif isinstance(unit, (tv_mobilenetv3.InvertedResidual,
                               tv_efficientnet.MBConv,
                               tv_efficientnet.FusedMBConv)):
            yield unit.block[-1][1]
        elif isinstance(unit, tv_regnet.ResBottleneckBlock):
            yield unit.f.c[1]


# Name of the golden: arch as sescope says it, a maker, input (c, h, w). A name
# after "timm-tf_" and the like is what --arch needs (see arch()).
NETWORKS = {
    "tv-mobilenet_v3_small": (
        "mobilenet_v3_small (torchvision)", tv("mobilenet_v3_small"),
        (3, 64, 64)),
    "tv-mobilenet_v3_large": (
        "mobilenet_v3_large (torchvision)", tv("mobilenet_v3_large"),
        (3, 90, 70)),
    "tv-mobilenet_v3_small-half": (
        "mobilenet_v3_small (torchvision, width 0.5)",
        tv_mobile("small", .5), (3, 64, 64)),
    "tv-efficientnet_b0": (
        "efficientnet_b0 (torchvision)", tv("efficientnet_b0"),
        (3, 90, 70)),
    "tv-efficientnet_b5": (
        "efficientnet_b5 (torchvision)", tv("efficientnet_b5"),
        (3, 64, 64)),
    "tv-efficientnet-narrow": (
        "efficientnet (torchvision)", tv_effnet(.25, .5), (3, 64, 64)),
    "tv-efficientnet_v2_s": (
        "efficientnet_v2_s (torchvision)", tv("efficientnet_v2_s"),
        (3, 64, 64)),
    "tv-regnet_y_400mf": (
        "regnet_y_400mf (torchvision)", tv("regnet_y_400mf"),
        (3, 90, 70)),
    "tv-regnet-narrow": ("RegNetY (torchvision)", tv_regnety, (3, 64, 64)),
    "timm-mobilenetv3_small_050": (
        "mobilenetv3_small_050 (timm)", lambda: mobile3(SMALL, .5),
        (3, 64, 64)),
    "timm-mobilenetv3_large_100": (
        "mobilenetv3_large_100 (timm)", lambda: mobile3(LARGE),
        (3, 90, 70)),
    "timm-mobilenetv3_rw": (
        "mobilenetv3_rw (timm)", lambda: mobile3(LARGE, rw=True),
        (3, 64, 64)),
    "timm-tf_mobilenetv3_small_075": (
        "tf_mobilenetv3_small_075 (timm)",
        lambda: mobile3(SMALL, .75, tf=True), (3, 90, 70)),
    "timm-tf_mobilenetv3_large_minimal_100": (
        "tf_mobilenetv3_large_minimal_100 (timm)",
        lambda: mobile3(LARGE, tf=True, minimal=True), (3, 64, 64)),
    "timm-efficientnet_b0": (
        "efficientnet_b0 (timm)", lambda: effnet(1, 1), (3, 90, 70)),
    "timm-efficientnet_lite0": (
        "efficientnet_lite0 (timm)", lambda: effnet(1, 1, lite=True),
        (3, 64, 64)),
    "timm-efficientnet-narrow": (
        "efficientnet (timm)", lambda: effnet(.25, .5, classes=10),
        (3, 64, 64)),
    "timm-tf_efficientnet_b0": (
        "tf_efficientnet_b0 (timm)", lambda: effnet(1, 1, tf=True),
        (3, 90, 70)),
    "timm-tf_efficientnetv2_b0": (
        "tf_efficientnetv2_b0 (timm)",
        lambda: effnet2(V2_B0, 32, 1280, tf=True), (3, 64, 64)),
    "timm-efficientnetv2_rw_s": (
        "efficientnetv2_rw_s (timm)",
        lambda: effnet2(V2_RW_S, 24, 1792, first="er"), (3, 64, 64)),
    "timm-regnety_002": (
        "regnety_002 (timm)",
        lambda: RegNet((1, 1, 4, 7), (24, 56, 152, 368), 8), (3, 90, 70)),
    "timm-ghostnet_100": (
        "ghostnet_100 (timm)", GhostNet, (3, 90, 70)),
    "timm-ecaresnet50d": (
        "ecaresnet50d (timm)", lambda: eca(R50, **D), (3, 64, 64)),
    "timm-ecaresnetlight": (
        "ecaresnetlight (timm)",
        lambda: eca((1, 1, 11, 3), downsample="average"), (3, 64, 64)),
    "eca_resnet18": (
        "ECA-ResNet-18 (ECANet)",
        lambda: eca(R18, bottleneck=False, gate_name="eca"), (3, 64, 64)),
    "li-mobilenetv3_small": (
        "mobilenetv3_small (d-li14)", lambda: LiMobile(SMALL), (3, 64, 64)),
    "li-mobilenetv3_large": (
        "mobilenetv3_large (d-li14, width 0.75)",
        lambda: LiMobile(LARGE, .75), (3, 90, 70)),
    "se_inception_v3": (
        "SE-Inception-v3 (senet.pytorch)", lambda: Inception(False),
        (3, 96, 96)),
    "se_inception_v3_applied": (
        "SE-Inception-v3 applied (senet.pytorch)", lambda: Inception(True),
        (3, 96, 96)),
}

# Members that verify-families adds: the same builders at other sizes.
MORE = {
    **{f"tv-efficientnet_b{n}": (None, tv(f"efficientnet_b{n}"), None)
       for n in (1, 2, 3, 4, 6, 7)},
    **{f"tv-efficientnet_v2_{s}": (None, tv(f"efficientnet_v2_{s}"), None)
       for s in "ml"},
    **{f"tv-regnet_y_{s}": (None, tv(f"regnet_y_{s}"), None)
       for s in ("800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf")},
    **{f"timm-{tf}efficientnet_b{n}":
       (None, lambda w=w, d=d, tf=tf: effnet(w, d, bool(tf)), None)
       for n, (w, d) in enumerate([(1, 1), (1, 1.1), (1.1, 1.2), (1.2, 1.4),
                                   (1.4, 1.8), (1.6, 2.2), (1.8, 2.6),
                                   (2, 3.1), (2.2, 3.6)]) if n
       for tf in ("", "tf_")},
    "timm-tf_efficientnet_l2": ( # 480 million parameters
        None, lambda: effnet(4.3, 5.3, tf=True), None),
    **{f"timm-efficientnet_lite{n}":
       (None, lambda w=w, d=d: effnet(w, d, lite=True), None)
       for n, (w, d) in enumerate([(1, 1), (1, 1.1), (1.1, 1.2), (1.2, 1.4),
                                   (1.4, 1.8)]) if n},
    "timm-efficientnetv2_rw_t": (
        None, lambda: effnet2(V2_RW_T, 24, 1024), None),
    **{f"timm-{tf}efficientnetv2_{s}":
       (None, lambda r=r, w=w, tf=tf: effnet2(r, w, 1280, bool(tf)), None)
       for s, r, w in (("s", V2_S, 24), ("m", V2_M, 24), ("l", V2_L, 32))
       for tf in ("", "tf_")},
    **{f"timm-{tf}mobilenetv3_{kind}_{suffix}":
       (None, lambda k=k, w=w, tf=tf: mobile3(k, w, bool(tf)), None)
       for kind, k, suffix, w in (("small", SMALL, "075", .75),
                                  ("small", SMALL, "100", 1),
                                  ("large", LARGE, "075", .75),
                                  ("large", LARGE, "100", 1))
       for tf in ("", "tf_")},
    **{f"timm-regnety_{n}":
       (None, lambda u=u, w=w, g=g: RegNet(u, w, g), None)
       for n, u, w, g in (
           ("004", (1, 3, 6, 6), (48, 104, 208, 440), 8),
           ("006", (1, 3, 7, 4), (48, 112, 256, 608), 16),
           ("008", (1, 3, 8, 2), (64, 128, 320, 768), 16),
           ("016", (2, 6, 17, 2), (48, 120, 336, 888), 24),
           ("032", (2, 5, 13, 1), (72, 216, 576, 1512), 24),
           ("040", (2, 6, 12, 2), (128, 192, 512, 1088), 64),
           ("064", (2, 7, 14, 2), (144, 288, 576, 1296), 72),
           ("080", (2, 4, 10, 1), (168, 448, 896, 2016), 56),
           ("120", (2, 5, 11, 1), (224, 448, 896, 2240), 112),
           ("160", (2, 4, 11, 1), (224, 448, 1232, 3024), 112),
           ("320", (2, 5, 12, 1), (232, 696, 1392, 3712), 232))},
    **{f"timm-ghostnet_{n}": (None, lambda w=w: GhostNet(w), None)
       for n, w in (("050", .5), ("130", 1.3))},
    "timm-ecaresnet26t": (None, lambda: eca(R18, **T), None),
    "timm-ecaresnet50t": (None, lambda: eca(R50, **T), None),
    "timm-ecaresnet101d": (None, lambda: eca(R101, **D), None),
    "li-mobilenetv3_small-075": (
        None, lambda: LiMobile(SMALL, .75), None),
    "li-mobilenetv3_large-1": (None, lambda: LiMobile(LARGE), None),
}


def arch(name):
    """What --arch has to say, for networks whose files others share; or
    None."""
    own = name.split("-", 1)[-1]
    shared = own.startswith("tf_") or own.endswith(
        ("_applied", "_pre", "_post", "_identity"))
    return own if shared else None
