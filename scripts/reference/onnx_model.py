"""Writing small ONNX graphs: what the scripts that define them share."""
import numpy as np
from onnx import TensorProto, helper, numpy_helper

F = TensorProto.FLOAT
GRAPHS = {} # name: model, input shape, layout
FAULTS = {} # name: model


def numbers(count):
    """The same formula as in tests/test-onnx.c: -2 .. 2."""
    i = np.arange(1, count + 1, dtype=np.uint64)
    mixed = i * np.uint64(2654435761) & np.uint64(0xffffffff)
    return ((mixed >> np.uint64(8)).astype(np.float64) / (1 << 24) * 4
            - 2).astype(np.float32)


SEED = np.random.RandomState(5)


def weight(*shape, scale=1.0):
    return (SEED.uniform(-1, 1, shape) * scale).astype(np.float32)


def node(op, inputs, outputs, **attributes):
    return helper.make_node(op, inputs.split(), outputs.split(),
                            **attributes)


def constant(name, value):
    return helper.make_node("Constant", [], [name],
                            value=numpy_helper.from_array(np.asarray(value)))


def inits(values):
    out = []
    for name, value in values.items():
        if isinstance(value, TensorProto):
            value.name = name
            out.append(value)
            continue
        if isinstance(value, (list, tuple)):
            value = np.array(value, np.int64)
        out.append(numpy_helper.from_array(np.asarray(value), name))
    return out


def model_of(nodes, values, opset, x=("N", 3, 6, 6), rank=4, ir=None,
             domains=(), kind=F, outputs=("y",), inputs=()):
    y = [helper.make_tensor_value_info(o, F, [None] * rank) for o in outputs]
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", kind, list(x)),
                     *inputs], y, inits(values))
    sets = [helper.make_opsetid("", opset)]
    sets += [helper.make_opsetid(d, 1) for d in domains]
    model = helper.make_model(graph, opset_imports=sets,
                              producer_name="onnx-graphs")
    model.ir_version = ir or (3 if opset < 9 else min(8, 4 + (opset > 9) * 4))
    return model


def with_colours(nodes, values, x):
    """Networks take 3 channels: others are made of them first, by weights of
    their own where values has none."""
    for n in nodes:
        n.input[:] = ["many" if i == "x" else i for i in n.input]
    first = node("Conv", "x colours", "many", kernel_shape=[1, 1])
    values = {"colours": weight(x[1], 3, 1, 1), **values}
    return [first, *nodes], values, (x[0], 3, *x[2:])


def graph(name, nodes, values=None, opset=13, shape=None, layout="first",
          colours=3, **more):
    if isinstance(nodes, tuple):
        nodes = [node(*n[:3], **(n[3] if len(n) > 3 else {})) for n in nodes]
    x = more.get("x", ("N", 3, 6, 6))
    if x[1 if layout == "first" else 3] != colours:
        nodes, values, x = with_colours(nodes, values or {}, x)
        more["x"] = x
    model = model_of(nodes, values or {}, opset, **more)
    shape = shape or [2 if isinstance(x[0], str) else x[0], *x[1:]]
    GRAPHS[name] = model, shape, layout
    return model


def fault(name, nodes, values=None, opset=13, **more):
    nodes = [node(*n[:3], **(n[3] if len(n) > 3 else {})) for n in nodes]
    FAULTS[name] = model_of(nodes, values or {}, opset, **more)


def one(name, op, opset=13, values=None, rank=4, x=("N", 3, 6, 6), more="",
        **attributes):
    """A graph of one node: y = op(x, more...)."""
    graph(name, ((op, "x " + more, "y", attributes),), values, opset, x=x,
          rank=rank)
