"""Graphs for what exporters do around operators: shapes that are computed, ways
to store weights, and ways to write a gate."""
import os

import numpy as np
import onnx
from onnx import TensorProto, helper

from onnx_model import (FAULTS, GRAPHS, F, constant, graph, model_of, node,
                        one, weight)

# ---- shapes ----------------------------------------------------------------

def shapes():
    flat = dict(rank=2)
    one("flatten", "Flatten", 9, **flat)
    one("flatten-negative", "Flatten", 13, axis=-3, **flat)
    one("reshape-zero", "Reshape", 7, dict(s=[0, -1]), more="s", **flat)
    one("reshape-open-batch", "Reshape", 13, dict(s=[-1, 108]), more="s",
        **flat)
    one("reshape-one", "Reshape", 13, dict(s=[1, -1]), more="s", rank=2,
        x=(1, 3, 6, 6))
    one("reshape-fixed-batch", "Reshape", 13, dict(s=[2, 3, 36]), more="s",
        rank=3, x=(2, 3, 6, 6))
    one("reshape-allowzero", "Reshape", 14, dict(s=[-1, 6, 18]), more="s",
        rank=3, allowzero=1)
    shuffle = (("Reshape", "x s", "r"),
               ("Transpose", "r", "t", dict(perm=[0, 2, 1, 3, 4])),
               ("Reshape", "t u", "y"))
    graph("channel-shuffle", shuffle, dict(s=[0, 2, 3, 4, 4],
                                           u=[0, 6, 4, 4]),
          x=("N", 6, 4, 4))
    graph("squeeze-attribute",
          (("ReduceMean", "x", "r", dict(axes=[2, 3])),
           ("Squeeze", "r", "s", dict(axes=[2, 3])),
           ("Unsqueeze", "s", "u", dict(axes=[2, 3])), ("Add", "x u", "y")),
          opset=11)
    graph("squeeze-input",
          (("ReduceMean", "x", "r", dict(axes=[2, 3])),
           ("Squeeze", "r a", "s"), ("Unsqueeze", "s a", "u"),
           ("Add", "x u", "y")), dict(a=[-1, -2]), 13)
    graph("squeeze-all", (("GlobalAveragePool", "x", "p"),
                          ("Squeeze", "p", "y")), opset=11, rank=2)
    graph("transpose-reverse",
          (("Transpose", "x", "t", dict(perm=[0, 3, 2, 1])),
           ("Identity", "t", "y")))
    graph("dropout", [helper.make_node("Dropout", ["x", "r"], ["d", ""]),
                      node("Neg", "d", "y")], dict(r=np.float32(.5)), 12)
    graph("dropout-none",
          (("Dropout", "x r t", "d"), ("Dropout", "d s f", "e"),
           ("Neg", "e", "y")),
          dict(r=np.float32(0), t=np.array(True), s=np.float32(.5),
               f=np.array(False)), 13)
    graph("dropout-attribute", (("Dropout", "x", "d", dict(ratio=.5)),
                                ("Neg", "d", "y")), opset=7)
    graph("cast", (("Cast", "x", "h", dict(to=F)), ("Neg", "h", "y")))
    graph("cast-like", (("CastLike", "c x", "d"), ("CastLike", "x d", "z"),
                        ("CastLike", "d f", "e"), ("Mul", "z e", "y")),
          dict(c=np.array([[[2]], [[3]], [[-1]]], np.int64),
               f=np.float32(0)), 15)
    graph("expand-scalar-shape",
          (("GlobalAveragePool", "x", "p"), ("Shape", "x", "s"),
           ("Expand", "p s", "e"), ("Mul", "x e", "y")), opset=8)
    graph("expand-alone", (("GlobalAveragePool", "x", "p"),
                           ("Expand", "p s", "y")), dict(s=[1, 3, 2, 4]))
    graph("tile", (("GlobalAveragePool", "x", "p"), ("Tile", "p s", "t"),
                   ("Tile", "t u", "y")),
          dict(s=[1, 1, 2, 3], u=[1, 2, 1, 1]))
    # x.view(x.size(0), -1), as torch.onnx writes it
    graph("view-flat", [
        node("Shape", "x", "s"), constant("zero", np.int64(0)),
        node("Gather", "s zero", "n", axis=0),
        node("Unsqueeze", "n", "u", axes=[0]),
        constant("rest", np.array([-1], np.int64)),
        node("Concat", "u rest", "c", axis=0),
        node("Reshape", "x c", "y")], opset=9, rank=2)
    # expand_as with -1, as torch.onnx writes it
    graph("expand-where", [
        node("GlobalAveragePool", "x", "p"), node("Shape", "x", "s"),
        constant("four", np.array([4], np.int64)),
        node("ConstantOfShape", "four", "ones", value=helper.make_tensor(
            "v", TensorProto.INT64, [1], [1])),
        constant("minus", np.int64(-1)), node("Mul", "ones minus", "m"),
        node("Equal", "s m", "q"), node("Where", "q ones s", "w"),
        node("Expand", "p w", "e"), node("Mul", "e x", "y")], opset=11)
    # height and width halved: floor(size * .5)
    graph("resize-by-shape", [
        node("Shape", "x", "s"), constant("i", np.array([2, 3], np.int64)),
        node("Gather", "s i", "g"), node("Cast", "g", "f", to=F),
        constant("half", np.float32(.5)), node("Mul", "f half", "h"),
        node("Floor", "h", "l"), node("Cast", "l", "k",
                                      to=TensorProto.INT64),
        constant("z", np.array([0], np.int64)),
        constant("two", np.array([2], np.int64)),
        node("Slice", "s z two", "nc"), node("Concat", "nc k", "sz", axis=0),
        helper.make_node("Resize", ["x", "", "", "sz"], ["y"],
                         coordinate_transformation_mode="asymmetric",
                         mode="nearest", nearest_mode="floor")], opset=13)
    graph("shape-part", [
        node("Shape", "x", "s", start=1, end=-1),
        node("ReduceProd", "s", "p", keepdims=1, axes=[0]),
        node("Shape", "x", "n", end=1),
        constant("open", np.array([-1], np.int64)),
        node("Concat", "n p open", "c", axis=0),
        node("Reshape", "x c", "y")], opset=15, rank=3)
    graph("shape-arithmetic", [
        node("Shape", "x", "s"), constant("i", np.array(1, np.int64)),
        node("Gather", "s i", "c"), constant("three", np.int64(3)),
        node("Div", "c three", "d"), node("Sub", "c d", "e"),
        node("Mul", "d e", "f"), node("Sub", "f e", "k"), # 8, 4
        node("Sqrt", "root", "two"), constant("root", np.float32(4)),
        node("Cast", "two", "tw", to=TensorProto.INT64),
        constant("a", np.int64(0)), constant("b", np.int64(1)),
        node("Range", "a k b", "r"), # 0 1 2 3
        node("ReduceSum", "r", "m", keepdims=0), # 6
        node("Mul", "tw tw", "q"), # 4
        node("Unsqueeze", "m z", "u1"), node("Unsqueeze", "q z", "u2"),
        constant("z", np.array([0], np.int64)),
        constant("n", np.array([0, 4], np.int64)),
        node("Concat", "n u2 u1", "sh", axis=0),
        node("Reshape", "x sh", "y")], opset=13, x=("N", 6, 4, 4))
    graph("shape-of-transposed", [
        node("Transpose", "x", "t", perm=[0, 2, 3, 1]),
        node("Shape", "t", "s"), constant("i", np.array(3, np.int64)),
        node("Gather", "s i", "c"), constant("z", np.array([0], np.int64)),
        node("Unsqueeze", "c z", "u"),
        constant("rest", np.array([0, -1], np.int64)),
        node("Concat", "rest u", "k", axis=0),
        node("Reshape", "t k", "y")], opset=13, rank=3)
    for name, opset, attributes, more in (
            ("upsample-7", 7, dict(scales=[1., 1., 2., 3.]), None),
            ("upsample-9-linear", 9, dict(mode="linear"), [1, 1, 2, 2]),):
        values = {} if more is None else dict(
            s=np.array(more, np.float32))
        one(name, "Upsample", opset, values, more="s" if more else "",
            x=("N", 2, 3, 3), **attributes)
    one("resize-10", "Resize", 10, dict(s=np.array([1, 1, 2, 2], np.float32)),
        more="s", x=("N", 2, 3, 3))
    one("resize-10-smaller", "Resize", 10,
        dict(s=np.array([1, 1, .6, .6], np.float32)), more="s",
        x=("N", 2, 5, 5))
    roi = np.zeros(0, np.float32)
    for mode in ("half_pixel", "pytorch_half_pixel", "align_corners",
                 "asymmetric"):
        for scale in (2., .6):
            one(f"resize-11-{mode.replace('_', '-')}-{scale}", "Resize", 11,
                dict(r=roi, s=np.array([1, 1, scale, scale], np.float32)),
                more="r s", mode="linear", x=("N", 2, 5, 4),
                coordinate_transformation_mode=mode)
    for mode in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"):
        one(f"resize-13-{mode.replace('_', '-')}", "Resize", 13,
            dict(r=roi, s=np.array([1, 1, 1.5, .5], np.float32)),
            more="r s", nearest_mode=mode, x=("N", 2, 4, 6))
    graph("resize-13-sizes", [helper.make_node(
        "Resize", ["x", "", "", "s"], ["y"], mode="linear")],
        dict(s=[2, 2, 7, 3]), 13, x=(2, 2, 4, 5))
    graph("resize-18-axes", [helper.make_node(
        "Resize", ["x", "", "s"], ["y"], mode="nearest", axes=[2, 3])],
        dict(s=np.array([2, 3], np.float32)), 18, x=("N", 2, 3, 3))
    graph("resize-tf", [helper.make_node(
        "Resize", ["x", "", "s"], ["y"], nearest_mode="floor",
        coordinate_transformation_mode="tf_half_pixel_for_nn")],
        dict(s=np.array([1, 1, 2, .5], np.float32)), 13, x=("N", 2, 3, 4))


