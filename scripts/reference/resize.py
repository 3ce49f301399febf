#!/usr/bin/python3
"""Print what ONNX Runtime makes of Resize: tests/data/ops/resize.txt.

The input is a map of one channel whose pixels count up from 0. Needs Debian's
python3-onnx, and node with onnxruntime-node where NODE_PATH says."""
import itertools
import json
import pathlib
import subprocess
import tempfile

from onnx import TensorProto, helper, save

RUN = """
const ort = require('onnxruntime-node'), fs = require('fs');
(async () => {
  for (const c of JSON.parse(fs.readFileSync(process.argv[1]))) {
    const session = await ort.InferenceSession.create(c.path);
    const x = Float32Array.from({length: c.h * c.w}, (_, i) => i);
    const y = (await session.run(
      {x: new ort.Tensor('float32', x, [1, 1, c.h, c.w])})).y;
    console.log(...c.words, y.dims[2], y.dims[3]);
    console.log(...Array.from(y.data, v => Number(v.toPrecision(8))));
  }
})();
"""
COORDINATES = ("half_pixel", "pytorch_half_pixel", "asymmetric",
               "align_corners")
NEAREST = ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
# h, w, and either sizes or scales
SIZES = [((5, 7), (8, 11)), ((8, 11), (5, 4)), ((4, 3), (8, 9)),
         ((9, 6), (3, 2)), ((6, 5), (1, 7)), ((1, 1), (2, 3)),
         ((3, 12), (7, 5))]
SCALES = [((5, 4), (2.0, 3.0)), ((10, 7), (0.7, 0.5)), ((4, 9), (1.5, 0.6)),
          ((6, 3), (1.3, 2.7))]


def model(path, mode, coordinate, nearest, sizes, scales):
    names = ["x", "", "scales" if scales else "", "" if scales else "sizes"]
    attributes = {"nearest_mode": nearest} if mode == "nearest" else {}
    node = helper.make_node("Resize", names[:3] if scales else names, ["y"],
                            mode=mode,
                            coordinate_transformation_mode=coordinate,
                            **attributes)
    if scales:
        given = helper.make_tensor("scales", TensorProto.FLOAT, [4],
                                   [1, 1, *scales])
    else:
        given = helper.make_tensor("sizes", TensorProto.INT64, [4],
                                   [1, 1, *sizes])
    graph = helper.make_graph(
        [node], "resize",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT,
                                       [1, 1, None, None])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT,
                                       [1, 1, None, None])], [given])
    save(helper.make_model(graph, ir_version=8, opset_imports=[
        helper.make_opsetid("", 13)]), path)


def main():
    kinds = [("nearest", c, n) for c, n in itertools.product(COORDINATES,
                                                             NEAREST)]
    kinds += [("linear", c, NEAREST[0]) for c in COORDINATES]
    cases = []
    with tempfile.TemporaryDirectory() as folder:
        for (mode, coordinate, nearest), ((h, w), to) in itertools.product(
                kinds, SIZES + SCALES):
            path = str(pathlib.Path(folder) / f"{len(cases)}.onnx")
            scales = isinstance(to[0], float)
            model(path, mode, coordinate, nearest, None if scales else to,
                  to if scales else None)
            words = [mode == "linear", COORDINATES.index(coordinate),
                     NEAREST.index(nearest), h, w, *((0, 0) if scales else to),
                     *(to if scales else (0, 0))]
            cases.append({"path": path, "h": h, "w": w,
                          "words": [int(v) if v == int(v) else v
                                    for v in words]})
        manifest = pathlib.Path(folder) / "cases.json"
        manifest.write_text(json.dumps(cases), encoding="utf-8")
        subprocess.run(["node", "-e", RUN, str(manifest)], check=True)


main()
