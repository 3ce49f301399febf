"""Small networks with gates, exported by torch.onnx."""
import tempfile

import onnx
import torch
from torch import nn
from torch.nn import functional as f

from onnx_model import GRAPHS, numbers

class Se(nn.Module):
    def __init__(self, c, inner, outer, linear=False, expand=False):
        super().__init__()
        self.linear, self.expand = linear, expand
        make = (lambda i, o: nn.Linear(i, o)) if linear else \
            (lambda i, o: nn.Conv2d(i, o, 1))
        self.a, self.b = make(c, 2), make(2, c)
        self.inner, self.outer = inner, outer

    def forward(self, x):
        if self.linear:
            y = f.adaptive_avg_pool2d(x, 1).view(x.size(0), x.size(1))
        else:
            y = x.mean((2, 3), keepdim=True)
        y = self.outer(self.b(self.inner(self.a(y))))
        if self.linear:
            y = y.view(x.size(0), x.size(1), 1, 1)
        return x * (y.expand_as(x) if self.expand else y)


class Unit(nn.Module):
    def __init__(self, i, o, stride, activation, gate, group=1):
        super().__init__()
        self.conv = nn.Conv2d(i, o, 3, stride, 1, groups=group,
                              bias=False)
        self.bn, self.act, self.gate = nn.BatchNorm2d(o), activation, gate
        self.skip = i == o and stride == 1

    def forward(self, x):
        y = self.gate(self.act(self.bn(self.conv(x))))
        return x + y if self.skip else y


class Eca(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 1, 3, padding=1, bias=False)

    def forward(self, x):
        y = f.adaptive_avg_pool2d(x, 1)
        y = self.conv(y.squeeze(-1).transpose(-1, -2))
        y = torch.sigmoid(y.transpose(-1, -2).unsqueeze(-1))
        return x * y.expand_as(x)


class Cbam(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.mlp = nn.Sequential(nn.Conv2d(c, 2, 1, bias=False),
                                 nn.ReLU(),
                                 nn.Conv2d(2, c, 1, bias=False))
        self.conv = nn.Conv2d(2, 1, 3, padding=1, bias=False)

    def forward(self, x):
        y = self.mlp(f.adaptive_avg_pool2d(x, 1)) + \
            self.mlp(f.adaptive_max_pool2d(x, 1))
        x = x * torch.sigmoid(y)
        y = torch.cat([x.mean(1, keepdim=True),
                       x.max(1, keepdim=True)[0]], 1)
        return x * torch.sigmoid(self.conv(y))


class Net(nn.Module):
    def __init__(self, activation, gate):
        super().__init__()
        self.units = nn.Sequential(
            Unit(3, 8, 2, activation(), nn.Identity()),
            Unit(8, 8, 1, activation(), gate(8), 8),
            Unit(8, 8, 1, activation(), gate(8)))
        self.drop, self.fc = nn.Dropout(.2), nn.Linear(8, 5)

    def forward(self, x):
        x = f.adaptive_avg_pool2d(self.units(x), 1)
        return self.fc(self.drop(torch.flatten(x, 1)))


def make():
    nets = {
        "resnet": (nn.ReLU, lambda c: Se(c, nn.ReLU(), nn.Sigmoid(), True,
                                         True)),
        "efficientnet": (nn.SiLU, lambda c: Se(c, nn.SiLU(), nn.Sigmoid())),
        "mobilenetv3": (nn.Hardswish, lambda c: Se(c, nn.ReLU(),
                                                   nn.Hardsigmoid())),
        "eca": (nn.ReLU, lambda c: Eca()),
        "cbam": (nn.ReLU, Cbam),
    }
    torch.manual_seed(3)
    for name, (activation, gate) in nets.items():
        net = Net(activation, gate)
        for module in net.modules(): # equal norms would be written once
            if isinstance(module, nn.BatchNorm2d):
                nn.init.uniform_(module.weight, .6, 1.2)
                nn.init.uniform_(module.bias, -.2, .2)
        x = torch.from_numpy(numbers(2 * 3 * 64).reshape(2, 3, 8, 8))
        net.train()
        for _ in range(30):
            net(x)
        net.eval()
        for opset, fold, dynamic in ((9, True, True), (13, True, False),
                                     (16, False, True)):
            with tempfile.NamedTemporaryFile() as file:
                torch.onnx.export(
                    net, x, file.name, opset_version=opset,
                    do_constant_folding=fold, input_names=["x"],
                    output_names=["y"], training=torch.onnx.TrainingMode.EVAL
                    if fold else torch.onnx.TrainingMode.PRESERVE,
                    dynamic_axes={"x": {0: "batch", 2: "h", 3: "w"}}
                    if dynamic else None)
                model = onnx.load(file.name)
            for n in model.graph.node:
                n.ClearField("doc_string")
            GRAPHS[f"torch-{name}-{opset}"] = model, (2, 3, 8, 8), "first"
