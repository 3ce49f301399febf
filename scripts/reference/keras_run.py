"""What a Keras network computes, by PyTorch: an implementation of its layers
that shares nothing with sescope's. Channels last.

TensorFlow.js says the same of all that it has (keras-tfjs.js);
keras-files.py checks that it does.
"""
import math

import numpy as np
import torch
import torch.nn.functional as F

from keras_net import Tensor


def same_padding(size, kernel, stride, dilation):
    """As TensorFlow's documentation of SAME has it."""
    reach = (kernel - 1) * dilation + 1
    total = max(reach - (stride if size % stride == 0 else size % stride), 0)
    return total // 2, total - total // 2


def pair(value, n=2):
    return [value] * n if isinstance(value, int) else list(value)


class Run:
    """One pass of a net. Weights that are not there yet are made, so that
    activations stay in a usable range."""

    def __init__(self, weights, seed=0, version=2, dtype=torch.float64,
                 tame=False):
        self.weights, self.version, self.dtype = weights, version, dtype
        self.tame = tame # as trained: gates mostly open
        self.generator = torch.Generator().manual_seed(seed)
        self.gates = [] # (name, gate) of every multiply by a 1x1 map
        self.logits = None

    # -- weights

    def random(self, shape, scale=1.0):
        return torch.randn(shape, generator=self.generator,
                           dtype=self.dtype) * scale

    def uniform(self, shape, low, high):
        return torch.rand(shape, generator=self.generator,
                          dtype=self.dtype) * (high - low) + low

    def take(self, path, name, make):
        of_layer = self.weights.setdefault(path, {})
        if name not in of_layer:
            of_layer[name] = make().float().numpy()
        return torch.from_numpy(np.asarray(of_layer[name])).to(self.dtype)

    def kernel(self, path, name, shape, fan_in):
        return self.take(path, name, lambda: self.random(
            shape, 1.6 / math.sqrt(fan_in)))

    def bias(self, path, config, n):
        if not config.get("use_bias", True):
            return None
        return self.take(path, "bias", lambda: self.random(n, .3))

    # -- layers: f(path, config, inputs)

    def first(self, c):
        return c.get("data_format") == "channels_first"

    def last(self, c, x):
        """x with channels last."""
        return x.movedim(1, -1) if self.first(c) else x

    def back(self, c, x):
        return x.movedim(-1, 1) if self.first(c) else x

    def padded(self, c, x, kernel, stride, dilation, value=0.0):
        if c.get("padding") == "causal":
            return F.pad(x, (0, 0, (kernel[0] - 1) * dilation[0], 0))
        if c.get("padding", "valid") != "same":
            return x
        border = [0, 0]
        for axis in reversed(range(len(kernel))):
            border += same_padding(x.shape[1 + axis], kernel[axis],
                                   stride[axis], dilation[axis])
        return F.pad(x, border, value=value)

    def convolve(self, c, x, weight, bias, groups, n, strided=True):
        """weight: O I kh kw; x: channels last."""
        stride = pair(c.get("strides", 1), n) if strided else [1] * n
        dilation = pair(c.get("dilation_rate", 1), n) if strided else [1] * n
        kernel = list(weight.shape[2:])
        x = self.padded(c, x, kernel, stride, dilation)
        f = F.conv2d if n == 2 else F.conv1d
        return f(x.movedim(-1, 1), weight, bias, stride, 0, dilation,
                 groups).movedim(1, -1)

    def conv(self, path, c, x, n):
        x = self.last(c, x)
        kernel, groups = pair(c["kernel_size"], n), c.get("groups", 1)
        inputs = x.shape[-1] // groups
        w = self.kernel(path, "kernel", kernel + [inputs, c["filters"]],
                        inputs * math.prod(kernel))
        bias = self.bias(path, c, c["filters"])
        w = w.movedim(-1, 0).movedim(-1, 1)
        return self.activate(c, self.back(
            c, self.convolve(c, x, w, bias, groups, n)), path)

    def Conv2D(self, path, c, x):
        return self.conv(path, c, x, 2)

    def Conv1D(self, path, c, x):
        return self.conv(path, c, x, 1)

    def depthwise(self, path, c, x):
        kernel, m = pair(c["kernel_size"]), c.get("depth_multiplier", 1)
        channels = x.shape[-1]
        w = self.kernel(path, "depthwise_kernel", kernel + [channels, m],
                        math.prod(kernel))
        return w.permute(2, 3, 0, 1).reshape(channels * m, 1, *kernel)

    def DepthwiseConv2D(self, path, c, x):
        x = self.last(c, x)
        w = self.depthwise(path, c, x)
        bias = self.bias(path, c, w.shape[0])
        return self.activate(c, self.back(
            c, self.convolve(c, x, w, bias, x.shape[-1], 2)), path)

    def SeparableConv2D(self, path, c, x):
        x = self.last(c, x)
        w = self.depthwise(path, c, x)
        x = self.convolve(c, x, w, None, x.shape[-1], 2)
        w = self.kernel(path, "pointwise_kernel",
                        [1, 1, x.shape[-1], c["filters"]], x.shape[-1])
        bias = self.bias(path, c, c["filters"])
        x = self.convolve({}, x, w.permute(3, 2, 0, 1), bias, 1, 2, False)
        return self.activate(c, self.back(c, x), path)

    def opened(self, path, w, x):
        """Weights of a gate such that it is .8 in the mean and moves: without
        it, what is left of a map after 50 random gates is rounding."""
        rows = x.reshape(-1, x.shape[-1])
        w = w * .05 / ((rows @ w).std(0).mean() + 1e-6)
        mean = rows.mean(0)
        w = w + mean[:, None] / (mean @ mean + 1e-6) * (1.5 - mean @ w)
        self.weights[path]["kernel"] = w.float().numpy()
        return w

    def Dense(self, path, c, x):
        w = self.kernel(path, "kernel", [x.shape[-1], c["units"]],
                        x.shape[-1])
        if self.tame and c.get("activation") == "sigmoid":
            w = self.opened(path, w, x)
        bias = self.bias(path, c, c["units"])
        y = x @ w
        return self.activate(c, y if bias is None else y + bias, path)

    def BatchNormalization(self, path, c, x):
        axis = c.get("axis", -1)
        axis = axis[0] if isinstance(axis, list) else axis
        x = x.movedim(axis, -1)
        n, over = x.shape[-1], list(range(x.dim() - 1))
        gamma = beta = 0
        if c.get("scale", True):
            gamma = self.take(path, "gamma",
                              lambda: self.uniform(n, .6, 1.3))
        if c.get("center", True):
            beta = self.take(path, "beta", lambda: self.random(n, .2))
        mean = self.take(path, "moving_mean", lambda: x.mean(over))
        variance = self.take(path, "moving_variance", lambda: x.var(
            over, unbiased=False) + .01)
        y = (x - mean) / torch.sqrt(variance + c.get("epsilon", 1e-3))
        y = y * gamma if c.get("scale", True) else y
        return (y + beta).movedim(-1, axis)

    def pool(self, c, x, mean):
        x = self.last(c, x)
        n = x.dim() - 2
        kernel = pair(c.get("pool_size", 2), n)
        stride = pair(c.get("strides") or kernel, n)
        ones = torch.ones_like(x)
        x = self.padded(c, x, kernel, stride, [1] * n,
                        0.0 if mean else -math.inf).movedim(-1, 1)
        if not mean:
            f = F.max_pool2d if n == 2 else F.max_pool1d
            return self.back(c, f(x, kernel, stride).movedim(1, -1))
        f = F.avg_pool2d if n == 2 else F.avg_pool1d
        ones = self.padded(c, ones, kernel, stride, [1] * n).movedim(-1, 1)
        y = f(x, kernel, stride) / f(ones, kernel, stride)
        return self.back(c, y.movedim(1, -1))

    def MaxPooling2D(self, path, c, x):
        return self.pool(c, x, False)

    def AveragePooling2D(self, path, c, x):
        return self.pool(c, x, True)

    MaxPooling1D, AveragePooling1D = MaxPooling2D, AveragePooling2D

    def GlobalAveragePooling2D(self, path, c, x):
        axes = [2, 3] if self.first(c) else [1, 2]
        return x.mean(axes, keepdim=c.get("keepdims", False))

    def GlobalMaxPooling2D(self, path, c, x):
        axes = [2, 3] if self.first(c) else [1, 2]
        return x.amax(axes, keepdim=c.get("keepdims", False))

    def GlobalAveragePooling1D(self, path, c, x):
        return x.mean(1)

    def Reshape(self, path, c, x):
        return x.reshape(x.shape[0], *c["target_shape"])

    def Permute(self, path, c, x):
        return x.permute(0, *c["dims"])

    def Flatten(self, path, c, x):
        return self.last(c, x).flatten(1)

    def Dropout(self, path, c, x):
        return x

    SpatialDropout2D = GaussianNoise = GaussianDropout = Dropout
    ActivityRegularization = RandomFlip = RandomRotation = Dropout

    def ZeroPadding2D(self, path, c, x):
        (t, b), (l, r) = c["padding"]
        return self.back(c, F.pad(self.last(c, x), (0, 0, l, r, t, b)))

    def Cropping2D(self, path, c, x):
        (t, b), (l, r) = c["cropping"]
        x = self.last(c, x)
        return self.back(c, x[:, t:x.shape[1] - b, l:x.shape[2] - r])

    def UpSampling2D(self, path, c, x):
        x = self.last(c, x).movedim(-1, 1)
        size = [x.shape[2] * c["size"][0], x.shape[3] * c["size"][1]]
        if c.get("interpolation", "nearest") == "nearest":
            x = F.interpolate(x, size, mode="nearest")
        else:
            x = F.interpolate(x, size, mode="bilinear", align_corners=False)
        return self.back(c, x.movedim(1, -1))

    def Rescaling(self, path, c, x):
        return x * torch.tensor(c["scale"], dtype=self.dtype) \
            + torch.tensor(c.get("offset", 0.), dtype=self.dtype)

    def Normalization(self, path, c, x):
        axis = c.get("axis", -1)
        axis = axis[0] if isinstance(axis, list) else axis
        x = x.movedim(axis, -1)
        if c.get("mean") is not None:
            mean = torch.tensor(c["mean"], dtype=self.dtype)
            variance = torch.tensor(c["variance"], dtype=self.dtype)
        else:
            n = x.shape[-1]
            mean = self.take(path, "mean", lambda: self.uniform(n, .4, .5))
            variance = self.take(path, "variance",
                                 lambda: self.uniform(n, .04, .06))
            self.weights[path].setdefault("count", np.int64(0))
        deviation = torch.sqrt(variance).clamp(min=1e-7)
        y = x * deviation + mean if c.get("invert") else (x - mean) / deviation
        return y.movedim(-1, axis)

    # -- several tensors

    def widened(self, xs):
        rank = max(x.dim() for x in xs)
        out = []
        for x in xs:
            while x.dim() < rank:
                x = x.unsqueeze(1)
            out.append(x)
        return out

    def Multiply(self, path, c, xs):
        a, b = self.widened(xs)
        self.note_gate(path, a, b)
        return a * b

    def note_gate(self, path, a, b):
        """The smaller of two, when it is one pixel, or one channel vector."""
        if a.numel() != b.numel():
            gate = a if a.numel() < b.numel() else b
            self.gates.append((path, gate.flatten(1)))

    def Add(self, path, c, xs):
        return sum(self.widened(xs))

    def Subtract(self, path, c, xs):
        a, b = self.widened(xs)
        return a - b

    def Average(self, path, c, xs):
        return sum(self.widened(xs)) / len(xs)

    def Maximum(self, path, c, xs):
        return torch.stack(torch.broadcast_tensors(*self.widened(xs))).amax(0)

    def Minimum(self, path, c, xs):
        return torch.stack(torch.broadcast_tensors(*self.widened(xs))).amin(0)

    def Concatenate(self, path, c, xs):
        return torch.cat(xs, c.get("axis", -1))

    # -- non-linearities

    def activate(self, c, x, path=""):
        name = c.get("activation") or "linear"
        if isinstance(name, dict):
            inner = name["config"]
            if name["class_name"] == "function":
                return self.function(inner, x)
            return getattr(self, name["class_name"])(path, inner, x)
        return self.function(name, x)

    def function(self, name, x):
        if name == "softmax":
            self.logits = x
        if name == "hard_sigmoid" and self.version < 3:
            return (.2 * x + .5).clamp(0, 1)
        return {
            "linear": lambda: x, "cast": lambda: x, "relu": lambda: F.relu(x),
            "relu6": lambda: x.clamp(0, 6), "sigmoid": lambda: x.sigmoid(),
            "hard_sigmoid": lambda: (x + 3).clamp(0, 6) / 6,
            "tanh": lambda: x.tanh(), "softmax": lambda: x.softmax(-1),
            "swish": lambda: x * x.sigmoid(), "silu": lambda: x * x.sigmoid(),
            "hard_swish": lambda: x * (x + 3).clamp(0, 6) / 6,
            "hard_silu": lambda: x * (x + 3).clamp(0, 6) / 6,
            "gelu": lambda: F.gelu(x), "mish": lambda: F.mish(x),
            "elu": lambda: F.elu(x), "selu": lambda: F.selu(x),
            "softplus": lambda: torch.log1p(x.exp()),
            "exponential": lambda: x.exp(),
            "leaky_relu": lambda: F.leaky_relu(x, .2),
        }[name]()

    def Activation(self, path, c, x):
        return self.activate(c, x, path)

    def ReLU(self, path, c, x):
        slope, at = c.get("negative_slope", 0.), c.get("threshold", 0.)
        y = torch.where(x >= at, x, slope * (x - at))
        most = c.get("max_value")
        return y if most is None else y.clamp(max=most)

    def ThresholdedReLU(self, path, c, x):
        return torch.where(x > c["theta"], x, torch.zeros_like(x))

    def LeakyReLU(self, path, c, x):
        return F.leaky_relu(x, c.get("alpha", c.get("negative_slope", .3)))

    def ELU(self, path, c, x):
        return F.elu(x, c.get("alpha", 1.))

    def Softmax(self, path, c, x):
        return x.softmax(c.get("axis", -1))

    def PReLU(self, path, c, x):
        shape = list(x.shape[1:])
        for axis in c.get("shared_axes") or []:
            shape[axis - 1] = 1
        alpha = self.take(path, "alpha", lambda: self.uniform(shape, .1, .5))
        return torch.where(x >= 0, x, alpha * x)

    # -- operations that are no layers

    def operation(self, path, name, config, args, kwargs):
        """By name; tf.keras's and Keras 3's arguments."""
        get = {**config, **kwargs}
        x = args[0]
        if name in ("add", "subtract", "multiply", "truediv", "true_divide",
                    "maximum", "minimum"):
            y = args[1] if len(args) > 1 else get["y"]
            a, b = (v if torch.is_tensor(v) else
                    torch.tensor(v, dtype=self.dtype) for v in (x, y))
            if name == "multiply" and a.dim() and b.dim():
                self.note_gate(path, a, b)
            return {"add": lambda: a + b, "subtract": lambda: a - b,
                    "multiply": lambda: a * b, "truediv": lambda: a / b,
                    "true_divide": lambda: a / b,
                    "maximum": lambda: torch.maximum(a, b),
                    "minimum": lambda: torch.minimum(a, b)}[name]()
        if name in ("reduce_mean", "mean"):
            return x.mean(get["axis"], keepdim=get.get("keepdims", False))
        if name in ("reduce_max", "max"):
            return x.amax(get["axis"], keepdim=get.get("keepdims", False))
        if name == "reshape":
            shape = get.get("shape", get.get("newshape"))
            return x.reshape([x.shape[0]] + list(shape[1:]))
        if name == "transpose":
            return x.permute(get.get("perm", get.get("axes")))
        if name == "expand_dims":
            return x.unsqueeze(get["axis"])
        if name == "squeeze":
            for axis in sorted(pair(get["axis"], 1), reverse=True):
                x = x.squeeze(axis)
            return x
        if name == "concat":
            return torch.cat(list(x), get["axis"])
        if name == "clip_by_value":
            return x.clamp(get["clip_value_min"], get["clip_value_max"])
        if name == "clip":
            return x.clamp(get["x_min"], get["x_max"])
        if name == "square":
            return x * x
        if name in ("getitem", "get_item"):
            return x[:, 1:, ..., 0:2]
        return self.function(name, x)


