"""PyTorch definitions of every network that the families know.

Written from the facts of the public implementations (which are named in
core/import/families/*.c), with the same tensor names, so that their files
load here with strict=True. One residual network covers three families; what
they do not share are keyword arguments.
"""
import torch
from torch import nn
from torch.nn import functional as F


class Gate(nn.Module):
    """x * sigmoid(up(relu(down(mean(x))))), keeping the gate."""

    def forward(self, x):
        y = x.mean((2, 3), keepdim=self.spatial)
        y = torch.sigmoid(self.excite(y))
        self.seen = y.flatten(1)
        return x * self.seen[:, :, None, None]


class ConvGate(Gate):
    """Keys fc1, fc2 (Cadene, timm); with norms bn1, bn2 (MiniFASNet)."""
    spatial = True

    def __init__(self, channels, reduced, bias=True, norm=False):
        super().__init__()
        self.fc1 = nn.Conv2d(channels, reduced, 1, bias=bias)
        self.fc2 = nn.Conv2d(reduced, channels, 1, bias=bias)
        self.bn1 = nn.BatchNorm2d(reduced) if norm else nn.Identity()
        self.bn2 = nn.BatchNorm2d(channels) if norm else nn.Identity()

    def excite(self, y):
        return self.bn2(self.fc2(F.relu(self.bn1(self.fc1(y)))))


class LinearGate(Gate):
    """Keys fc.0, fc.2 (senet.pytorch)."""
    spatial = False

    def __init__(self, channels, reduced, bias=False):
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(channels, reduced, bias=bias),
                                nn.ReLU(),
                                nn.Linear(reduced, channels, bias=bias))

    def excite(self, y):
        return self.fc(y)


class UnitGate(Gate):
    """Layers fc1, fc2 that a unit itself holds (miraclewkf)."""
    spatial = False

    def __init__(self, channels, reduced):
        super().__init__()
        self.fc1 = nn.Linear(channels, reduced)
        self.fc2 = nn.Linear(reduced, channels)

    def excite(self, y):
        return self.fc2(F.relu(self.fc1(y)))


