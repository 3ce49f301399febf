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


class Variant:
    """What is forced at once: SPECs, and what random kinds came to elsewhere,
    which is put in as it is: rows {name: [images, channels]}."""

    def __init__(self, specs, rows=None):
        self.specs, self.rows, self.forces = specs, rows or {}, []

    def key(self, name):
        """Variants with the same key do the same to a block."""
        forces = [(kind, number, channels and tuple(channels))
                  for block, channels, kind, number in self.forces
                  if block == name]
        random = any(kind in RANDOM for kind, _, _ in forces)
        return forces, id(self) if random else None


RANDOM = ("shuffle-channels", "shuffle-images", "other-class", "noise")


class Forcing:
    """A network whose gates can be forced.

    parts: what the network does one after the other, each a function and the
    names of the gates in it; modules: the gates in depth order; names: what
    sescope calls them.
    unforced: {name: [images, channels]} and labels [images] are needed for
    mean, class-mean and top. on_gate(variants, name, images, gate) is told of
    every gate as it multiplies.
    """

    def __init__(self, parts, modules, names):
        self.parts, self.names = parts, names
        self.unforced, self.labels = {}, None
        self.dtype = next(modules[0].parameters()).dtype
        self.on_gate = lambda *_: None
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
        return [f for f in self.variants[0].forces if f[0] == name]

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
                rows = torch.as_tensor(self.variants[0].rows[name][self.at])
                gate[:, c] = rows[:, c].to(gate.dtype)
        return gate

    def at_gate(self, name):
        def hook(module, inputs, output):
            gate = self.apply(name, module.seen.clone())
            self.on_gate(self.variants, name, self.at, gate)
            return inputs[0] * gate[:, :, None, None]
        return hook

    def walk(self, x, variants, part, logits):
        """From a part on; variants that differ later only share it."""
        if part == len(self.parts):
            logits.update((id(v), x) for v in variants)
            return
        run, names = self.parts[part]
        groups = {}
        for v in variants:
            groups.setdefault(str([v.key(n) for n in names]), []).append(v)
        for group in groups.values():
            self.variants = group
            self.walk(run(x), group, part + 1, logits)

    def run_all(self, images, variants, at):
        """Logits of the images that at (a slice, or indices that rise)
        selects, [images, outputs] a variant."""
        for v in variants:
            v.forces = self.parse(v.specs)
        self.at, logits = at, {}
        with torch.no_grad():
            self.walk(images[at].to(self.dtype), variants, 0, logits)
        return [logits[id(v)] for v in variants]

    def run(self, images, specs, batch=500):
        """Logits and gates {name: [images, channels]} of all images."""
        variant, logits, gates = Variant(specs), [], {}
        self.on_gate = lambda _, name, at, gate: \
            gates.setdefault(name, []).append(gate)
        for i in range(0, len(images), batch):
            logits += self.run_all(images, [variant], slice(i, i + batch))
        self.on_gate = lambda *_: None
        return torch.cat(logits), {n: torch.cat(g) for n, g in gates.items()}


def residual(net):
    """Forcing of a networks.Residual, with the names that sescope gives."""
    parts, modules, names = [], [], []
    parts.append((lambda x: net.maxpool(net.stem[0](x)), []))
    for s in range(net.stages):
        for u, unit in enumerate(getattr(net, f"layer{s + 1}")):
            modules.append(unit.gate[0])
            names.append(f"SE_{s + 2}_{u + 1}")
            parts.append((unit, names[-1:]))
    parts.append((lambda x: getattr(net, net.head)(x.mean((2, 3))), []))
    return Forcing(parts, modules, names)


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
    _, forcing.unforced = forcing.run(images, [])
    forcing.labels = torch.arange(IMAGES) % CLASSES
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="ascii") as out:
        print("images", IMAGES, file=out)
        for specs in VARIANTS:
            logits, _ = forcing.run(images, specs)
            print("variant", *specs, file=out)
            print("logits", *(f"{x:.7g}" for x in logits.flatten().tolist()),
                  file=out)


if __name__ == "__main__":
    main()
