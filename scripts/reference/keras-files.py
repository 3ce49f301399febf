#!/usr/bin/python3
"""Write tests/data/keras: small Keras models, and what they compute.

    scripts/reference/keras-files.py [-o tests/data/keras] [NAME ...]

Every NAME.h5.gz or NAME.keras.gz has a NAME.txt, lines of words:
    arch TEXT
    input H W C           of the picture, which is picture() of families.py
    scale S               the picture is multiplied by it
    gate LAYER VALUES...  of every multiply by one pixel, in order
    output VALUES...      before a softmax at the end
The numbers are PyTorch's (keras_run.py). Where TensorFlow.js has the layers
it must say the same, or this stops: needs node with @tensorflow/tfjs in
NODE_PATH, and Debian's python3-torch and python3-h5py.
"""
import argparse
import gzip
import json
import os
import subprocess
import sys
import zipfile

import numpy as np

import keras_files
import keras_nets as nets
import keras_run
from families import picture
from keras_net import keras2

HERE = os.path.dirname(os.path.abspath(__file__))
DEFLATED = {"compression": zipfile.ZIP_DEFLATED}
PACKED = {"compression": "gzip", "chunks": True}
WITH_TENSORFLOW = ["relu", "relu6", "sigmoid", "hard_sigmoid", "tanh",
                   "softmax", "swish", "mish", "elu", "selu", "softplus",
                   "linear", "gelu"]
WITH_KERAS3 = ["relu", "hard_sigmoid", "silu", "hard_silu", "hard_swish",
               "gelu", "exponential", "leaky_relu", "mish"]
SMALL_STAGES = [(3, 1, 8, 1, 1), (3, 2, 8, 2, 2), (5, 1, 12, 2, 2)]
SMALL_BLOCKS = [(8, 8, 3, 2, 1, 0), (16, 8, 3, 1, 0, 0), (16, 12, 5, 2, 1, 1),
                (24, 12, 5, 1, 1, 1)]

# name: (net, writer, its arguments, whether TensorFlow.js has its layers)
H5, ZIP = keras_files.write_h5, keras_files.write_keras
FILES = {
    "windows-odd": (lambda: nets.windows("windows_odd", 11, 13), H5, {}, True),
    "windows-even": (lambda: nets.windows("windows_even", 12, 10), ZIP,
                     DEFLATED, True),
    "functions": (lambda: nets.non_linear(WITH_TENSORFLOW, "functions"), H5,
                  {}, True),
    "functions-3": (lambda: nets.non_linear(WITH_KERAS3, "functions_3"), ZIP,
                    {}, False),
    "activations": (lambda: nets.activation_layers(False), H5,
                    {"dtype": "f8"}, True),
    "activations-more": (lambda: nets.activation_layers(True), H5, {}, False),
    "shapes": (nets.shapes, H5, {"dataset": PACKED}, True),
    "lacking": (nets.lacking, H5, {}, False),
    "norms": (nets.norms, H5, {"chunks": 3}, True),
    "norms-first": (lambda: nets.norms("channels_first"), H5,
                    {"dtype": "f2"}, False),
    "flatten-first": (nets.channels_first_flatten, H5, {}, False),
    "nested": (nets.nested, H5, {}, True),
    "nested-3": (nets.nested, ZIP, {}, True),
    "nested-213": (nets.nested, ZIP, {**DEFLATED, "version": "2.13.1"}, True),
    "nested-order": (nets.nested, H5, {"rename": lambda layer, role:
                                       f"{layer}_7_1/{role}:0"}, True),
    "sequential": (nets.sequential, H5, {"libver": "earliest"}, True),
    "sequential-3": (nets.sequential, ZIP, {"libver": "earliest"}, True),
    "sequential-1": (nets.sequential, H5, {"version": 1}, True),
    "slashes": (nets.slashes, H5, {}, True),
    "keras1-tf": (nets.keras1_net, H5, {"version": 1}, False),
    "keras1-th": (lambda: nets.keras1_net("th"), H5,
                  {"version": 1, "order": "th"}, False),
    "theano": (nets.sequential, H5, {"backend": "theano"}, True),
    "operations": (nets.operations, H5, {}, False),
    "keras3-operations": (nets.keras3_operations, ZIP, {}, False),
    "keras3-h5": (nets.se_mobilenet, H5, {"version": 3}, True),
    "se-resnet": (nets.se_resnet, H5, {}, True),
    "se-inception": (nets.se_inception, H5, {}, True),
    "se-inception-resnet": (nets.se_inception_resnet, H5, {}, True),
    "se-densenet": (nets.se_densenet, ZIP, {}, True),
    "se-mobilenet": (nets.se_mobilenet, H5, {}, True),
    "efficientnet": (lambda: nets.efficientnet(
        33, SMALL_STAGES, 8, 16, 10), ZIP, DEFLATED, False),
    "mobilenet-v3": (lambda: nets.mobilenet_v3(
        32, SMALL_BLOCKS, 16, 10, False, 8), H5, {}, False),
    "mobilenet-v3-3": (lambda: nets.mobilenet_v3(
        35, SMALL_BLOCKS, 16, 10, True, 8), ZIP, DEFLATED, False),
    "softmax-gate": (nets.se_softmax, H5, {}, True),
}