# ---- how weights are stored ------------------------------------------------

def typed(kind, values):
    """A tensor whose elements stand in their typed field, not raw."""
    return helper.make_tensor("t", kind, values.shape,
                              values.flatten().tolist())


def storage(folder):
    w = weight(3, 1, 1)
    half = w.astype(np.float16)
    brain = (w.view(np.uint32) >> 16).astype(np.uint16)
    raw = TensorProto(dims=[3, 1, 1], data_type=TensorProto.BFLOAT16,
                      raw_data=brain.tobytes())
    bits = TensorProto(dims=[3, 1, 1], data_type=TensorProto.FLOAT16,
                       int32_data=half.view(np.uint16).flatten().tolist())
    brain_bits = TensorProto(dims=[3, 1, 1], data_type=TensorProto.BFLOAT16,
                             int32_data=brain.flatten().tolist())
    cast = ("Cast", "w", "f", dict(to=F))
    use = ("Mul", "x f", "y")
    graph("stored-typed", (("Mul", "x w", "y"),), dict(w=typed(F, w)))
    for name, value in (
            ("float16", half), ("float16-bits", bits), ("bfloat16", raw),
            ("bfloat16-bits", brain_bits),
            ("double", typed(TensorProto.DOUBLE, w.astype(np.float64))),
            ("double-raw", w.astype(np.float64)),
            ("int64", typed(TensorProto.INT64, np.array([[[3]], [[-2]],
                                                         [[5]]]))),
            ("int32", typed(TensorProto.INT32, np.array([[[3]], [[-2]],
                                                         [[5]]]))),
            ("uint8", np.array([[[3]], [[200]], [[5]]], np.uint8)),
            ("bool", typed(TensorProto.BOOL, np.array([[[1]], [[0]],
                                                       [[1]]])))):
        graph("stored-" + name, (cast, use), dict(w=value))
    for name, attributes in (
            ("value-float", dict(value_float=1.5)),
            ("value-floats", dict(value_floats=[1.5, -2., 3., 4., 5., 6.]))):
        graph("constant-" + name,
              [helper.make_node("Constant", [], ["c"], **attributes),
               node("Mul", "x c", "y")])
    graph("constant-value-ints",
          [helper.make_node("Constant", [], ["s"], value_ints=[0, -1]),
           node("Reshape", "x s", "y")], rank=2)
    graph("constant-value-int",
          [helper.make_node("Constant", [], ["i"], value_int=1),
           node("Gather", "x i", "y", axis=1)], rank=3)
    graph("initialiser-is-input", (("Mul", "x w", "y"),), dict(w=w), 8, ir=3,
          inputs=[helper.make_tensor_value_info("w", F, [3, 1, 1])])
    graph("half-precision",
          (("Cast", "x", "h", dict(to=TensorProto.FLOAT16)),
           ("Mul", "h w", "m"), ("Cast", "m", "y", dict(to=F))),
          dict(w=np.array([[[2]], [[-.5]], [[4]]], np.float16)))
    # weights in another file, two of them beside each other
    a, b = weight(4, 3, 1, 1), weight(4)
    model = graph("external", (("Conv", "x a b", "y"),), dict(a=a, b=b))
    with open(os.path.join(folder, "external.data"), "wb") as f:
        f.write(b"\0" * 16 + a.tobytes() + b.tobytes())
    for tensor, offset in zip(model.graph.initializer, (16, 64)):
        size = len(tensor.raw_data)
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", "external.data"),
                           ("offset", offset), ("length", size)):
            tensor.external_data.add(key=key, value=str(value))
    for name, location, offset in (
            ("up", "../external.data", 0), ("root", "/etc/passwd", 0),
            ("inside", "a/../../external.data", 0), ("absent", "no.data", 0),
            ("beyond", "external.data", 80)):
        bad = onnx.ModelProto.FromString(model.SerializeToString())
        for tensor in bad.graph.initializer:
            tensor.external_data[0].value = location
            tensor.external_data[1].value = str(offset)
        FAULTS["bad-external-" + name] = bad
    # the same weight twice
    graph("shared-weight",
          (("Conv", "x w", "a"), ("Relu", "a", "b"), ("Conv", "b w", "y")),
          dict(w=weight(3, 3, 1, 1)))
    unordered = [node("Neg", "a", "y"), node("Exp", "x", "a"),
                 node("Einsum", "x", "dead", equation="ijkl->ijkl")]
    graph("unordered", unordered, {}, 13)