def timm_reduced(channels, ratio=1 / 16):
    """A share of the channels, to a multiple of 8, at least 8."""
    return max(8, int(channels * ratio + 4) // 8 * 8)


class Unit(nn.Module):
    def __init__(self, net, inputs, planes, stride, downsample):
        super().__init__()
        o = net.options
        self.o, self.stride, self.bottleneck = o, stride, net.bottleneck
        average = o["anti_alias"] and stride == 2
        self.aa = nn.AvgPool2d(2) if average else nn.Identity()
        inner = 1 if average else stride
        outputs = planes * net.expansion
        if net.bottleneck:
            width = planes * o["group_width"] // 64 * o["groups"]
            first = width // o["reduce_first"]
            a, b = (inner, 1) if o["stride_first"] else (1, inner)
            self.conv1 = nn.Conv2d(inputs, first, 1, a, bias=False)
            self.bn1 = nn.BatchNorm2d(first)
            self.conv2 = nn.Conv2d(first, width, 3, b, 1, groups=o["groups"],
                                   bias=False)
            self.bn2 = nn.BatchNorm2d(width)
            self.conv3 = nn.Conv2d(width, outputs, 1, bias=False)
            self.bn3 = nn.BatchNorm2d(outputs)
        else:
            self.conv1 = nn.Conv2d(inputs, planes, 3, inner, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(planes)
            self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(planes)
        gate = o["gate"](inputs if o["placement"] == "pre" else outputs)
        if isinstance(gate, UnitGate):
            self.fc1, self.fc2 = gate.fc1, gate.fc2
            self.gate = [gate] # in a list: not a submodule, no keys
        else:
            self.gate = [gate]
            setattr(self, o["gate_name"], gate)
        self.downsample = downsample

    def branch(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        if self.bottleneck:
            y = self.aa(F.relu(self.bn2(self.conv2(y))))
            y = self.bn3(self.conv3(y))
        else:
            y = self.bn2(self.conv2(self.aa(y)))
            if self.o["relu_before_gate"]:
                y = F.relu(y)
        return y

    def forward(self, x):
        gate, place = self.gate[0], self.o["placement"]
        if place == "pre":
            return F.relu(self.branch(gate(x)) + self.downsample(x))
        if place == "identity":
            return F.relu(self.branch(x) + gate(self.downsample(x)))
        y = self.branch(x)
        if place == "post":
            return gate(F.relu(y + self.downsample(x)))
        return F.relu(gate(y) + self.downsample(x))


class Residual(nn.Module):
    """ResNet, ResNeXt and SENet-154 with gates.

    stem: "7x7", "3x3" (stride 1, no pooling), or three widths.
    downsample: kernel of the shortcut's convolution from stage 2 on, or
    "average". placement: of the gates, as figure 5 of the paper has it.
    """

    def __init__(self, units, bottleneck, gate, gate_name="se", groups=1,
                 group_width=64, reduce_first=1, stride_first=False,
                 relu_before_gate=False, anti_alias=False, stem="7x7",
                 pool="padded", downsample=1, head="fc", layer0=False,
                 planes=(64, 128, 256, 512), inputs=3, classes=1000,
                 placement="standard"):
        super().__init__()
        self.options = dict(
            gate=gate, gate_name=gate_name, groups=groups,
            group_width=group_width, reduce_first=reduce_first,
            stride_first=stride_first, relu_before_gate=relu_before_gate,
            anti_alias=anti_alias, placement=placement)
        self.bottleneck = bottleneck
        self.expansion = 4 if bottleneck else 1
        self.downsample_kind, self.head = downsample, head
        width = self.make_stem(stem, pool, layer0, inputs, planes[0])
        for s, count in enumerate(units):
            stage = []
            for u in range(count):
                stride = 2 if s and not u else 1
                out = planes[s] * self.expansion
                side = self.make_shortcut(width, out, s, stride)
                stage.append(Unit(self, width, planes[s], stride, side))
                width = out
            setattr(self, f"layer{s + 1}", nn.Sequential(*stage))
        self.stages = len(units)
        setattr(self, head, nn.Linear(width, classes))

    def make_stem(self, stem, pool, layer0, inputs, planes):
        """Keys conv1, bn1; conv1.0 .. conv1.6, bn1; or layer0.conv1 ..."""
        def conv(i, o, k, s):
            return nn.Conv2d(i, o, k, s, k // 2, bias=False)
        if isinstance(stem, str):
            width = planes
            layers = [conv(inputs, width, 7, 2) if stem == "7x7" else
                      conv(inputs, width, 3, 1), nn.BatchNorm2d(width)]
        else:
            a, b, width = stem
            layers = [conv(inputs, a, 3, 2), nn.BatchNorm2d(a), nn.ReLU(),
                      conv(a, b, 3, 1), nn.BatchNorm2d(b), nn.ReLU(),
                      conv(b, width, 3, 1), nn.BatchNorm2d(width)]
        if layer0:
            self.layer0 = nn.Sequential()
            for i in range(0, len(layers), 3):
                n = i // 3 + 1
                self.layer0.add_module(f"conv{n}", layers[i])
                self.layer0.add_module(f"bn{n}", layers[i + 1])
                self.layer0.add_module(f"relu{n}", nn.ReLU())
            self.stem = [self.layer0]
        else:
            deep = len(layers) > 2
            self.conv1 = nn.Sequential(*layers[:-1]) if deep else layers[0]
            self.bn1 = layers[-1]
            self.stem = [nn.Sequential(self.conv1, self.bn1, nn.ReLU())]
        if pool == "ceil":
            self.maxpool = nn.MaxPool2d(3, 2, ceil_mode=True)
        elif pool == "conv":
            self.maxpool = nn.Sequential(conv(width, width, 3, 2),
                                         nn.BatchNorm2d(width), nn.ReLU())
        elif pool == "average":
            self.maxpool = nn.AvgPool2d(2)
        elif stem == "3x3":
            self.maxpool = nn.Identity()
        else:
            self.maxpool = nn.MaxPool2d(3, 2, 1)
        return width

    def make_shortcut(self, inputs, outputs, stage, stride):
        if stride == 1 and inputs == outputs:
            return nn.Identity()
        kind = self.downsample_kind
        if kind == "average":
            pool = nn.AvgPool2d(2, 2, ceil_mode=True, count_include_pad=False)
            return nn.Sequential(pool if stride == 2 else nn.Identity(),
                                 nn.Conv2d(inputs, outputs, 1, bias=False),
                                 nn.BatchNorm2d(outputs))
        kernel = kind if stage else 1
        return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride,
                                       kernel // 2, bias=False),
                             nn.BatchNorm2d(outputs))

    def gates(self):
        """In depth order: path of the module that multiplies, gate."""
        for s in range(self.stages):
            stage = getattr(self, f"layer{s + 1}")
            for u, unit in enumerate(stage):
                name = self.options["gate_name"]
                path = f"layer{s + 1}.{u}" + (f".{name}" if name else "")
                yield path, unit.gate[0].seen

    def forward(self, x):
        x = self.maxpool(self.stem[0](x))
        for s in range(self.stages):
            x = getattr(self, f"layer{s + 1}")(x)
        return getattr(self, self.head)(x.mean((2, 3)))


# ---- MiniFASNet ----------------------------------------------------------

def block(i, o, kernel, stride=1, padding=0, groups=1, prelu=True):
    b = nn.Sequential()
    b.add_module("conv", nn.Conv2d(i, o, kernel, stride, padding,
                                   groups=groups, bias=False))
    b.add_module("bn", nn.BatchNorm2d(o))
    if prelu:
        b.add_module("prelu", nn.PReLU(o))
    return b


class DepthUnit(nn.Module):
    def __init__(self, inputs, inner, outputs, stride, residual, gated):
        super().__init__()
        self.residual = residual
        self.conv = block(inputs, inner, 1)
        self.conv_dw = block(inner, inner, 3, stride, 1, inner)
        self.project = block(inner, outputs, 1, prelu=False)
        if gated:
            self.se_module = ConvGate(outputs, outputs // 4, False, True)

    def forward(self, x):
        y = self.project(self.conv_dw(self.conv(x)))
        if hasattr(self, "se_module"):
            y = self.se_module(y)
        return x + y if self.residual else y


class Stage(nn.Module):
    def __init__(self, width, inner, gated):
        super().__init__()
        last = len(inner) - 1
        self.model = nn.Sequential(*[
            DepthUnit(width, n, width, 1, True, gated and i == last)
            for i, n in enumerate(inner)])

    def forward(self, x):
        return self.model(x)


class MiniFASNet(nn.Module):
    """inner: widths of the depthwise convolutions, three stages."""

    def __init__(self, inner, gated, kernel=5, classes=3):
        super().__init__()
        self.conv1 = block(3, 32, 3, 2, 1)
        self.conv2_dw = block(32, 32, 3, 1, 1, 32)
        self.conv_23 = DepthUnit(32, 103, 64, 2, False, False)
        self.conv_3 = Stage(64, inner[0], gated)
        self.conv_34 = DepthUnit(64, 231, 128, 2, False, False)
        self.conv_4 = Stage(128, inner[1], gated)
        self.conv_45 = DepthUnit(128, 308, 128, 2, False, False)
        self.conv_5 = Stage(128, inner[2], gated)
        self.conv_6_sep = block(128, 512, 1)
        self.conv_6_dw = block(512, 512, kernel, groups=512, prelu=False)
        self.linear = nn.Linear(512, 128, bias=False)
        self.bn = nn.BatchNorm1d(128)
        self.prob = nn.Linear(128, classes, bias=False)

    def gates(self):
        for path, module in self.named_modules():
            if isinstance(module, Gate):
                yield path, module.seen

    def forward(self, x):
        for layer in (self.conv1, self.conv2_dw, self.conv_23, self.conv_3,
                      self.conv_34, self.conv_4, self.conv_45, self.conv_5,
                      self.conv_6_sep, self.conv_6_dw):
            x = layer(x)
        return self.prob(self.bn(self.linear(x.flatten(1))))


MINI_V1 = [[13, 26, 13, 52], [154, 52, 26, 52, 26, 26], [26, 26]]
MINI_V2 = [[13, 13, 13, 13], [231, 52, 26, 77, 26, 26], [26, 26]]


# ---- members -------------------------------------------------------------

def cadene(units, bottleneck=True, groups=1, **more):
    options = dict(
        gate=lambda c: ConvGate(c, c // 16), gate_name="se_module",
        head="last_linear", layer0=True, pool="ceil",
        stride_first=groups == 1, relu_before_gate=True, groups=groups,
        group_width=64 if groups == 1 else 4)
    return Residual(units, bottleneck, **{**options, **more})


def senet(units, bottleneck, reduction=16, bias=False, **more):
    options = dict(gate=lambda c: LinearGate(c, c // reduction, bias))
    return Residual(units, bottleneck, **{**options, **more})


def cifar(n, reduction=16, **more):
    options = dict(stem="3x3", planes=(16, 32, 64), classes=10)
    return senet((n, n, n), False, reduction, **{**options, **more})


def miracle(units, bottleneck):
    share = 16
    return Residual(units, bottleneck, gate_name="",
                    gate=lambda c: UnitGate(c, round(c / share)))


def timm(units, bottleneck=True, ratio=1 / 16, **more):
    options = dict(gate=lambda c: ConvGate(c, timm_reduced(c, ratio)))
    return Residual(units, bottleneck, **{**options, **more})


R18, R50, R101 = (2, 2, 2, 2), (3, 4, 6, 3), (3, 4, 23, 3)
R152 = (3, 8, 36, 3)
D = dict(stem=(32, 32, 64), downsample="average")
X4 = dict(groups=32, group_width=4)
X8 = dict(groups=32, group_width=8)
DEEP154 = dict(stem=(64, 64, 128), groups=64, group_width=4, reduce_first=2,
               downsample=3)

# Name of the golden: arch as sescope says it, a maker, input (c, h, w).
NETWORKS = {
    "cadene-se_resnet50": (
        "SE-ResNet-50 (cadene)", lambda: cadene(R50), (3, 224, 224)),
    "cadene-se_resnet101": (
        "SE-ResNet-101 (cadene)", lambda: cadene(R101), (3, 64, 64)),
    "cadene-se_resnet152": (
        "SE-ResNet-152 (cadene)", lambda: cadene(R152), (3, 64, 64)),
    "cadene-se_resnext50_32x4d": (
        "SE-ResNeXt-50 32x4d (cadene)",
        lambda: cadene(R50, groups=32), (3, 90, 70)),
    "cadene-se_resnext101_32x4d": (
        "SE-ResNeXt-101 32x4d (cadene)",
        lambda: cadene(R101, groups=32), (3, 64, 64)),
    "cadene-senet154": (
        "SENet-154 (cadene)",
        lambda: cadene(R152, **DEEP154), (3, 64, 64)),
    "legacy_seresnet18": (
        "SE-ResNet-18 (cadene)", lambda: cadene(R18, False), (3, 96, 96)),
    "legacy_seresnet34": (
        "SE-ResNet-34 (cadene)", lambda: cadene(R50, False), (3, 64, 64)),
    "legacy_seresnext26_32x4d": (
        "SE-ResNeXt-26 32x4d (cadene)",
        lambda: cadene(R18, groups=32), (3, 64, 64)),
    "senet-se_resnet18": (
        "SE-ResNet-18 (senet.pytorch)", lambda: senet(R18, False),
        (3, 96, 96)),
    "senet-se_resnet34": (
        "SE-ResNet-34 (senet.pytorch)",
        lambda: senet(R50, False, bias=True), (3, 64, 64)),
    "senet-se_resnet50": (
        "SE-ResNet-50 (senet.pytorch)", lambda: senet(R50, True),
        (3, 90, 70)),
    "senet-se_resnet101": (
        "SE-ResNet-101 (senet.pytorch)", lambda: senet(R101, True),
        (3, 64, 64)),
    "senet-se_resnet152": (
        "SE-ResNet-152 (senet.pytorch)", lambda: senet(R152, True),
        (3, 64, 64)),
    "senet-cifar20": (
        "SE-ResNet-20 CIFAR (senet.pytorch)", lambda: cifar(3),
        (3, 32, 32)),
    "senet-cifar20-grey": (
        "SE-ResNet-20 CIFAR (senet.pytorch)",
        lambda: cifar(3, 4, inputs=1), (1, 28, 28)),
    "senet-cifar32": (
        "SE-ResNet-32 CIFAR (senet.pytorch)",
        lambda: cifar(5, 8, bias=True), (3, 32, 32)),
    **{f"senet-se_resnet20_{place}": (
        f"SE-{name}-ResNet-20 CIFAR (senet.pytorch)",
        lambda place=place: cifar(3, 4, placement=place), (3, 32, 32))
       for place, name in (("pre", "PRE"), ("post", "POST"),
                           ("identity", "Identity"))},
    "senet-se_resnet18_identity": (
        "SE-Identity-ResNet-18 (senet.pytorch)",
        lambda: senet(R18, False, placement="identity"), (3, 64, 64)),
    "senet-cifar56": (
        "SE-ResNet-56 CIFAR (senet.pytorch)",
        lambda: cifar(9, classes=100), (3, 32, 32)),
    "senet-cifar-resnet18": (
        "SE-ResNet-18 CIFAR (senet.pytorch)",
        lambda: senet(R18, False, stem="3x3", classes=10), (3, 32, 32)),
    "miracle-se_resnet18": (
        "SE-ResNet-18 (senet.pytorch)", lambda: miracle(R18, False),
        (3, 64, 64)),
    "miracle-se_resnet50": (
        "SE-ResNet-50 (senet.pytorch)", lambda: miracle(R50, True),
        (3, 64, 64)),
    "timm-seresnet18": (
        "seresnet18 (timm)", lambda: timm(R18, False), (3, 96, 96)),
    "timm-seresnet34": (
        "seresnet34 (timm)", lambda: timm(R50, False), (3, 64, 64)),
    "timm-seresnet50": (
        "seresnet50 (timm)", lambda: timm(R50), (3, 224, 224)),
    "timm-seresnet50t": (
        "seresnet50t (timm)",
        lambda: timm(R50, **{**D, "stem": (24, 32, 64)}), (3, 64, 64)),
    "timm-seresnet101": (
        "seresnet101 (timm)", lambda: timm(R101), (3, 64, 64)),
    "timm-seresnet152": (
        "seresnet152 (timm)", lambda: timm(R152), (3, 64, 64)),
    "timm-seresnet152d": (
        "seresnet152d (timm)", lambda: timm(R152, **D), (3, 64, 64)),
    "timm-seresnext26d_32x4d": (
        "seresnext26d_32x4d (timm)", lambda: timm(R18, **X4, **D),
        (3, 90, 70)),
    "timm-seresnext26t_32x4d": (
        "seresnext26t_32x4d (timm)",
        lambda: timm(R18, **X4, **{**D, "stem": (24, 32, 64)}),
        (3, 64, 64)),
    "timm-seresnext50_32x4d": (
        "seresnext50_32x4d (timm)", lambda: timm(R50, **X4), (3, 96, 96)),
    "timm-seresnext101_32x4d": (
        "seresnext101_32x4d (timm)", lambda: timm(R101, **X4), (3, 64, 64)),
    "timm-seresnext101_32x8d": (
        "seresnext101_32x8d (timm)", lambda: timm(R101, **X8), (3, 64, 64)),
    "timm-seresnext101_64x4d": (
        "seresnext101_64x4d (timm)",
        lambda: timm(R101, groups=64, group_width=4), (3, 64, 64)),
    "timm-seresnextaa101d_32x8d": (
        "seresnextaa101d_32x8d (timm)",
        lambda: timm(R101, **X8, **D, anti_alias=True, pool="average"),
        (3, 64, 64)),
    "timm-senet154": (
        "senet154 (timm)", lambda: timm(R152, **DEEP154), (3, 64, 64)),
    "timm-resnetrs50": (
        "resnetrs50 (timm)",
        lambda: timm(R50, ratio=.25, **D, pool="conv"), (3, 64, 64)),
    "minifasnet-v1se": (
        "MiniFASNetV1SE (minivision)", lambda: MiniFASNet(MINI_V1, True),
        (3, 80, 80)),
    "minifasnet-v2": (
        "MiniFASNetV2 (minivision)", lambda: MiniFASNet(MINI_V2, False),
        (3, 80, 80)),
}