def run_call(run, layer, path, args, kwargs):
    if layer.net:
        return run_net(run, layer.net, args, path + "/")[0]
    if layer.class_name == "TFOpLambda":
        return run.operation(path, layer.config["function"].split(".")[-1],
                             {}, args, kwargs)
    if layer.module:
        from keras_net import snake_case
        return run.operation(path, snake_case(layer.class_name),
                             layer.config, args, kwargs)
    return getattr(run, layer.class_name)(path, layer.config, args[0])


def run_net(run, net, inputs, prefix=""):
    """Outputs of a net, its layers in whichever order they can be called."""
    done = {}
    if net.sequential:
        x = inputs[0]
        for layer in net.layers:
            if layer.class_name != "InputLayer":
                x = run_call(run, layer, prefix + layer.name, [x], {})
        return [x]
    for tensor, x in zip(net.inputs, inputs):
        done[tensor.layer.name, 0] = x

    def has(v):
        if isinstance(v, Tensor):
            return (v.layer.name, v.call) in done
        return all(map(has, v)) if isinstance(v, list) else True

    def value(v):
        if isinstance(v, Tensor):
            return done[v.layer.name, v.call]
        return [value(w) for w in v] if isinstance(v, list) else v

    waiting = [(layer, i) for layer in net.layers
               for i in range(len(layer.calls))]
    while waiting:
        late = []
        for layer, i in waiting:
            args, kwargs = layer.calls[i]
            if not has(args) or not has(list(kwargs.values())):
                late.append((layer, i))
                continue
            done[layer.name, i] = run_call(
                run, layer, prefix + layer.name, value(args),
                {k: value(v) for k, v in kwargs.items()})
        waiting = late
    return [value(t) for t in net.outputs]


def execute(net, weights, x, seed=0, version=2, dtype=torch.float64,
            tame=False):
    """Outputs (what a softmax at the end takes), gates, and the outputs as
    they are. x: N H W C (or what the net takes)."""
    run = Run(weights, seed, version, dtype, tame)
    with torch.no_grad():
        out = run_net(run, net, [torch.from_numpy(x).to(dtype)])[0]
    last = run.logits
    at_end = last is not None and last.numel() == out.numel() and \
        torch.allclose(last.flatten(1).softmax(-1), out.flatten(1))
    logits = last.flatten(1) if at_end else out.flatten(1)
    return (logits.numpy(), [(n, g.numpy()) for n, g in run.gates],
            out.numpy())
