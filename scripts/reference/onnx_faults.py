"""Graphs that must be refused."""
import numpy as np
from onnx import TensorProto, helper

from onnx_model import FAULTS, F, constant, fault, model_of, node, weight

def make():
    fault("bad-einsum", [("Einsum", "x", "y", dict(equation="abcd->abdc"))])
    fault("bad-several", [("Einsum", "x", "a", dict(equation="abcd->abdc")),
                          ("Det", "a", "b"), ("Einsum", "b", "c",
                                              dict(equation="a->a")),
                          ("Foo", "c", "y", dict(domain="my.ops"))],
          domains=("my.ops",))
    fault("bad-domain", [("Foo", "x", "y", dict(domain="my.ops"))],
          domains=("my.ops",))
    fault("bad-instance-norm", [("InstanceNormalization", "x g g", "y")],
          dict(g=weight(3)))
    branch = helper.make_graph(
        [node("Neg", "x", "z")], "then", [],
        [helper.make_tensor_value_info("z", F, None)])
    FAULTS["bad-if"] = model_of(
        [constant("c", np.array(True)), helper.make_node(
            "If", ["c"], ["y"], then_branch=branch, else_branch=branch)], {},
        13)
    fault("bad-quantised", [("DynamicQuantizeLinear", "x", "a b c"),
                            ("ConvInteger", "a w c", "i"),
                            ("Cast", "i", "y", dict(to=F))],
          dict(w=np.ones((2, 3, 1, 1), np.uint8)), 10)
    fault("bad-qdq", [("QuantizeLinear", "x s z", "q"),
                      ("DequantizeLinear", "q s z", "y")],
          dict(s=np.float32(.1), z=np.uint8(3)))
    fault("bad-opset", [("Neg", "x", "y")], opset=6)
    fault("bad-cycle", [("Add", "x b", "a"), ("Neg", "a", "b"),
                        ("Neg", "b", "y")])
    fault("bad-name", [("Add", "x nothing", "y")])
    fault("bad-twice", [("Neg", "x", "y"), ("Exp", "x", "y")])
    fault("bad-inputs", [("Add", "x z", "y")],
          inputs=[helper.make_tensor_value_info("z", F, ["N", 3, 6, 6])])
    fault("bad-input-rank", [("Neg", "x", "y")], x=("N", 3, 6, 6, 6))
    fault("bad-input-type", [("Cast", "x", "y", dict(to=F))],
          kind=TensorProto.INT64)
    fault("bad-batch-mix", [("Reshape", "x s", "y")], dict(s=[-1, 36]),
          rank=2)
    fault("bad-batch-reduce", [("ReduceMean", "x", "y")])
    fault("bad-batch-slice", [("Slice", "x s e a", "y")],
          dict(s=[1], e=[2], a=[0]))
    fault("bad-computed-weight", [("GlobalAveragePool", "x", "p"),
                                  ("Conv", "x p", "y")])
    fault("bad-attention", [("Transpose", "x", "t", dict(perm=[0, 1, 3, 2])),
                            ("MatMul", "x t", "y")])
    fault("bad-training", [("BatchNormalization", "x g g g g", "y",
                            dict(training_mode=1))], dict(g=weight(3)), 14)
    fault("bad-dropout", [("Dropout", "x r t", "y")],
          dict(r=np.float32(.5), t=np.array(True)), 12)
    fault("bad-dropout-weight", [("Dropout", "w r t", "d"),
                                 ("Mul", "x d", "y")],
          dict(w=np.ones((3, 1, 1), np.float32), r=np.float32(.5),
               t=np.array(True)), 12)
    fault("bad-cubic", [("Resize", "x r s", "y", dict(mode="cubic"))],
          dict(r=np.zeros(0, np.float32),
               s=np.array([1, 1, 2, 2], np.float32)), 11)
    short = TensorProto(dims=[3, 1, 1], data_type=F, raw_data=b"\0" * 8)
    fault("bad-short", [("Mul", "x w", "y")], dict(w=short))
    huge = TensorProto(dims=[2 ** 40, 2 ** 40], data_type=F,
                       raw_data=b"\0" * 8)
    fault("bad-huge", [("Mul", "x w", "y")], dict(w=huge))
    strings = helper.make_tensor("w", TensorProto.STRING, [1], [b"a"])
    fault("bad-strings", [("Mul", "x w", "y")], dict(w=strings))
    fault("bad-repeats", [("ConstantOfShape", "s", "c"), ("Mul", "x c", "y")],
          dict(s=[1, 3, 40000, 40000]))
    fault("bad-conv-shape", [("Conv", "x w", "y")],
          dict(w=weight(4, 5, 1, 1)))
    fault("bad-axis", [("Concat", "x x", "y", dict(axis=7))])
    fault("bad-sequence", [("ReduceMean", "x", "y", dict(axes=[2, 2]))])
    fault("bad-reduction", [("ConstantOfShape", "s", "c"),
                            ("ReduceSum", "c", "r", dict(keepdims=0)),
                            ("Mul", "x r", "y")], dict(s=[2 ** 20, 2 ** 20]))
    # sizes whose sums and products overflow, or that cost time alone
    fault("bad-wrapped", [("ConstantOfShape", "s", "a"),
                          ("ConstantOfShape", "t", "b"),
                          ("Concat", "a a b", "c", dict(axis=0)),
                          ("Add", "x c", "y")],
          dict(s=[2 ** 63 - 1], t=[7]))
    fault("bad-long-list", [("ConstantOfShape", "s", "i"),
                            ("Concat", " ".join(["i"] * 100), "j",
                             dict(axis=0)),
                            ("Add", "x j", "y")], dict(s=[2 ** 39]))
    fault("bad-nothing", [("ConstantOfShape", "n", "k",
                           dict(value=helper.make_tensor(
                               "v", TensorProto.INT64, [1], [0]))),
                          ("Gather", "e k", "g", dict(axis=0)),
                          ("Reshape", "x g", "y")],
          dict(n=[2 ** 39], e=np.zeros((5, 0), np.float32)))
    fault("bad-wide", [("Shape", "x", "h", dict(start=1)),
                       ("Slice", "h a b", "i"), ("Expand", "i s", "e"),
                       ("Add", "x e", "y")],
          dict(a=[1], b=[3], s=[2 ** 38, 1]), 15)
    fault("bad-input-huge", [("Flatten", "x", "y")],
          x=(1, 3, 2 ** 31 - 1, 2 ** 31 - 1))
    fault("bad-concat-long", [("Resize", "x r r s", "a"),
                              ("Concat", " ".join(["a"] * 16), "y",
                               dict(axis=3))],
          dict(r=np.zeros(0, np.float32), s=[1, 1, 1, 2 ** 28]),
          x=(1, 1, 1, 1))
    fault("bad-optimised", [("FusedConv", "x w", "y",
                             dict(domain="com.microsoft"))],
          dict(w=weight(3, 3, 1, 1)), domains=("com.microsoft",))
    fault("bad-log-softmax", [("LogSoftmax", "x", "a"), ("Exp", "a", "y")])
    fault("bad-integers", [("Cast", "x", "a", dict(to=TensorProto.INT64)),
                           ("Cast", "a", "y", dict(to=F))])
