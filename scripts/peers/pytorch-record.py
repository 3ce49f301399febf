#!/usr/bin/python3
"""What a tuned PyTorch script does instead of `sescope record`: photographs
to an HDF5 file of all gates.

    scripts/peers/pytorch-record.py MODEL-gates.pt FOLDER OUT.h5 [threads [batch]]

Frozen TorchScript that returns its gates, Pillow in as many loader processes
as threads, the next batches being decoded while one runs.
"""
import glob
import os
import sys

import h5py
import torch
from PIL import Image
from torchvision import transforms

PREPARE = transforms.Compose([
    transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(),
    transforms.Normalize((.485, .456, .406), (.229, .224, .225))])


class Photographs(torch.utils.data.Dataset):
    def __init__(self, folder):
        self.paths = sorted(glob.glob(os.path.join(folder, "*", "*")))

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, i):
        return PREPARE(Image.open(self.paths[i]).convert("RGB"))


def main():
    model, folder, out, *rest = sys.argv[1:]
    threads, batch = (int(v) for v in (rest + ["2", "8"][len(rest):]))
    torch.set_num_threads(threads)
    net = torch.jit.optimize_for_inference(torch.jit.load(model).eval())
    images = Photographs(folder)
    loader = torch.utils.data.DataLoader(images, batch, num_workers=threads)
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
