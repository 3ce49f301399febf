#!/usr/bin/python3
"""Write tests/data/families/*.txt: what PyTorch says of every network.

    scripts/reference/families.py [-o tests/data/families] [NAME ...]
    scripts/reference/families.py --file NAME CHECKPOINT

Weights are numbers that C makes again from the same formula, so a golden
holds no weights: tensor NAME's element i is low + (high - low) * u(NAME, i),
where u is splitmix64 of (FNV-1a of NAME) + i, its upper 24 bits as a
fraction. PyTorch runs in float64. Needs Debian's python3-torch and
python3-torchvision.

A golden is lines of words:
    arch TEXT
    input C H W
    tensor NAME LOW HIGH SHAPE...
    norm PATH LOW HIGH CHANNELS  weight; bias and mean are -.2 .. .2,
                                 variance is .7 .. 1.3
    repeat PREFIX FIRST LAST     units FIRST..LAST have the tensors of PREFIX
    gate PATH CHANNELS VALUES... every (CHANNELS / 12)-th channel (12 of
                                 them at most), then the mean of all
    logits N VALUES...           the same of the logits, then max |logit|
The input picture is smooth noise of its own formula (see picture()).

With --file the weights are a real checkpoint's, and the golden, called
file-NAME.txt, holds no tensors; its picture is scaled (see FILES).
"""
import argparse
import math
import os
import sys

import numpy as np
import torch

import mobile
import networks

NETWORKS = {**networks.NETWORKS, **mobile.NETWORKS}
SHOWN = 12


def uniform(name, count):
    seed = 0xcbf29ce484222325
    for byte in name.encode():
        seed = (seed ^ byte) * 0x100000001b3 & (1 << 64) - 1
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) \
            * np.uint64(0x9e3779b97f4a7c15)
        z = (z ^ z >> np.uint64(30)) * np.uint64(0xbf58476d1ce4e5b9)
        z = (z ^ z >> np.uint64(27)) * np.uint64(0x94d049bb133111eb)
        z ^= z >> np.uint64(31)
    return (z >> np.uint64(40)).astype(np.float64) / (1 << 24)


