#!/usr/bin/python3
"""Whether sescope and its peers run the same networks, before they are timed.

    NODE_PATH=... scripts/peers/agree.py SESCOPE FOLDER NAME ...

One random picture goes to all three, FOLDER holding what
scripts/peers/models.py wrote. Exit status 1 when a logit differs by more than
1e-4 of the largest.
"""
import json
import os
import subprocess
import sys
import tempfile

import h5py
import numpy as np
import torch
from PIL import Image

import noise
from catalogue import NETWORKS, model

HERE = os.path.dirname(os.path.abspath(__file__))


def picture(folder, side, channels):
    """Written as a PNG of a class folder; returned as -1..1, [C][H][W]."""
    x = noise.pictures(1, side, channels, 3)[0].numpy()
    pixels = np.round((x + 1) * 127.5).astype(np.uint8).transpose(1, 2, 0)
    os.makedirs(os.path.join(folder, "set/noise"))
    Image.fromarray(pixels if channels > 1 else pixels[:, :, 0]).save(
        os.path.join(folder, "set/noise/0.png"))
    return (pixels.transpose(2, 0, 1) / 127.5 - 1).astype("f4")


def by_sescope(sescope, nets, name, folder):
    record = os.path.join(folder, "run.h5")
    order, ones = (("rgb", "1:1:1") if NETWORKS[name][2] == 3 else
                   ("grey", "1"))
    told = subprocess.run([
        sescope, "record", *model(nets, name), "--images",
        os.path.join(folder, "set"), "-o", record, "--with", "logits",
        "--preprocess", f"none,order={order},scale={1 / 127.5},mean={ones}",
        "--quiet"], capture_output=True, text=True)
    if told.returncode:
        sys.exit(told.stderr)
    with h5py.File(record) as f:
        return f["predictions/logits"][0]


def by_onnxruntime(nets, name, x, folder):
    raw = os.path.join(folder, "picture.f32")
    x.tofile(raw)
    told = subprocess.run([
        "node", os.path.join(HERE, "onnxruntime.js"),
        os.path.join(nets, name + ".onnx"), str(x.shape[1]), str(x.shape[0]),
        "--logits", raw], check=True, capture_output=True, text=True)
    return np.array(json.loads(told.stdout))


def by_pytorch(nets, name, x):
    net = torch.jit.load(os.path.join(nets, name + ".pt")).eval()
    with torch.inference_mode():
        return torch.jit.optimize_for_inference(net)(
            torch.from_numpy(x)[None])[0].numpy()


def main():
    sescope, nets, *names = sys.argv[1:]
    bad = 0
    for name in names:
        _, side, channels = NETWORKS[name]
        with tempfile.TemporaryDirectory() as folder:
            x = picture(folder, side, channels)
            mine = by_sescope(sescope, nets, name, folder)
            others = by_onnxruntime(nets, name, x, folder), by_pytorch(
                nets, name, x)
        worst = max(np.abs(mine - y).max() / np.abs(y).max() for y in others)
        print(f"{name}: logits agree within {worst:.1e} of the largest",
              file=sys.stderr)
        bad += not worst <= 1e-4
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
