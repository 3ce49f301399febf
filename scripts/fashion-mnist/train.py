#!/usr/bin/python3
"""Train the shipped network: SE-ResNet-20 on Fashion-MNIST.

Stem 16, stages 16/32/64 of three basic blocks, reduction 4, keys as in the
public CIFAR SE-ResNet. Needs Debian's python3-torch and
dataset-fashion-mnist. Two threads train an epoch in about a minute.

    scripts/fashion-mnist/train.py --seed 1 -o OUT.safetensors

Weight decay leaves the SE layers alone: decayed, their gates die and stand
at 0.5 for every image. The last lines print accuracy on the test split and
how far each block's gates move.
"""
import argparse
import gzip
import json
import struct
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

DATA = "/usr/share/datasets/fashion-mnist"
MEAN, STD = 0.2860, 0.3530


class Squeeze(nn.Module):
    def __init__(self, channels, reduction):
        super().__init__()
        self.fc = nn.Sequential(
            nn.Linear(channels, channels // reduction, bias=False), nn.ReLU(),
            nn.Linear(channels // reduction, channels, bias=False),
            nn.Sigmoid())

    def forward(self, x):
        self.gate = self.fc(x.mean((2, 3)))
        return x * self.gate[:, :, None, None]


class Block(nn.Module):
    def __init__(self, inputs, width, stride, reduction):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.se = Squeeze(width, reduction)
        self.downsample = nn.Identity() if inputs == width else nn.Sequential(
            nn.Conv2d(inputs, width, 1, stride, bias=False),
            nn.BatchNorm2d(width))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.se(self.bn2(self.conv2(y))) + self.downsample(x))


class Net(nn.Module):
    def __init__(self, blocks=3, reduction=4, inputs=1, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        widths = [16, 16, 32, 64]
        for s in (1, 2, 3):
            unit = [Block(widths[s - 1] if i == 0 else widths[s], widths[s],
                          2 if i == 0 and s > 1 else 1, reduction)
                    for i in range(blocks)]
            setattr(self, f"layer{s}", nn.Sequential(*unit))
        self.fc = nn.Linear(64, classes)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.fc(x.mean((2, 3)))


def pixels(split):
    def read(name):
        with gzip.open(f"{DATA}/{split}-{name}-ubyte.gz") as f:
            magic, = struct.unpack(">i", f.read(4))
            shape = struct.unpack(f">{magic & 255}i", f.read(4 * (magic & 255)))
            return np.frombuffer(f.read(), np.uint8).reshape(shape)
    images = torch.from_numpy(read("images-idx3").copy())[:, None]
    labels = torch.from_numpy(read("labels-idx1").astype(np.int64))
    return images, labels


def load(split):
    images, labels = pixels(split)
    return (images.float() / 255 - MEAN) / STD, labels


def augment(x, generator):
    """Shift by up to two pixels, flip half, erase a patch of half."""
    n, _, h, w = x.shape
    black = -MEAN / STD
    x = F.pad(x, (2, 2, 2, 2), value=black)
    dy = torch.randint(0, 5, (n, 1), generator=generator)
    dx = torch.randint(0, 5, (n, 1), generator=generator)
    rows = (dy + torch.arange(h))[:, None, :, None].expand(n, 1, h, w + 4)
    x = x.gather(2, rows)
    columns = dx + torch.arange(w)
    flip = torch.rand(n, generator=generator) < 0.5
    columns[flip] = columns[flip].flip(1)
    x = x.gather(3, columns[:, None, None, :].expand(n, 1, h, w))
    top = torch.randint(-4, h, (n, 1, 1), generator=generator)
    left = torch.randint(-4, w, (n, 1, 1), generator=generator)
    size = torch.randint(3, 11, (n, 1, 1), generator=generator)
    size *= torch.rand(n, 1, 1, generator=generator) < 0.5
    y, z = torch.arange(h)[None, :, None], torch.arange(w)[None, None, :]
    hit = (y >= top) & (y < top + size) & (z >= left) & (z < left + size)
    return torch.where(hit[:, None], torch.zeros(()), x)


def save(state, path):
    """Write float32 tensors as safetensors; batch counters are left out."""
    header, blobs, offset = {}, [], 0
    for name, tensor in state.items():
        if name.endswith("num_batches_tracked"):
            continue
        raw = tensor.detach().contiguous().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape),
                        "data_offsets": [offset, offset + len(raw)]}
        blobs.append(raw)
        offset += len(raw)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lr", type=float, default=0.15)
    parser.add_argument("--decay", type=float, default=5e-4)
    parser.add_argument("-o", "--output", required=True)
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    torch.set_num_threads(2)
    generator = torch.Generator().manual_seed(args.seed)
    images, labels = load("train")
    net = Net().to(memory_format=torch.channels_last)
    decayed = [p for n, p in net.named_parameters()
               if p.dim() > 1 and ".se." not in n]
    free = [p for n, p in net.named_parameters()
            if p.dim() == 1 or ".se." in n]
    optimiser = torch.optim.SGD(
        [{"params": decayed, "weight_decay": args.decay},
         {"params": free, "weight_decay": 0}],
        lr=args.lr, momentum=0.9, nesterov=True)
    batch = 128
    steps = len(images) // batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, args.lr, total_steps=args.epochs * steps, pct_start=0.2)
    for epoch in range(args.epochs):
        start, total = time.time(), 0.0
        order = torch.randperm(len(images), generator=generator)
        net.train()
        for i in range(steps):
            pick = order[i * batch:(i + 1) * batch]
            x = augment(images[pick], generator)
            x = x.to(memory_format=torch.channels_last)
            loss = F.cross_entropy(net(x), labels[pick], label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total / steps:.4f}, "
              f"{time.time() - start:.0f} s", flush=True)

    net.eval()
    images, labels = load("t10k")
    hits, loss, gates = 0, 0.0, {}
    with torch.no_grad():
        for x, y in zip(images.split(500), labels.split(500)):
            logits = net(x)
            hits += (logits.argmax(1) == y).sum().item()
            loss += F.cross_entropy(logits, y, reduction="sum").item()
            for name, m in net.named_modules():
                if isinstance(m, Squeeze):
                    gates.setdefault(name, []).append(m.gate)
    print(f"test: top-1 {hits / len(labels):.4f}, "
          f"loss {loss / len(labels):.4f}")
    for name, parts in gates.items():
        gate = torch.cat(parts)
        print(f"{name}: mean {gate.mean():.3f}, mean standard deviation over "
              f"images {gate.std(0).mean():.3f}, still channels "
              f"{int((gate.std(0) < 1e-3).sum())} of {gate.shape[1]}")
    save(net.state_dict(), args.output)


if __name__ == "__main__":
    main()
