"""Keras networks as Keras describes them: a small way to write their
configurations down, and the three forms that Keras 1, 2 and 3 save them in.

A Net is a list of layers in the words of Keras 2. What it computes is in
keras_run.py, how it becomes a file in keras_files.py.
"""


def snake_case(name):
    """Keras's own rule for names of layers: PReLU is p_re_lu."""
    out = ""
    for i, c in enumerate(name):
        word = c.isupper() and i and (name[i + 1:i + 2].islower() or
                                      name[i - 1].islower())
        out += "_" * bool(word) + c.lower()
    return out


class Tensor:
    def __init__(self, layer, call, index=0):
        self.layer, self.call, self.index = layer, call, index


class Layer:
    def __init__(self, class_name, name, config, net=None, module=None):
        self.class_name, self.name, self.config = class_name, name, config
        self.net = net        # of a nested model
        self.module = module  # of an operation of Keras 3
        self.calls = []       # (args, kwargs), with Tensors in them


class Net:
    def __init__(self, name, sequential=False):
        self.name, self.sequential = name, sequential
        self.layers, self.inputs, self.outputs = [], [], []
        self.counts = {}

    def auto_name(self, class_name):
        base = snake_case(class_name)
        n = self.counts[base] = self.counts.get(base, -1) + 1
        return f"{base}_{n}" if n else base

    def layer(self, class_name, name=None, net=None, module=None, **config):
        """A layer that is called later, perhaps more than once."""
        layer = Layer(class_name, name or self.auto_name(class_name), config,
                      net, module)
        self.layers.append(layer)
        return layer

    def call(self, layer, *args, **kwargs):
        layer.calls.append((list(args), kwargs))
        return Tensor(layer, len(layer.calls) - 1)

    def add(self, class_name, *args, name=None, **config):
        """Make a layer and call it: a list of tensors for those that merge."""
        return self.call(self.layer(class_name, name, **config), *args)

    def nest(self, net, *args, name=None):
        class_name = "Sequential" if net.sequential else "Functional"
        return self.call(self.layer(class_name, name or net.name, net=net),
                         *args)

    def op(self, function, *args, **kwargs):
        """tf.keras's plain arithmetic."""
        return self.call(self.layer("TFOpLambda", self.auto_name(
            "tf." + function), function=function), *args, **kwargs)

    def keras3_op(self, class_name, *args, config=None, **kwargs):
        return self.call(self.layer(class_name, module="keras.src.ops.numpy",
                                    **(config or {})), *args, **kwargs)

    def input(self, shape, name=None):
        layer = self.layer("InputLayer", name, shape=list(shape))
        tensor = Tensor(layer, 0)
        self.inputs.append(tensor)
        return tensor

    def output(self, *tensors):
        self.outputs += tensors
        return self


def map_tensors(value, function):
    if isinstance(value, Tensor):
        return function(value)
    if isinstance(value, (list, tuple)):
        return [map_tensors(v, function) for v in value]
    return value


def call_number(tensor):
    """Call 0 of a nested model is that of its own layers."""
    return tensor.call + (tensor.layer.net is not None)


# ---- Keras 2 ---------------------------------------------------------------

def reference2(tensor):
    return [tensor.layer.name, call_number(tensor), tensor.index]


def inbound2(layer, call):
    args, kwargs = call
    kwargs = {k: map_tensors(v, reference2) for k, v in kwargs.items()}
    if layer.class_name == "TFOpLambda" and isinstance(args[0], Tensor):
        return reference2(args[0]) + [kwargs]
    if layer.class_name == "TFOpLambda" and not isinstance(args[0], list):
        return ["_CONSTANT_VALUE", -1, args[0], kwargs]
    tensors = args[0] if isinstance(args[0], list) else args
    return [reference2(t) + [kwargs] for t in tensors]


def config2(layer):
    config = {"name": layer.name, "trainable": True, "dtype": "float32"}
    config.update(layer.config)
    if layer.class_name == "InputLayer":
        shape = config.pop("shape")
        return {"batch_input_shape": [None] + shape, "dtype": "float32",
                "sparse": False, "ragged": False, "name": layer.name}
    return config


def layer2(layer, functional):
    if layer.net:
        out = keras2(layer.net)
        out["config"]["name"] = layer.name
    else:
        out = {"class_name": layer.class_name, "config": config2(layer)}
    if functional:
        out["name"] = layer.name
        out["inbound_nodes"] = [inbound2(layer, c) for c in layer.calls]
    return out


