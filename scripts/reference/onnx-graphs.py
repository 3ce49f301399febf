#!/usr/bin/python3
"""Write tests/data/onnx: small ONNX graphs, and what ONNX Runtime says.

    NODE_PATH=... scripts/reference/onnx-graphs.py [-o tests/data/onnx]

A graph for every operator and attribute form that is read, for the ways in
which weights are stored, in which shapes are computed, and in which exporters
write a gate. goldens.txt has for each:
    graph NAME
    input first|last N SIZES...     layout, and the shape that was given
    output SIZES...                 the shape of the chosen output
    values STEP VALUES...           every STEP-th element
    gate SOURCE CHANNELS VALUES...  N x CHANNELS
The input is number(i) for its i-th element. Graphs without a golden are for
faults. Needs Debian's python3-onnx and python3-torch, and onnx-run.js.
"""
import argparse
import os
import sys
import tempfile

import numpy as np
import onnx

import onnx_faults
import onnx_forms
import onnx_operators
import onnx_torch
import onnx_reference
from onnx_model import FAULTS, GRAPHS, numbers

SHOWN = 40 # values of an output in a golden

def write_golden(f, name, shape, layout, outputs, chosen, found):
    y = outputs[chosen]
    f.write(f"graph {name}\n")
    f.write(f"input {layout} {' '.join(map(str, shape))}\n")
    f.write(f"output {' '.join(map(str, y.shape))}\n")
    step = max(1, y.size // SHOWN) | 1 # odd: all columns are seen
    f.write(f"values {step} "
            f"{' '.join(f'{v:.7g}' for v in y.flatten()[::step])}\n")
    for source, gate in found.items():
        f.write(f"gate {source} {gate.shape[1]} "
                f"{' '.join(f'{v:.7g}' for v in gate.flatten())}\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-o", "--output", default="tests/data/onnx")
    args = parser.parse_args()
    os.makedirs(args.output, exist_ok=True)
    onnx_operators.make()
    onnx_forms.make(args.output)
    onnx_faults.make()
    onnx_torch.make()
    for name, model in FAULTS.items():
        onnx.save(model, os.path.join(args.output, name + ".onnx"))
    jobs, probes = [], []
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(args.output, "external.data"), "rb") as f:
            data = f.read()
        with open(os.path.join(folder, "external.data"), "wb") as f:
            f.write(data)
        for name, (model, shape, layout) in GRAPHS.items():
            onnx.save(model, os.path.join(args.output, name + ".onnx"))
            probed, muls = onnx_reference.with_probes(model)
            path = os.path.join(folder, name + ".onnx")
            onnx.save(probed, path)
            x = numbers(int(np.prod(shape))).reshape(shape)
            if name == "bytes":
                x = np.floor(x * 50 + 100).astype(np.uint8)
            jobs.append((path, x))
            probes.append(muls)
        answers = onnx_reference.run(jobs)
    bad = 0
    with open(os.path.join(args.output, "goldens.txt"), "w") as f:
        for (name, (model, shape, layout)), muls, outputs in zip(
                GRAPHS.items(), probes, answers):
            if isinstance(outputs, str):
                print(f"{name}: {outputs}", file=sys.stderr)
                bad += 1
                continue
            wanted = [o.name for o in model.graph.output]
            chosen = next((o for o in wanted if outputs[o].ndim == 2),
                          wanted[0])
            found = onnx_reference.gates(muls, outputs) \
                if name.startswith(("gate", "squeeze-", "channels",
                                    "torch", "conv-1d")) else {}
            write_golden(f, name, shape, layout, outputs, chosen, found)
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