# ---- functions -------------------------------------------------------------

def functions(convs, values, x):
    """A gate as a function of the file's own, which calls another."""
    sets = [helper.make_opsetid("", 15), helper.make_opsetid("my.ops", 1)]
    act = node("LeakyRelu", "v", "w")
    act.attribute.add(name="alpha", type=onnx.AttributeProto.FLOAT,
                      ref_attr_name="slope")
    act = helper.make_function("my.ops", "Act", ["v"], ["w"], [act], sets,
                               ["slope"])
    nodes = [node(*n[:3], **(n[3] if len(n) > 3 else {})) for n in convs]
    nodes[1] = node("Act", "h", "r", domain="my.ops", slope=.5)
    nodes[-1].name = "mul"
    gate = helper.make_function(
        "my.ops", "Gate", ["x", "d", "a", "u", "b"], ["y"],
        [node("GlobalAveragePool", "x", "p"), *nodes], sets, [])
    model = graph("function-gate",
                  [node("Gate", "x d a u b", "y", domain="my.ops",
                        name="unit")], values, 15, x=x, domains=("my.ops",))
    model.functions.extend([act, gate])
    loop = helper.make_function(
        "my.ops", "Loops", ["x"], ["y"],
        [node("Loops", "x", "y", domain="my.ops")], sets, [])
    FAULTS["bad-function"] = model_of(
        [node("Loops", "x", "y", domain="my.ops")], {}, 15,
        domains=("my.ops",))
    FAULTS["bad-function"].functions.append(loop)


