#!/usr/bin/python3
"""Force the gates of a PyTorch network as sescope's SPECs say.

What `--force` does (core/ablation/spec.h), written again with forward hooks,
for scripts/verify-ablation. By itself it writes the golden of
tests/test-donor.c:

    scripts/reference/ablation.py -o tests/data/ablation/cifar20.txt

a CIFAR SE-ResNet-20 with the weights of tests/data/families/senet-cifar20.txt
over pictures of three classes, in float64. A golden is lines of words:
    images N
    variant SPEC ...
    logits VALUES...     of every picture and output, after its variant
"""
import argparse
import fnmatch
import os
import re

import torch

import families
import networks


class Forcing:
    """A network whose gates can be forced.

    modules: the gates in depth order; names: what sescope calls them.
    unforced: {name: [images, channels]} and labels [images] are needed for
    mean, class-mean and top; rows: {name: [images, channels]} are what random
    kinds came to elsewhere, and are put in as they are.
    """

    def __init__(self, net, modules, names):
        self.net, self.names = net, names
        self.forces, self.unforced, self.labels, self.rows = [], {}, None, {}
        self.seen = {}
        for name, module in zip(names, modules):
            module.register_forward_hook(self.at_gate(name))
            self.last_layer(module).register_forward_hook(
                self.before_sigmoid(name))

    @staticmethod
    def last_layer(module):
        """Whose output the sigmoid takes."""
        return module.fc[-1] if hasattr(module, "fc") else module.bn2

    def select(self, pattern):
        stage = {n: n.split("_")[1] for n in self.names}
        if pattern == "all":
            return self.names
        if pattern == "last-of-stage":
            last = {stage[n]: n for n in self.names}
            return list(last.values())
        if pattern.startswith("stage"):
            return [n for n in self.names if stage[n] == pattern[5:]]
        return [n for n in self.names if fnmatch.fnmatch(n, pattern)]

    def parse(self, specs):
        """[(block, channels or None, kind, number)], in order."""
        forces = []
        for spec in specs:
            pattern, value = spec.split("=", 1)
            ranges = re.fullmatch(r"(.*)\[([0-9,-]+)\]", pattern)
            channels = None
            if ranges and self.select(ranges[1]):
                pattern, channels = ranges[1], []
                for part in ranges[2].split(","):
                    first, _, last = part.partition("-")
                    channels += range(int(first), int(last or first) + 1)
            kind, _, number = value.partition("=")
            number = float(number.rstrip("%")) if number else None
            fixed = {"one": 1.0, "zero": 0.0}
            if kind in fixed or re.fullmatch(r"[-+.0-9e]+", kind):
                kind, number = "number", fixed.get(kind) \
                    if kind in fixed else float(kind)
            blocks = self.select(pattern)
            assert blocks, spec
            forces += [(b, channels, kind, number) for b in blocks]
        return forces

    def of(self, name):
        return [f for f in self.forces if f[0] == name]

    def before_sigmoid(self, name):
        def hook(module, inputs, output):
            for _, channels, kind, number in self.of(name):
                if kind == "scale":
                    c = slice(None) if channels is None else channels
                    output = output.clone()
                    output[:, c] = output[:, c] / number
            return output
        return hook

    def top(self, name, channels, percent):
        """The channels that do not stay."""
        rows = self.unforced[name].double()
        mean = rows.mean(0)
        between = torch.zeros_like(mean)
        for k in self.labels.unique():
            own = rows[self.labels == k]
            between += len(own) * (own.mean(0) - mean) ** 2
        eta = between / ((rows - mean) ** 2).sum(0)
        channels = range(rows.shape[1]) if channels is None else channels
        order = sorted(channels, key=lambda c: -float(eta[c]))
        return order[max(1, int(percent / 100 * len(order) + .5)):]

    def apply(self, name, gate):
        for _, channels, kind, number in self.of(name):
            c = slice(None) if channels is None else channels
            if kind == "number":
                gate[:, c] = number
            elif kind == "mean":
                gate[:, c] = self.unforced[name].double().mean(0)[c] \
                    .to(gate.dtype)
            elif kind == "class-mean":
                rows = self.unforced[name].double()
                means = torch.stack([rows[self.labels == k].mean(0)
                                     for k in self.labels.unique()])
                own = means[self.labels[self.at]].to(gate.dtype)
                gate[:, c] = own[:, c]
            elif kind == "top":
                others = self.top(name, channels, number)
                gate[:, others] = self.unforced[name].double().mean(0)[
                    others].to(gate.dtype)
            elif kind != "scale":
                gate[:, c] = self.rows[name][self.at][:, c].to(gate.dtype)
        return gate

    def at_gate(self, name):
        def hook(module, inputs, output):
            gate = self.apply(name, module.seen.clone())
            self.seen.setdefault(name, []).append(gate)
            return inputs[0] * gate[:, :, None, None]
        return hook

    def run(self, images, specs, batch=500):
        """Logits of all images; gates are in self.gates."""
        self.forces, self.seen, logits = self.parse(specs), {}, []
        with torch.no_grad():
            for i in range(0, len(images), batch):
                self.at = slice(i, i + batch)
                logits.append(self.net(images[self.at]))
        self.gates = {n: torch.cat(g) for n, g in self.seen.items()}
        return torch.cat(logits)


def residual(net):
    """Forcing of a networks.Residual, with the names that sescope gives."""
    modules, names = [], []
    for s in range(net.stages):
        for u, unit in enumerate(getattr(net, f"layer{s + 1}")):
            modules.append(unit.gate[0])
            names.append(f"SE_{s + 2}_{u + 1}")
    return Forcing(net, modules, names)


# ---- the golden ----------------------------------------------------------

IMAGES, CLASSES = 12, 3
VARIANTS = (
    [], ["SE_4_3=one"], ["all=zero"], ["stage3=0.25"], ["SE_3_2=mean"],
    ["all=class-mean"], ["all=scale=2"], ["SE_4_1[0-31]=one"],
    ["SE_3_?[1,3,5-9]=zero"], ["SE_4_[12]=top=25%"], ["SE_4_1[2-30]=top=50%"],
    ["last-of-stage=mean", "SE_4_3[0-9]=one"],
    ["SE_4_3[0-31]=one", "SE_4_3=scale=3", "SE_4_3[30-40]=0.5"],
)


def pictures(count):
    """Picture i is picture() with contrast and colour of its own, stronger in
    later classes, so that gates move."""
    base = torch.from_numpy(families.picture(3, 32, 32)).double()
    made = []
    for i in range(count):
        u = torch.from_numpy(families.uniform(f"picture {i}", 4))
        x = base * (.25 + 2 * u[3]) + (4 * u[:3] - 2)[:, None, None]
        made.append((x * (1 + i % CLASSES)).float().double())
    return torch.stack(made)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-o", required=True)
    path = parser.parse_args().o
    net = networks.cifar(3).double().eval()
    with torch.no_grad():
        families.fill(net)
    forcing = residual(net)
    images = pictures(IMAGES)
    forcing.run(images, [])
    forcing.unforced = forcing.gates
    forcing.labels = torch.arange(IMAGES) % CLASSES
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="ascii") as out:
        print("images", IMAGES, file=out)
        for specs in VARIANTS:
            logits = forcing.run(images, specs)
            print("variant", *specs, file=out)
            print("logits", *(f"{x:.7g}" for x in logits.flatten().tolist()),
                  file=out)


if __name__ == "__main__":
    main()
