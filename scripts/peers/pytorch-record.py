#!/usr/bin/python3
"""What a tuned PyTorch script does instead of `sescope record`: photographs
to an HDF5 file of all gates.

    scripts/peers/pytorch-record.py MODEL-gates.pt SET OUT.h5 SIDE COUNT
        [threads [batch]]

SET is a folder of class folders, or one that holds Fashion-MNIST, of which the
first COUNT images are taken. Frozen
TorchScript that returns its gates; with several threads Pillow in as many
loader processes, the next batches being decoded while one runs; with one,
everything in turn.
"""
import glob
import gzip
import os
import sys

import h5py
import numpy as np
import torch
from PIL import Image
from torchvision import transforms

from pytorch import load


def prepare(side):
    """Pixels as the network takes them; small pictures keep their size."""
    if side == 28:
        return transforms.Compose([transforms.ToTensor(),
                                   transforms.Normalize(.286, .353)])
    geometry = [transforms.Resize(256), transforms.CenterCrop(224)]
    return transforms.Compose((geometry if side == 224 else []) + [
        transforms.ToTensor(),
        transforms.Normalize((.485, .456, .406), (.229, .224, .225))])


class Photographs(torch.utils.data.Dataset):
    def __init__(self, folder, side):
        self.paths = sorted(glob.glob(os.path.join(folder, "*", "*")))
        self.prepare = prepare(side)

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, i):
        return self.prepare(Image.open(self.paths[i]).convert("RGB"))


class Idx(torch.utils.data.Dataset):
    """The test images of MNIST and its kin: 16 bytes of head, then pixels."""

    def __init__(self, path, side, count):
        with gzip.open(path) as f:
            pixels = np.frombuffer(f.read(), np.uint8, offset=16)
        self.images = pixels.reshape(-1, side, side)[:count]
        self.prepare = prepare(side)

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        return self.prepare(self.images[i][:, :, None])


def find(path, side, count):
    idx = os.path.join(path, "t10k-images-idx3-ubyte.gz")
    if os.path.exists(idx):
        return Idx(idx, side, count)
    return Photographs(path, side)


def main():
    model, path, out, side, count, *rest = sys.argv[1:]
    threads, batch = (int(v) for v in (rest + ["2", "8"][len(rest):]))
    net = load(model, threads)
    images = find(path, int(side), int(count))
    loader = torch.utils.data.DataLoader(
        images, batch, num_workers=threads if threads > 1 else 0)
    with h5py.File(out, "w") as f, torch.inference_mode():
        data, row = None, 0
        for x in loader:
            y = net(x).numpy()
            if data is None:
                data = f.create_dataset("gates", (len(images), y.shape[1]),
                                        "f4")
            data[row:row + len(y)] = y
            row += len(y)


if __name__ == "__main__":
    main()