def version_of(writer, arguments):
    version = arguments.get("version", 3 if writer is ZIP else 2)
    return int(str(version)[0])


def as_json(array):
    array = np.asarray(array)
    return {"shape": list(array.shape),
            "data": [float(v) for v in array.reshape(-1)]}


def ask_tensorflow(net, weights, x):
    """Of TensorFlow.js: the output, and gates by the layer's name."""
    question = {
        "config": keras2(net), "input": as_json(x),
        "weights": [[path.split("/") if path not in names(net) else [path],
                     [as_json(a) for a in of.values()]]
                    for path, of in weights.items()]}
    answer = subprocess.run(["node", os.path.join(HERE, "keras-tfjs.js")],
                            input=json.dumps(question).encode(), check=True,
                            stdout=subprocess.PIPE)
    answer = json.loads(answer.stdout)
    return np.array(answer["output"]), dict(answer["gates"])


def names(net):
    return {layer.name for layer in net.layers}


def compare_with_tensorflow(name, net, weights, x, out, gates):
    theirs, their_gates = ask_tensorflow(net, weights, x)
    worst = np.abs(theirs - out.reshape(-1)).max() / max(1, np.abs(out).max())
    for layer, gate in gates:
        if layer in their_gates:
            worst = max(worst, np.abs(np.array(their_gates[layer]) -
                                      gate.reshape(-1)).max())
    if not worst < 1e-5:
        sys.exit(f"keras-files: {name}: TensorFlow.js differs by {worst:g}")
    return worst


def line(word, *values):
    return " ".join([word, *(v if isinstance(v, str) else f"{v:.7g}"
                             for v in values)]) + "\n"


def write(name, folder):
    make, writer, arguments, in_tensorflow = FILES[name]
    net, weights = make(), {}
    shape = net.layers[0].config["shape"]
    first = "first" in name or name.endswith("-th")
    c, h, w = shape if first else (shape[2], *shape[:2])
    scale = 100. if "net-v3" in name or "efficient" in name else 1.
    x = picture(c, h, w) * np.float32(scale)
    x = x[None] if first else x.transpose(1, 2, 0)[None]
    dtype = np.dtype(arguments.get("dtype", "f4"))
    version = version_of(writer, arguments)
    keras_run.execute(net, weights, x, version=version)
    for of in weights.values(): # as the file has them
        for key in of:
            of[key] = np.asarray(of[key]).astype(dtype).astype("f4") \
                if key != "count" else of[key]
    logits, gates, out = keras_run.execute(net, weights, x, version=version)
    worst = compare_with_tensorflow(name, net, weights, x, out, gates) \
        if in_tensorflow else None
    path = os.path.join(folder, name + (".keras" if writer is ZIP else ".h5"))
    writer(path, net, weights, **arguments)
    pack(path)
    with open(os.path.join(folder, name + ".txt"), "w") as f:
        f.write(line("arch", f"{net.name} (Keras)"))
        f.write(line("input", h, w, c) + line("scale", scale))
        for layer, gate in gates:
            f.write(line("gate", layer, *gate.reshape(-1)))
        f.write(line("output", *logits.reshape(-1)))
    print(f"{name:20} {os.path.getsize(path + '.gz'):6} bytes, "
          f"{logits.size:4} outputs, {len(gates)} gates, TensorFlow.js: " +
          ("-" if worst is None else f"{worst:.1e}"), flush=True)


def pack(path):
    """HDF5 has much room in small files."""
    with open(path, "rb") as f, open(path + ".gz", "wb") as out:
        with gzip.GzipFile("", "wb", 9, out, 0) as packed:
            packed.write(f.read())
    os.remove(path)


def write_others(folder):
    """Files of which no numbers are asked."""
    net, weights = nets.open_size(), {}
    keras_run.execute(net, weights, picture(3, 32, 32).transpose(1, 2, 0)[None])
    path = os.path.join(folder, "open-size.h5")
    H5(path, net, weights)
    pack(path)
    path = os.path.join(folder, "lambda.h5")
    H5(path, nets.with_lambda(), {})
    pack(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-o", default=os.path.join(
        HERE, "../../tests/data/keras"))
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    os.makedirs(args.o, exist_ok=True)
    if args.names == ["others"]:
        return write_others(args.o)
    for name in args.names or FILES:
        write(name, args.o)
    if not args.names:
        write_others(args.o)


if __name__ == "__main__":
    main()
