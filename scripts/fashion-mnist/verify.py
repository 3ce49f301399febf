#!/usr/bin/python3
"""Compare a record of the shipped network with PyTorch, image by image.

    build/cli/sescope record scripts/fashion-mnist/seresnet20.safetensors \\
      --images /usr/share/datasets/fashion-mnist --labels fashion-mnist \\
      --with logits -o /tmp/run.h5
    scripts/fashion-mnist/verify.py /tmp/run.h5

Prints how many of the predictions agree, and the largest difference of gates
(absolute) and of logits (relative to the largest). Exit status 1 when a
prediction differs, a gate by more than 1e-5 or a logit by more than 1e-4.
"""
import json
import os
import struct
import sys

import h5py
import numpy as np
import torch

import train

HERE = os.path.dirname(os.path.abspath(__file__))


def load(path):
    with open(path, "rb") as f:
        size, = struct.unpack("<Q", f.read(8))
        header, data = json.loads(f.read(size)), f.read()
    return {name: torch.from_numpy(np.frombuffer(
                data[slice(*t["data_offsets"])], "<f4").reshape(t["shape"])
                .copy())
            for name, t in header.items() if name != "__metadata__"}


def main():
    net = train.Net()
    missing = net.load_state_dict(
        load(os.path.join(HERE, "seresnet20.safetensors")), strict=False)
    assert not missing.unexpected_keys
    assert all("num_batches" in k for k in missing.missing_keys)
    net.eval()
    images, labels = train.load("t10k")
    logits, gates = [], []
    with torch.no_grad():
        for x in images.split(500):
            logits.append(net(x))
            gates.append([m.gate for m in net.modules()
                          if isinstance(m, train.Squeeze)])
    logits = torch.cat(logits).numpy()
    with h5py.File(sys.argv[1]) as f:
        same = int((f["predictions/top5"][:, 0] == logits.argmax(1)).sum())
        worst = np.abs(f["predictions/logits"][:] - logits).max()
        worst /= np.abs(logits).max()
        blocks = sorted(f["blocks"].values(), key=lambda b: b.attrs["index"])
        gate = max(np.abs(b["excitation"][:] -
                          torch.cat([g[i] for g in gates]).numpy()).max()
                   for i, b in enumerate(blocks))
    right = float((logits.argmax(1) == labels.numpy()).mean())
    print(f"PyTorch top-1 {right:.4f}; {same} of {len(logits)} predictions "
          f"agree; worst gate {gate:.1e}, worst logit {worst:.1e}")
    sys.exit(same != len(logits) or gate > 1e-5 or worst > 1e-4)


if __name__ == "__main__":
    main()