def picture(channels, h, w):
    """Noise in patches of 8x8 pixels and, weaker, in single pixels."""
    rows, columns = -(-h // 8), -(-w // 8)
    coarse = uniform("coarse", channels * rows * columns)
    coarse = coarse.reshape(channels, rows, columns)
    coarse = coarse.repeat(8, 1).repeat(8, 2)[:, :h, :w]
    fine = uniform("fine", channels * h * w).reshape(channels, h, w)
    return (4 * coarse - 2 + (fine - .5)).astype(np.float32)


def ends_unit(norm):
    """Whether a norm of mobile.py's networks is the last of its unit, whose
    sum with the shortcut must not grow."""
    def has(path):
        return any(n.startswith(path + ".") for n in limits.names)
    parts = norm.split(".")
    if norm.endswith((".f.c.1", ".conv3.bn")) or ".ghost" in norm:
        return True
    if norm.startswith("blocks."):
        return norm.endswith(".bn3") or \
            norm.endswith(".bn2") and not has(norm[:-1] + "3")
    if norm.startswith("features.") and "block" in parts: # block.2.1
        return not has(".".join(parts[:-2] + [str(int(parts[-2]) + 1)]))
    if norm.startswith("features.") and "conv" in parts: # conv.8
        return not has(".".join(parts[:-1] + [str(int(parts[-1]) + 1)]))
    return False


def limits(name, shape):
    """Ranges that keep activations and gates alive through 152 layers."""
    last = name.split(".")[-1]
    gate = ".se" in name or ".fc" in name
    if last == "running_var":
        return .7, 1.3
    if last == "running_mean":
        return -.2, .2
    if "prelu" in name:
        return .1, .4
    norm = name.rsplit(".", 1)[0] + ".running_mean" in limits.names
    if last == "bias" and gate and not norm:
        return -.5, .5
    if last == "bias":
        return -.2, .2
    if len(shape) == 1:
        unit = name.startswith(("layer", "conv_"))
        ends = ("bn3.weight", "bn2.weight") if unit else ()
        inner = name.replace("bn2", "bn3") if unit else ""
        if name.endswith(ends) and (name.endswith("bn3.weight") or
                                    inner not in limits.names):
            return .2, .4
        return (.2, .4) if ends_unit(name.rsplit(".", 1)[0]) else (.6, 1.2)
    fan_in = math.prod(shape[1:])
    bound = math.sqrt(6 / fan_in)
    if "conv_" in name: # MiniFASNet: PReLU keeps more than ReLU does
        bound *= .7
    if gate:
        bound *= 2 if "conv_" in name else 1.2
    bound = float(f"{bound:.6g}")
    return -bound, bound


def fill(net):
    """Give the network its weights; returns (name, shape, low, high)."""
    state = {n.removeprefix("model."): t for n, t in
             net.state_dict().items() if not n.endswith("batches_tracked")}
    limits.names = set(state)
    rows = []
    for name, tensor in state.items():
        shape = tuple(tensor.shape)
        low, high = limits(name, shape)
        values = low + (high - low) * uniform(name, tensor.numel())
        tensor.copy_(torch.from_numpy(
            values.astype(np.float32).reshape(shape)))
        rows.append((name, shape, low, high))
    return rows


def unit_of(name):
    """"layer1.0" or "blocks.1.0" of what is in a unit, else None."""
    parts = name.split(".")
    length = 2 if name.startswith("layer") else 3
    digits = parts[1:length]
    if name.startswith(("layer", "blocks", "features")) and \
            len(digits) == length - 1 and all(d.isdigit() for d in digits):
        return ".".join(parts[:length])
    return None


def merge_norm(lines):
    """Make one line of the last four when they are a batch norm's."""
    rows = [line.split() for line in lines[-4:]]
    names = [row[1].rsplit(".", 1)[-1] for row in rows]
    if names == ["weight", "bias", "running_mean", "running_var"]:
        path = rows[0][1].rsplit(".", 1)[0]
        lines[-4:] = [" ".join(["norm", path] + rows[0][2:])]


def tensor_lines(rows):
    """Lines, with a unit that repeats the one before it as a range."""
    units, order = {}, []
    for name, shape, low, high in rows:
        key = unit_of(name) or name
        if key not in units:
            order.append(key)
        units.setdefault(key, []).append(
            (name[len(key):], f"{low:.6g} {high:.6g} "
             + " ".join(map(str, shape))))
    lines, model, first, last = [], None, 0, 0
    for key in order + [""]:
        if model and unit_of(key) and units[key] == units[model] and \
                key.rsplit(".", 1)[0] == model.rsplit(".", 1)[0]:
            last = int(key.rsplit(".", 1)[1])
            first = first or last
            continue
        if first:
            lines.append(f"repeat {model} {first} {last}")
        first = 0
        for suffix, rest in units.get(key, []):
            lines.append(f"tensor {key}{suffix} {rest}")
            merge_norm(lines)
        model = unit_of(key)
    return lines


def shown(values):
    step = max(1, len(values) // SHOWN)
    return " ".join(f"{v:.7f}" for v in values[::step][:SHOWN])


# Networks of the checkpoints that --file knows, and what makes the picture
# one that they were trained for: factor and offset.
FILES = {
    "minifasnet-v1se": (*networks.NETWORKS["minifasnet-v1se"], 51, 127.5),
    "minifasnet-v2": (*networks.NETWORKS["minifasnet-v2"], 51, 127.5),
    "cifar20": ("SE-ResNet-20 CIFAR (senet.pytorch)",
                lambda: networks.cifar(3, 4), (3, 32, 32), .5, 0),
}


def load(net, path):
    state = torch.load(path, map_location="cpu")
    state = state.get("state_dict", state)
    net.load_state_dict({k.replace("module.", "", 1): v
                         for k, v in state.items()})


def golden(name, checkpoint=None):
    arch, make, shape, *scale = \
        (FILES if checkpoint else NETWORKS)[name]
    net = make().eval()
    x = torch.from_numpy(picture(*shape))[None]
    if checkpoint:
        load(net, checkpoint)
        rows, x = [], x * scale[0] + scale[1]
    else:
        rows = fill(net)
    with torch.no_grad():
        net(x)
        single = {p: g[0].double() for p, g in net.gates()}
        net.double()
        logits = net(x.double())[0]
    gates = {p: g[0] for p, g in net.gates()}
    lines = [f"arch {arch}", "input " + " ".join(map(str, shape))]
    lines += tensor_lines(rows)
    for path, gate in gates.items():
        lines.append(f"gate {path} {len(gate)} {shown(gate)} "
                     f"{gate.mean():.7f}")
    lines.append(f"logits {len(logits)} {shown(logits)} "
                 f"{logits.abs().max():.7f}")
    if gates:
        noise = max((single[p] - gates[p]).abs().max() for p in gates)
        every = torch.cat(list(gates.values()))
        print(f"{name}: gates {every.min():.3f} .. {every.max():.3f}, spread "
              f"in a block {min(g.std() for g in gates.values()):.3f} .. "
              f"{max(g.std() for g in gates.values()):.3f}, max |logit| "
              f"{logits.abs().max():.3f}, float32 differs by {noise:.1e}",
              flush=True)
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-o", "--output", default="tests/data/families")
    parser.add_argument("--file", nargs=2, metavar=("NAME", "CHECKPOINT"))
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    torch.set_num_threads(1)
    os.makedirs(args.output, exist_ok=True)
    if args.file:
        name, checkpoint = args.file
        path = os.path.join(args.output, f"file-{name}.txt")
        with open(path, "w") as f:
            f.write(golden(name, checkpoint))
        return
    for name in args.names or NETWORKS:
        with open(os.path.join(args.output, name + ".txt"), "w") as f:
            f.write(golden(name))


if __name__ == "__main__":
    sys.exit(main())