def keras2(net):
    layers = [layer2(layer, not net.sequential) for layer in net.layers]
    config = {"name": net.name, "layers": layers}
    if not net.sequential:
        config["input_layers"] = [reference2(t) for t in net.inputs]
        config["output_layers"] = [reference2(t) for t in net.outputs]
    return {"class_name": "Sequential" if net.sequential else "Functional",
            "config": config}


# ---- Keras 1 ---------------------------------------------------------------

def config1(layer, order):
    c = dict(layer.config)
    kind = layer.class_name
    merges = {"Multiply": "mul", "Add": "sum", "Average": "ave",
              "Maximum": "max", "Concatenate": "concat"}
    if kind == "InputLayer":
        return kind, {"batch_input_shape": [None] + c["shape"],
                      "input_dtype": "float32", "sparse": False,
                      "name": layer.name}
    if kind in merges:
        return "Merge", {"name": layer.name, "mode": merges[kind],
                         "mode_type": "raw", "dot_axes": -1,
                         "concat_axis": c.get("axis", -1)}
    renamed = {"filters": "nb_filter", "units": "output_dim",
               "strides": "subsample", "padding": "border_mode",
               "use_bias": "bias"}
    if kind.endswith(("Pooling2D", "Padding2D")):
        renamed = {"padding": "border_mode"} if "Pool" in kind else {}
    if "kernel_size" in c:
        c["nb_row"], c["nb_col"] = c.pop("kernel_size")
    if kind == "BatchNormalization":
        c["mode"] = 0
    c = {renamed.get(k, k): v for k, v in c.items()}
    if kind.endswith("2D"):
        c.pop("data_format", None)
        c["dim_ordering"] = order
    c["name"] = layer.name
    return {"Conv2D": "Convolution2D",
            "SeparableConv2D": "SeparableConvolution2D"}.get(kind, kind), c


def keras1(net, order="tf"):
    layers = []
    for layer in net.layers:
        kind, config = config1(layer, order)
        out = {"class_name": kind, "config": config}
        if not net.sequential:
            out["name"] = layer.name
            out["inbound_nodes"] = [[t[:3] for t in inbound2(layer, c)]
                                    for c in layer.calls]
        layers.append(out)
    if net.sequential: # whose first layer has the shape
        shape = layers.pop(0)["config"]["batch_input_shape"]
        layers[0]["config"]["batch_input_shape"] = shape
        return {"class_name": "Sequential", "config": layers}
    return {"class_name": "Model", "config": {
        "name": net.name, "layers": layers,
        "input_layers": [reference2(t) for t in net.inputs],
        "output_layers": [reference2(t) for t in net.outputs]}}


# ---- Keras 3 ---------------------------------------------------------------

def reference3(tensor):
    return {"class_name": "__keras_tensor__", "config": {
        "shape": [None], "dtype": "float32",
        "keras_history": [tensor.layer.name, call_number(tensor),
                          tensor.index]}}


def config3(layer):
    config = {"name": layer.name}
    if layer.module:
        return {**config, **layer.config}
    config.update(trainable=True, dtype={
        "module": "keras", "class_name": "DTypePolicy",
        "config": {"name": "float32"}, "registered_name": None})
    config.update(layer.config)
    if layer.class_name == "InputLayer":
        return {"batch_shape": [None] + config["shape"], "dtype": "float32",
                "sparse": False, "name": layer.name}
    return config


def layer3(layer, functional):
    if layer.net:
        out = keras3(layer.net)
        out["config"]["name"] = layer.name
    else:
        out = {"module": layer.module or "keras.layers",
               "class_name": layer.class_name, "config": config3(layer),
               "registered_name": layer.class_name if layer.module else None}
    if functional:
        out["name"] = layer.name
        out["inbound_nodes"] = [
            {"args": map_tensors(args, reference3),
             "kwargs": {k: map_tensors(v, reference3)
                        for k, v in kwargs.items()}}
            for args, kwargs in layer.calls]
    return out


def keras3(net):
    kind = "Sequential" if net.sequential else "Functional"
    config = {"name": net.name, "trainable": True,
              "layers": [layer3(layer, not net.sequential)
                         for layer in net.layers]}
    if not net.sequential:
        def ends(tensors): # a single tensor stands without a list
            out = [[t.layer.name, call_number(t), t.index] for t in tensors]
            return out[0] if len(out) == 1 else out
        config["input_layers"] = ends(net.inputs)
        config["output_layers"] = ends(net.outputs)
    else:
        config["build_input_shape"] = [None] + net.layers[0].config["shape"]
    return {"module": "keras.src.models" if net.sequential else
            "keras.src.models.functional", "class_name": kind,
            "config": config, "registered_name": kind}
