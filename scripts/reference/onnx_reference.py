"""ONNX Runtime, asked from Python through onnx-run.js; and gates found in
ONNX graphs. What onnx-graphs.py and verify-onnx share."""
import json
import os
import subprocess
import tempfile

import numpy as np
import onnx
from onnx import helper

HERE = os.path.dirname(os.path.abspath(__file__))


def run(jobs):
    """jobs: (model path, input array). Returns, for each, a dict of outputs
    by name, or the error as a string."""
    with tempfile.TemporaryDirectory() as folder:
        rows = []
        for i, (model, x) in enumerate(jobs):
            kind = "uint8" if x.dtype == np.uint8 else "float32"
            path = os.path.join(folder, f"{i}.raw")
            np.ascontiguousarray(x, kind).tofile(path)
            rows.append(dict(model=model, input=path, shape=x.shape,
                             type=kind))
        table = os.path.join(folder, "jobs.json")
        with open(table, "w") as f:
            json.dump(rows, f)
        told = subprocess.run(["node", os.path.join(HERE, "onnx-run.js"),
                               table], check=True, stdout=subprocess.PIPE,
                              text=True)
        answers = []
        for line, (model, _) in zip(told.stdout.splitlines(), jobs):
            answer = json.loads(line)
            if "error" in answer:
                answers.append(answer["error"])
                continue
            outputs = {}
            for i, output in enumerate(answer):
                path = f"{model}.{i}.f32"
                data = np.fromfile(path, np.float32)
                outputs[output["name"]] = data.reshape(output["shape"])
                os.remove(path)
            answers.append(outputs)
    return answers


def with_probes(model):
    """A copy whose outputs are also the computed inputs of every Mul, and the
    Muls: (name, inputs before any Expand)."""
    model = onnx.ModelProto.FromString(model.SerializeToString())
    made = {o: n for n in model.graph.node for o in n.output}
    have = {o.name for o in model.graph.output}
    muls = []
    for node in list(model.graph.node):
        if node.op_type != "Mul":
            continue
        inputs = []
        for name in node.input:
            source = made.get(name)
            if source is not None and source.op_type == "Expand":
                name = source.input[0]
            if name in made and made[name].op_type != "Constant":
                inputs.append(name)
        if len(inputs) < 2:
            continue
        muls.append((node.name or node.output[0], inputs))
        for name in inputs:
            if name not in have:
                have.add(name)
                model.graph.output.append(helper.make_empty_tensor_value_info(
                    name))
    return model, muls


def gates(muls, outputs):
    """Those Muls of a map and a number a channel: name to [N, C]."""
    found = {}
    for name, (a, b) in muls:
        a, b = outputs[a], outputs[b]
        small, large = (a, b) if a.size < b.size else (b, a)
        n = len(small)
        if small.size == large.size or small.ndim < 2:
            continue
        if small.size == n * max(small.shape[1:]) and \
                small.size // n in large.shape[1:]:
            found[name] = small.reshape(n, -1)
    return found