# ---- gates -----------------------------------------------------------------

def gates():
    down, up = weight(4, 8, 1, 1, scale=2), weight(8, 4, 1, 1, scale=2)
    a, b = weight(4), weight(8)
    x = ("N", 8, 5, 5)
    convs = (("Conv", "p d a", "h"), ("Relu", "h", "r"), ("Conv", "r u b", "c"),
             ("Sigmoid", "c", "gate"), ("Mul", "x gate", "y"))
    values = dict(d=down, u=up, a=a, b=b)
    flat = (("Gemm", "p d2 a", "h", dict(transB=1)), ("Relu", "h", "r"),
            ("Gemm", "r u2 b", "c", dict(transB=1)), ("Sigmoid", "c", "s"),
            ("Unsqueeze", "s", "gate", dict(axes=[2, 3])),
            ("Mul", "x gate", "y"))
    flat_values = dict(d2=down[:, :, 0, 0], u2=up[:, :, 0, 0], a=a, b=b)
    mean = "ReduceMean"
    # C61: the squeeze, in seven ways; all must give the same gates
    same = np.random.RandomState(61).uniform(-1, 1, (8, 3, 1, 1))
    values["colours"] = flat_values["colours"] = same.astype(np.float32)
    graph("squeeze-pool", (("GlobalAveragePool", "x", "p"), *convs), values,
          11, x=x)
    graph("squeeze-mean", ((mean, "x", "p", dict(axes=[2, 3])), *convs),
          values, 11, x=x)
    graph("squeeze-mean-flat",
          ((mean, "x", "p", dict(axes=[-1, -2], keepdims=0)), *flat),
          flat_values, 11, x=x)
    graph("squeeze-mean-twice",
          ((mean, "x", "q", dict(axes=[3])), (mean, "q", "p",
                                              dict(axes=[2])), *convs),
          values, 11, x=x)
    graph("squeeze-mean-twice-flat",
          ((mean, "x", "q", dict(axes=[3], keepdims=0)),
           (mean, "q", "p", dict(axes=[2], keepdims=0)), *flat),
          flat_values, 11, x=x)
    graph("squeeze-window",
          (("AveragePool", "x", "p", dict(kernel_shape=[5, 5])), *convs),
          values, 11, x=x)
    graph("squeeze-mean-input", ((mean, "x axes", "p"), *convs),
          dict(axes=[2, 3], **values), 18, x=x)
    # chains of real files
    graph("gate-constants", [
        constant("d", down), constant("u", up),
        constant("a", a.reshape(1, 4, 1, 1)),
        constant("b", b.reshape(1, 8, 1, 1)),
        node("GlobalAveragePool", "x", "p"), node("Conv", "p d", "h"),
        node("Add", "h a", "i"), node("Relu", "i", "r"),
        node("Conv", "r u", "c"), node("Add", "c b", "e"),
        node("HardSigmoid", "e", "gate", alpha=.2, beta=.5),
        node("Mul", "x gate", "y")], {}, 11, x=x)
    graph("gate-decomposed", [
        node("GlobalAveragePool", "x", "p"), node("Reshape", "p s", "f"),
        node("Gemm", "f d2 a", "h", transB=1), node("Relu", "h", "r"),
        node("Gemm", "r u2 b", "c", transB=1), node("Add", "c three", "e"),
        node("Clip", "e", "k", min=0., max=6.), node("Div", "k six", "g"),
        node("Reshape", "g t", "gate"), node("Mul", "x gate", "y")],
        dict(s=[-1, 8], t=[-1, 8, 1, 1], three=np.float32(3),
             six=np.float32(6), **flat_values), 9, x=x)
    graph("gate-matmul", [
        node("ReduceMean", "x", "p", axes=[2, 3], keepdims=0),
        node("MatMul", "p d2", "h"), node("Add", "h a", "i"),
        node("Relu", "i", "r"), node("MatMul", "r u2", "c"),
        node("Add", "c b", "e"), node("Sigmoid", "e", "s"),
        node("Shape", "s", "sh"), node("Concat", "sh ones", "to", axis=0),
        node("Reshape", "s to", "gate"), node("Mul", "gate x", "y")],
        dict(ones=[1, 1], d2=down[:, :, 0, 0].T.copy(),
             u2=up[:, :, 0, 0].T.copy(), a=a, b=b), 13, x=x)
    graph("gate-max", (("GlobalMaxPool", "x", "p"), *convs), values, 13, x=x)
    graph("gate-sigmoid-twice",
          (("GlobalAveragePool", "x", "p"), *convs[:3],
           ("Sigmoid", "c", "s"), ("Sigmoid", "s", "gate"), convs[-1]),
          values, 13, x=x)
    graph("no-gate-silu", (("Conv", "x w", "c"), ("Sigmoid", "c", "s"),
                           ("Mul", "c s", "y")),
          dict(w=weight(8, 8, 1, 1)), 13, x=x)
    graph("no-gate-hard-swish", (("Conv", "x w", "c"),
                                 ("HardSigmoid", "c", "s", dict(
                                     alpha=1 / 6)),
                                 ("Mul", "c s", "y")),
          dict(w=weight(8, 8, 1, 1)), 13, x=x)
    functions(convs, values, x)
    # as tf2onnx writes Keras: channels last in and out, gates between
    for name, keep in (("", 1), ("-flat", 0)):
        squeeze = [node("ReduceMean", "r", "p", axes=[1, 2], keepdims=keep)]
        if not keep:
            squeeze += [node("Reshape", "p four", "p4")]
        graph("channels-last" + name, [
            node("Transpose", "x", "t", perm=[0, 3, 1, 2]),
            node("Conv", "t w b", "c", auto_pad="SAME_UPPER",
                 strides=[2, 2], kernel_shape=[3, 3]),
            node("Relu", "c", "q"),
            node("Transpose", "q", "r", perm=[0, 2, 3, 1]), *squeeze,
            node("MatMul", "p d2" if keep else "p4 d2", "h"),
            node("Add", "h a", "i"), node("Relu", "i", "j"),
            node("MatMul", "j u2", "k"), node("Add", "k b", "l"),
            node("Sigmoid", "l", "gate"), node("Mul", "r gate", "m"),
            node("Transpose", "m", "n", perm=[0, 3, 1, 2]),
            node("GlobalAveragePool", "n", "o"),
            node("Squeeze", "o", "z", axes=[2, 3]),
            node("MatMul", "z v", "y")],
            dict(w=weight(8, 3, 3, 3), d2=down[:, :, 0, 0].T.copy(),
                 u2=up[:, :, 0, 0].T.copy(), a=a, b=b, v=weight(8, 5),
                 four=[-1, 1, 1, 8]),
            11, x=("N", 7, 6, 3), rank=2, layout="last")
    graph("bytes", [node("Cast", "x", "f", to=F),
                    node("Transpose", "f", "t", perm=[0, 3, 1, 2]),
                    node("Conv", "t w", "y")],
          dict(w=weight(2, 3, 2, 2)), 13, x=("N", 4, 4, 3), layout="last",
          kind=TensorProto.UINT8)
    silu = (("Conv", "x w", "c"), ("Swish", "c", "y",
                                   dict(domain="my.ops")))
    FAULTS["swish-custom"] = model_of(
        [node(*n[:3], **(n[3] if len(n) > 3 else {})) for n in silu],
        dict(w=np.eye(3, dtype=np.float32).reshape(3, 3, 1, 1)), 13,
        domains=("my.ops",))
    FAULTS["log-softmax-end"] = model_of(
        [node("Flatten", "x", "f"), node("LogSoftmax", "f", "y")], {}, 13,
        rank=2, x=("N", 3, 2, 2))
    graph("newer-set", (("Neg", "x", "y"),), {}, 22, ir=10)
    graph("grey-channels-last",
          (("Transpose", "x", "t", dict(perm=[0, 3, 1, 2])),
           ("GlobalAveragePool", "t", "y")), {}, 13, x=("N", 5, 4, 1),
          layout="last", colours=1)
    graph("two-outputs",
          (("Conv", "x w", "m"), ("GlobalAveragePool", "m", "p"),
           ("Flatten", "p", "y")), dict(w=weight(4, 3, 1, 1)), 13, rank=2)
    GRAPHS["two-outputs"][0].graph.output.insert(
        0, helper.make_tensor_value_info("m", F, [None] * 4))


def make(folder):
    shapes()
    storage(folder)
    gates()
