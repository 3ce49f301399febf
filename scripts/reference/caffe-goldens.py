#!/usr/bin/python3
"""Write the caffemodels beside tests/data/caffe/*.prototxt, and what their
networks say of a picture, to expected.txt there.

    scripts/reference/caffe-goldens.py [-o tests/data/caffe] [--real FOLDER]

Weights are seeded; expected values are those of caffe.py in float64, and where
OpenCV's dnn can run the network, it has to agree. Lines of expected.txt:

    network NAME CHANNELS HEIGHT WIDTH   the picture is families.py's
    gate LAYER CHANNELS VALUES...
    output N VALUES...                   what the network ends in; before its
                                         softmax, if it ends in one

With --real, a third party's network and weights in FOLDER are run by OpenCV
as far as their layers are supported, over a smaller picture, into real.txt.
"""
import argparse
import os
import sys

import cv2
import numpy as np
import torch

import caffe
from families import picture

# Networks whose weights are those of another one's layers.
SAME_WEIGHTS = {"gate-inner-product": "gate-conv", "gate-axpy": "gate-conv",
                "gate-transposed": "gate-conv"}
# What OpenCV 4.6 cannot do, or does otherwise than Caffe.
NOT_OPENCV = {
    "activations-newer": "it knows no Clip",
    "batch-norm-factor-0": "it multiplies by 0, as BVLC's Caffe",
    "dense-transposed": "it takes transposed weights for others",
    "gate-transposed": "it takes transposed weights for others",
    "lrn": "it leaves out k",
    "norms": "it knows no Bias, and no batch norm of 5 blobs",
    "shapes-newer": "it knows no order of a part of the axes",
    "train": "it knows no phases",
    "windows-others": "it knows no round_mode",
}
# Networks that are for one image alone.
ONE_IMAGE = {"gate-transposed", "shapes-newer"}
# Encodings of a caffemodel that several are written in, from one network.
ENCODINGS = {
    "residual": dict(),
    "residual-v1": dict(v1=True),
    "residual-double": dict(double=True),
    "residual-unpacked": dict(packed=False),
}


def read(folder, name):
    with open(os.path.join(folder, name + ".prototxt"),
              encoding="utf-8") as f:
        return f.read()


def input_shape(text):
    net = caffe.parse(text)
    dims = net.all("input_dim") or net.message("input_shape").all("dim")
    for layer in net.all("layer"):
        if layer.get("type") == "Input":
            dims = layer.message("input_param").message("shape").all("dim")
    return [int(d) for d in dims[1:]] or [3, 10, 10]


def row(values):
    return " ".join(f"{v:.7g}" for v in values)


def reshaped(weights, like):
    """The weights of one layout of a gate as another's."""
    out = {}
    for name, arrays in weights.items():
        shapes = [a.shape for a in like[name]]
        out[name] = [a.reshape(s) if a.shape[0] == s[0]
                     else a.reshape(s[::-1]).T
                     for a, s in zip(arrays, shapes)]
    return out


def compare_opencv(name, text, model, x, runner):
    if name in NOT_OPENCV:
        return f"not by OpenCV: {NOT_OPENCV[name]}"
    expected = runner.blobs[runner.last].numpy()
    found = caffe.run_opencv(text, model, x, runner.last)
    worst = np.abs(found.reshape(expected.shape) - expected).max()
    if worst > 1e-5 * max(1, np.abs(expected).max()):
        sys.exit(f"{name}: OpenCV differs by {worst}")
    return f"OpenCV differs by {worst:.1e}"


REAL = "minivision_Widerface-RetinaFace_"


def run_real(folder, out):
    """Up to the first layer that is not supported; tests/test-caffe-real.c
    cuts and ends the text in the same way."""
    with open(os.path.join(folder, REAL + "deploy.prototxt"),
              encoding="utf-8") as f:
        text = f.read()
    text = text[:text.index('layer {\n  name: "conv_transpose1"')]
    text = text.replace("input_dim: 640", "input_dim: 96")
    text += ('layer { name: "flat" type: "Flatten" bottom: "relu_blob30" '
             'top: "flat" }\n')
    with open(os.path.join(folder, REAL + "noSE.caffemodel"), "rb") as f:
        model = f.read()
    x = torch.from_numpy(picture(3, 96, 96))[None]
    values = caffe.run_opencv(text, model, x, "flat").flatten()
    with open(os.path.join(out, "real.txt"), "w", encoding="utf-8") as f:
        f.write("network retinaface 3 96 96\n"
                f"output {len(values)} {row(values)}\n")


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-o", dest="folder", default=os.path.join(
        here, "../../tests/data/caffe"))
    parser.add_argument("--real")
    args = parser.parse_args()
    folder = args.folder
    if args.real:
        run_real(args.real, folder)
        return
    made, lines = {}, []

    def write(name, data):
        with open(os.path.join(folder, name + ".caffemodel"), "wb") as f:
            f.write(data)

    names = sorted((n[:-9] for n in os.listdir(folder)
                    if n.endswith(".prototxt")),
                   key=lambda n: (n in SAME_WEIGHTS, n))
    for name in names:
        text = read(folder, name)
        shape = input_shape(text)
        runner = caffe.Runner(text, seeder=caffe.Seeder(
            1, factor=1 if name == "shicai" else 999.98))
        runner.nvidia = {"bn_5"}
        calibration = torch.randn(1 if name in ONE_IMAGE else 16,
                                  *shape, dtype=torch.float64,
                                  generator=torch.Generator().manual_seed(2))
        runner.run(calibration)
        if name == "batch-norm-factor-0":
            mean, var, factor = runner.weights["bn"]
            runner.weights["bn"] = [mean / factor, var / factor, 0 * factor]
        if name in SAME_WEIGHTS:
            runner.weights = reshaped(made[SAME_WEIGHTS[name]].weights,
                                      runner.weights)
        made[name] = runner
        x = torch.from_numpy(picture(*shape)).double()[None]
        runner.run(x)
        weights = caffe.weights_of(runner)
        model = caffe.caffemodel(name, weights, v1=name == "v1")
        write(name, model)
        for encoding, how in ENCODINGS.items():
            if encoding.startswith(name + "-"):
                write(encoding, caffe.caffemodel(name, weights, **how))
        said = compare_opencv(name, text, model, x, runner)
        print(f"{name}: {len(model)} bytes, {len(runner.gates)} gates, {said}")
        lines.append(f"network {name} {' '.join(map(str, shape))}")
        for layer, gate in runner.gates:
            lines.append(f"gate {layer} {gate.shape[1]} {row(gate[0])}")
        output = runner.blobs[runner.last]
        if runner.kinds.get("prob") == "Softmax":
            output = runner.logits
        output = output.flatten()
        lines.append(f"output {len(output)} {row(output)}")
    with open(os.path.join(folder, "expected.txt"), "w",
              encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    cv2.setNumThreads(1)
    main()
