"""A graph for every operator and attribute form."""
import numpy as np
from onnx import helper

from onnx_model import graph, node, numbers, one, weight

# ---- layers ----------------------------------------------------------------

def layers():
    w, b = weight(4, 3, 3, 3), weight(4)
    one("conv-bias", "Conv", 7, dict(w=w, b=b), more="w b",
        kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    one("conv-uneven", "Conv", 13, dict(w=weight(6, 1, 3, 2)), more="w",
        group=3, dilations=[1, 2], strides=[2, 1], pads=[0, 1, 1, 2])
    for pad in ("SAME_UPPER", "SAME_LOWER", "VALID"):
        one("conv-" + pad.lower().replace("_", "-"), "Conv", 11, dict(w=w),
            more="w", auto_pad=pad, strides=[2, 2], x=("N", 3, 6, 7))
    eca = (("GlobalAveragePool", "x", "p"),
           ("Squeeze", "p", "s", dict(axes=[-1])),
           ("Transpose", "s", "t", dict(perm=[0, 2, 1])),
           ("Conv", "t k", "c", dict(kernel_shape=[3], pads=[1, 1])),
           ("Transpose", "c", "u", dict(perm=[0, 2, 1])),
           ("Unsqueeze", "u", "v", dict(axes=[3])),
           ("Sigmoid", "v", "gate"), ("Mul", "x gate", "y"))
    graph("conv-1d-eca", eca, dict(k=weight(1, 1, 3)), 11, x=("N", 8, 5, 5))
    stats = dict(g=weight(3) + 2, b=weight(3), m=weight(3), v=weight(3) + 2)
    for opset in (7, 9, 15):
        one(f"batch-norm-{opset}", "BatchNormalization", opset, stats,
            more="g b m v", epsilon=1e-3)
    graph("batch-norm-vector", (("Flatten", "x", "f"),
                                ("BatchNormalization", "f g b m v", "y")),
          dict(g=weight(12), b=weight(12), m=weight(12), v=weight(12) + 2),
          rank=2, x=("N", 3, 2, 2))
    flat = ("Flatten", "x", "f")
    small = dict(rank=2, x=("N", 3, 2, 2))
    w = weight(5, 12)
    graph("gemm-trans-b", (flat, ("Gemm", "f w b", "y", dict(transB=1))),
          dict(w=w, b=weight(5)), **small)
    graph("gemm-alpha-beta",
          (flat, ("Gemm", "f w b", "y", dict(alpha=.5, beta=2.))),
          dict(w=w.T.copy(), b=weight(1, 5)), 9, **small)
    graph("gemm-scalar-bias",
          (flat, ("Gemm", "f w b", "y", dict(transB=1, beta=.5))),
          dict(w=w, b=np.float32(3)), 7, **small)
    graph("gemm-no-bias", (flat, ("Gemm", "f w", "y", dict(transB=1))),
          dict(w=w), 11, **small)
    graph("gemm-computed-sum",
          (flat, ("Gemm", "f w", "a", dict(transB=1)),
           ("Gemm", "f w a", "y", dict(transB=1, beta=.5, alpha=2.))),
          dict(w=w), **small)
    graph("matmul-add", (flat, ("MatMul", "f w", "m"), ("Add", "b m", "y")),
          dict(w=w.T.copy(), b=weight(5)), **small)
    graph("matmul-transposed-weight",
          (flat, ("Transpose", "w", "t"), ("MatMul", "f t", "m"),
           ("Add", "m b", "y")), dict(w=w, b=weight(5)), **small)
    graph("matmul-channels-last",
          (("Transpose", "x", "t", dict(perm=[0, 2, 3, 1])),
           ("MatMul", "t w", "m"), ("Add", "m b", "a"),
           ("Transpose", "a", "y", dict(perm=[0, 3, 1, 2]))),
          dict(w=weight(1, 3, 4), b=weight(4)))
    one("lrn", "LRN", 13, size=3, alpha=.1, beta=.6, bias=1.5,
        x=("N", 5, 3, 3))
    graph("flatten-of-a-map",
          (("Conv", "x w", "c"), ("Flatten", "c", "f"),
           ("Gemm", "f v b", "y", dict(transB=1))),
          dict(w=weight(4, 3, 3, 3), v=weight(5, 64), b=weight(5)), rank=2)


# ---- non-linearities -------------------------------------------------------

def activations():
    for op, opset, attributes in (
            ("Relu", 7, {}), ("Relu", 14, {}), ("LeakyRelu", 7, {}),
            ("LeakyRelu", 16, dict(alpha=.2)), ("HardSigmoid", 7, {}),
            ("HardSigmoid", 13, dict(alpha=1 / 6, beta=.5)),
            ("HardSwish", 14, {}), ("Sigmoid", 13, {}), ("Tanh", 13, {}),
            ("Erf", 9, {}), ("Exp", 13, {}), ("Softplus", 7, {}),
            ("Elu", 7, {}), ("Elu", 13, dict(alpha=.7)), ("Selu", 7, {}),
            ("Celu", 12, dict(alpha=.6)), ("Neg", 13, {}), ("Abs", 13, {}),
            ("Mish", 18, {}), ("Gelu", 20, {}),
            ("Gelu", 20, dict(approximate="tanh"))):
        name = "-".join([op.lower(), str(opset), *map(str, attributes)])
        one(name, op, opset, **attributes)
    one("clip-attribute", "Clip", 7, min=-.5, max=1.)
    one("clip-input", "Clip", 11, dict(a=np.float32(-.5), b=np.float32(1)),
        more="a b")
    one("clip-relu6", "Clip", 13, dict(a=np.float32(0), b=np.float32(6)),
        more="a b")
    graph("clip-most-only", [helper.make_node("Clip", ["x", "", "b"], ["y"])],
          dict(b=np.float32(1)))
    one("clip-least-only", "Clip", 13, dict(a=np.float32(-1)), more="a")
    one("prelu-channels", "PRelu", 9, dict(s=weight(3, 1, 1)), more="s")
    one("prelu-one", "PRelu", 16, dict(s=weight(1)), more="s")
    one("prelu-channels-4d", "PRelu", 16, dict(s=weight(1, 3, 1, 1)),
        more="s")
    graph("prelu-channels-last",
          (("Transpose", "x", "t", dict(perm=[0, 2, 3, 1])),
           ("PRelu", "t s", "y")), dict(s=weight(1, 1, 3)))
    graph("silu", (("Sigmoid", "x", "s"), ("Mul", "x s", "y")))
    graph("mish", (("Softplus", "x", "s"), ("Tanh", "s", "t"),
                   ("Mul", "x t", "y")))
    graph("hard-swish-decomposed",
          (("Add", "x a", "b"), ("Clip", "b z c", "d"), ("Div", "d c", "e"),
           ("Mul", "x e", "y")),
          dict(a=np.float32(3), z=np.float32(0), c=np.float32(6)), 11)
    graph("gelu-decomposed",
          (("Div", "x a", "b"), ("Erf", "b", "c"), ("Add", "c o", "d"),
           ("Mul", "x d", "e"), ("Mul", "e h", "y")),
          dict(a=np.float32(2 ** .5), o=np.float32(1), h=np.float32(.5)))
    graph("powers", (("Pow", "x two", "p"), ("Add", "p one", "q"),
                     ("Sqrt", "q", "r"), ("Reciprocal", "r", "y")),
          dict(two=np.float32(2), one=np.float32(1)))
    one("softmax-11", "Softmax", 11, x=("N", 3, 2, 2))
    one("softmax-11-axis", "Softmax", 11, axis=2, x=("N", 3, 2, 2))
    one("softmax-13", "Softmax", 13)
    one("softmax-13-axis", "Softmax", 13, axis=1)
    one("softmax-13-negative", "Softmax", 13, axis=-3)
    for opset in (11, 13):
        graph(f"softmax-end-{opset}",
              (("Flatten", "x", "f"), ("Softmax", "f", "y")), opset=opset,
              rank=2, x=("N", 3, 2, 2))


# ---- arithmetic ------------------------------------------------------------

def arithmetic():
    pool = ("GlobalAveragePool", "x", "p")
    for op in ("Add", "Sub", "Mul", "Div"):
        low = op.lower()
        graph(low + "-channels", (pool, ("Exp", "p", "e"),
                                  (op, "x e", "y")))
        graph(low + "-rows", (("ReduceMean", "x", "r", dict(axes=[3])),
                              ("Exp", "r", "e"), (op, "e x", "y")))
        one(low + "-constant", op, 7, dict(c=weight(3, 1, 1) + 2), more="c")
        one(low + "-number", op, 14, dict(c=np.float32(2.5)), more="c")
        graph(low + "-number-first", (("Exp", "x", "e"), (op, "c e", "y")),
              dict(c=np.array([1.5], np.float32)))
        graph(low + "-constant-first",
              (("Exp", "x", "e"), (op, "c e", "y")),
              dict(c=weight(1, 3, 1, 1) + 2))
        one(low + "-map", op, 13, dict(c=weight(1, 3, 6, 6) + 2), more="c")
        one(low + "-columns", op, 13, dict(c=weight(6) + 2), more="c")
    graph("max-numbers", (("Max", "x c", "m"), ("Min", "m d", "y")),
          dict(c=np.float32(-.5), d=np.float32(.5)), 8)
    graph("max-two", (("Neg", "x", "n"), ("Max", "x n", "y")), opset=8)
    graph("max-three", (("Neg", "x", "n"), pool, ("Max", "n x p", "y")),
          opset=12)
    graph("min-two", (pool, ("Min", "x p", "y")), opset=13)
    one("max-constant", "Max", 13, dict(c=weight(3, 1, 1)), more="c")
    one("min-constant", "Min", 13, dict(c=numbers(3).reshape(3, 1, 1)),
        more="c")
    one("min-pixels", "Min", 13, dict(c=numbers(108)[::-1].reshape(3, 6, 6)),
        more="c")
    graph("sum-three", (pool, ("Neg", "x", "n"), ("Mul", "x n", "q"),
                        ("Sum", "x p q", "y")), opset=8)
    graph("mean-two", (pool, ("Mean", "x p", "y")), opset=13)
    graph("sum-constant", (("Sum", "c x", "y"),),
          dict(c=weight(3, 1, 1)), opset=13)
    graph("batch-of-one-broadcast",
          (("ReduceMean", "x", "r", dict(axes=[1, 2], keepdims=0)),
           ("Mul", "x r", "y")), x=(1, 3, 6, 6))


# ---- pooling and reductions ------------------------------------------------

def pools():
    window = dict(kernel_shape=[3, 3], strides=[2, 2])
    x = ("N", 3, 7, 6)
    one("max-pool", "MaxPool", 8, x=x, pads=[1, 1, 1, 1], **window)
    one("max-pool-ceil", "MaxPool", 10, x=x, ceil_mode=1, **window)
    one("max-pool-ceil-padded", "MaxPool", 12, x=x, ceil_mode=1,
        pads=[1, 1, 1, 1], **window)
    one("max-pool-dilated", "MaxPool", 12, x=x, kernel_shape=[2, 3],
        dilations=[2, 1], pads=[0, 1, 1, 1])
    one("max-pool-same", "MaxPool", 12, x=x, auto_pad="SAME_UPPER", **window)
    graph("max-pool-negative",
          (("Abs", "x", "a"), ("Sub", "m a", "n"),
           ("MaxPool", "n", "y", dict(pads=[1, 1, 1, 1], **window))),
          dict(m=np.float32(-1)), 12, x=x)
    one("average-pool", "AveragePool", 7, x=x, pads=[1, 1, 1, 1], **window)
    one("average-pool-counted", "AveragePool", 11, x=x, pads=[1, 0, 1, 1],
        count_include_pad=1, **window)
    one("average-pool-ceil", "AveragePool", 10, x=x, ceil_mode=1, **window)
    one("average-pool-ceil-counted", "AveragePool", 19, x=x, ceil_mode=1,
        pads=[1, 1, 0, 0], count_include_pad=1, **window)
    one("average-pool-same", "AveragePool", 11, x=x, auto_pad="SAME_LOWER",
        **window)
    one("average-pool-dilated", "AveragePool", 19, x=x, kernel_shape=[2, 2],
        dilations=[2, 3])
    graph("average-pool-1d",
          (("ReduceMean", "x", "r", dict(axes=[2], keepdims=0)),
           ("AveragePool", "r", "y", dict(kernel_shape=[2], strides=[2]))),
          rank=3)
    one("global-max-pool", "GlobalMaxPool", 7)
    one("reduce-mean-attribute", "ReduceMean", 7, axes=[2, 3])
    one("reduce-mean-13-negative", "ReduceMean", 13, axes=[-1, -2],
        keepdims=0, rank=2)
    one("reduce-mean-18", "ReduceMean", 18, dict(a=[2, 3]), more="a")
    one("reduce-mean-18-flat", "ReduceMean", 18, dict(a=[-2, -1]), more="a",
        keepdims=0, rank=2)
    one("reduce-mean-18-nothing", "ReduceMean", 18, {},
        noop_with_empty_axes=1)
    one("reduce-max-channels", "ReduceMax", 11, axes=[1])
    one("reduce-mean-channels", "ReduceMean", 13, axes=[1], keepdims=1)
    one("reduce-max-13", "ReduceMax", 13, axes=[3], keepdims=0, rank=3)
    one("reduce-max-20", "ReduceMax", 20, dict(a=[1, 3]), more="a")
    one("reduce-min", "ReduceMin", 13, axes=[2, 3])
    one("reduce-sum-11", "ReduceSum", 11, axes=[2, 3])
    one("reduce-sum-13", "ReduceSum", 13, dict(a=[1, 2, 3]), more="a",
        keepdims=0, rank=1)
    one("reduce-l1", "ReduceL1", 13, axes=[2, 3])
    one("reduce-l2", "ReduceL2", 13, axes=[1])
    one("reduce-sum-square", "ReduceSumSquare", 13, axes=[1])
    graph("rms-norm-channels",
          (("Pow", "x two", "p"),
           ("ReduceMean", "p", "m", dict(axes=[1])), ("Add", "m e", "a"),
           ("Sqrt", "a", "s"), ("Div", "x s", "y")),
          dict(two=np.float32(2), e=np.float32(.1)))


# ---- parts -----------------------------------------------------------------

def parts():
    neg = ("Neg", "x", "n")
    graph("concat", (neg, ("Concat", "x n x", "y", dict(axis=1))), opset=7)
    graph("concat-rows", (neg, ("Concat", "n x", "y", dict(axis=2))))
    graph("concat-negative", (neg, ("Concat", "n x", "y", dict(axis=-1))))
    graph("concat-constant", (("Concat", "x c", "y", dict(axis=1)),),
          dict(c=weight(1, 2, 6, 6)), x=(1, 3, 6, 6))
    parted = dict(x=("N", 6, 3, 3))
    graph("split-equal", (("Split", "x", "a b c", dict(axis=1)),
                          ("Mul", "a c", "m"), ("Sub", "m b", "y")), {}, 11,
          **parted)
    graph("split-attribute", (("Split", "x", "a b", dict(axis=1,
                                                         split=[2, 4])),
                              ("Concat", "b a", "y", dict(axis=1))), {}, 7,
          **parted)
    graph("split-input", (("Split", "x s", "a b", dict(axis=-3)),
                          ("Concat", "b a", "y", dict(axis=1))),
          dict(s=[1, 5]), 13, **parted)
    graph("split-uneven", (("Split", "x", "a b c d", dict(axis=1,
                                                          num_outputs=4)),
                           ("Mul", "a b", "m"), ("Add", "m d", "y")), {}, 18,
          x=("N", 7, 3, 3))
    one("slice-attribute", "Slice", 7, axes=[2, 3], starts=[1, -4],
        ends=[2 ** 31 - 1, -1])
    one("slice-attribute-no-axes", "Slice", 9, starts=[0, 1],
        ends=[2 ** 31 - 1, 3])
    one("slice-input", "Slice", 10, dict(s=[0, 1], e=[6, 2 ** 63 - 1],
                                         a=[2, -1], t=[2, 3]), more="s e a t")
    one("slice-backwards", "Slice", 13,
        dict(s=[-1, 4], e=[-2 ** 63, 0], a=[1, 3], t=[-1, -2]),
        more="s e a t")
    one("slice-whole-batch", "Slice", 13,
        dict(s=[0, 1], e=[2 ** 63 - 1, 3], a=[0, 1]), more="s e a")
    one("gather-one", "Gather", 13, dict(i=np.int64(-2)), more="i", axis=1,
        rank=3)
    one("gather-several", "Gather", 13, dict(i=[5, 3, 1]), more="i", axis=3)
    one("pad-attribute", "Pad", 7, pads=[0, 0, 1, 2, 0, 0, 0, 1], value=.5)
    one("pad-input", "Pad", 11,
        dict(p=[0, 0, 1, 0, 0, 0, 2, 1], v=np.float32(-.25)), more="p v")
    one("pad-no-value", "Pad", 13, dict(p=[0, 0, 1, 1, 0, 0, 1, 1]), more="p")
    one("pad-reflect", "Pad", 13, dict(p=[0, 0, 2, 1, 0, 0, 1, 3]), more="p",
        mode="reflect")
    one("pad-edge", "Pad", 13, dict(p=[0, 0, 2, 1, 0, 0, 1, 3]), more="p",
        mode="edge")
    one("pad-channels", "Pad", 13, dict(p=[0, 2, 0, 0, 0, 1, 0, 0]), more="p")
    one("pad-crop", "Pad", 13, dict(p=[0, 0, -1, 1, 0, 0, 1, -2]), more="p")
    one("pad-axes", "Pad", 18,
        dict(p=[1, 2, 0, 1], v=np.float32(0), a=[3, -2]), more="p v a")
    graph("pad-channels-last",
          (("Transpose", "x", "t", dict(perm=[0, 2, 3, 1])),
           ("Pad", "t p", "y")), dict(p=[0, 1, 1, 0, 0, 1, 2, 0]))


def make():
    for part in (layers, activations, arithmetic, pools, parts):
        part()
