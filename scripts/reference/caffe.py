"""Caffe's format and layers, by another hand than sescope's, in PyTorch.

A prototxt is parsed, executed layer by layer in float64 as Caffe's own layers
define themselves, and given seeded weights on the way, whose batch norms have
the statistics of what flows through them; a caffemodel is written in any of
the encodings there are. What OpenCV's dnn can read is run by it, too, and has
to agree. Needs Debian's python3-torch and python3-opencv.

OpenCV 4.6 takes Axpy's second bottom for the shortcut where the layer's authors
(hujie-frank/SENet) have the third, so it is given networks with both swapped.
"""
import math
import os
import re
import tempfile

import numpy as np
import torch
from torch.nn import functional as F

# ---- text format ---------------------------------------------------------

TOKEN = re.compile(r"""\s+|\#[^\n]*
    |(?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
    |(?P<word>[-+.\w]+)|(?P<mark>[{}<>:\[\],;])""", re.X)


class Message(list):
    """Pairs of a name and a value: str, or Message."""

    def all(self, name):
        return [v for n, v in self if n == name]

    def get(self, name, default=None):
        found = self.all(name)
        return found[0] if found else default

    def number(self, name, default):
        return float(str(self.get(name, default)).rstrip("f"))

    def integer(self, name, default):
        return int(self.get(name, default))

    def flag(self, name, default):
        return str(self.get(name, default)).lower() in ("true", "1")

    def message(self, name):
        return self.get(name, Message())


def parse(text):
    tokens = [(m.lastgroup, m.group()) for m in TOKEN.finditer(text)
              if m.lastgroup]
    at = 0

    def value():
        nonlocal at
        kind, token = tokens[at]
        at += 1
        if token in "{<":
            return fields("}" if token == "{" else ">")
        if kind == "string":
            out = token[1:-1]
            while at < len(tokens) and tokens[at][0] == "string":
                out += tokens[at][1][1:-1]
                at += 1
            return out.encode().decode("unicode_escape")
        return token

    def fields(close):
        nonlocal at
        out = Message()
        while at < len(tokens) and tokens[at][1] != close:
            name = tokens[at][1]
            at += 1
            if tokens[at][1] == ":":
                at += 1
            if tokens[at][1] == "[":
                at += 1
                while tokens[at][1] != "]":
                    out.append((name, value()))
                    at += tokens[at][1] == ","
                at += 1
            else:
                out.append((name, value()))
            at += at < len(tokens) and tokens[at][1] in (";", ",")
        at += 1
        return out

    return fields(None)


V1_TYPES = {"CONVOLUTION": "Convolution", "INNER_PRODUCT": "InnerProduct",
            "RELU": "ReLU", "POOLING": "Pooling", "SOFTMAX": "Softmax",
            "SIGMOID": "Sigmoid", "ELTWISE": "Eltwise", "DROPOUT": "Dropout",
            "CONCAT": "Concat", "LRN": "LRN", "FLATTEN": "Flatten"}
V1_NUMBERS = {"Convolution": 4, "InnerProduct": 14, "ReLU": 18,
              "Pooling": 17, "Softmax": 20, "Sigmoid": 19, "Eltwise": 25}


def layers_of(net):
    """Those of the test phase."""
    out = []
    for layer in net.all("layer") + net.all("layers"):
        rules = layer.all("include")
        if rules and not any(r.get("phase", "TEST") == "TEST" for r in rules):
            continue
        if any(r.get("phase") == "TEST" for r in layer.all("exclude")):
            continue
        out.append(layer)
    return out


def type_of(layer):
    return V1_TYPES.get(layer.get("type"), layer.get("type"))


# ---- binary format -------------------------------------------------------

def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(number, data):
    """Bytes, or a number."""
    if isinstance(data, int):
        return varint(number << 3) + varint(data)
    return varint(number << 3 | 2) + varint(len(data)) + data


def blob(array, old=False, double=False, packed=True):
    array = np.ascontiguousarray(array)
    if old:
        shape = (1,) * (4 - array.ndim) + array.shape
        head = b"".join(field(i + 1, int(s)) for i, s in enumerate(shape))
    else:
        head = field(7, field(1, b"".join(varint(s) for s in array.shape)))
    if double:
        return head + field(8, array.astype("<f8").tobytes())
    data = array.astype("<f4").tobytes()
    if packed:
        return head + field(5, data)
    return head + b"".join(varint(5 << 3 | 5) + data[i:i + 4]
                           for i in range(0, len(data), 4))


def caffemodel(name, weights, v1=False, **how):
    """weights: (layer, type, arrays) in order."""
    out = [field(1, name.encode())]
    for layer, kind, arrays in weights:
        if v1:
            body = field(4, layer.encode())
            body += field(5, V1_NUMBERS.get(kind, 0))
            body += b"".join(field(6, blob(a, old=True, **how))
                             for a in arrays)
            out.append(field(2, body))
        else:
            body = field(1, layer.encode()) + field(2, kind.encode())
            body += b"".join(field(7, blob(a, **how)) for a in arrays)
            out.append(field(100, body))
    return b"".join(out)


# ---- seeded weights ------------------------------------------------------

class Seeder:
    """Weights of a layer that is met for the first time, for its input x."""

    def __init__(self, seed, factor=999.98):
        self.random = torch.Generator().manual_seed(seed)
        self.factor = factor

    def uniform(self, shape, low, high):
        return low + (high - low) * torch.rand(
            shape, generator=self.random, dtype=torch.float64)

    def normal(self, shape, std):
        return std * torch.randn(shape, generator=self.random,
                                 dtype=torch.float64)

    def matrix(self, name, shape):
        fan = math.prod(shape[1:])
        gain = 1.5 if re.search(r"_(down|up)$|/(sqz|exc)$", name) else 1
        if name.startswith(("classifier", "fc6")):
            gain = 2
        return self.normal(shape, gain * math.sqrt(2 / fan))

    def batch_norm(self, x):
        axes = [i for i in range(x.dim()) if i != 1]
        mean = x.double().mean(axes)
        var = x.double().var(axes, unbiased=False) + 1e-3
        factor = torch.tensor([self.factor], dtype=torch.float64)
        return [mean * factor, var * factor, factor]

    def scale(self, name, shape):
        # a unit's last one is small, as in trained networks: steps are short
        small = re.search(r"increase|/x3|unit_end", name)
        low, high = (.1, .4) if small else (.6, 1.2)
        return self.uniform(shape, low, high)

    def bias(self, shape):
        return self.uniform(shape, -.2, .2)


# ---- layers --------------------------------------------------------------

def sides(p, both, h=None, w=None, default=0):
    if h and (p.get(h) or p.get(w)):
        return p.integer(h, default), p.integer(w, default)
    given = [int(v) for v in p.all(both)] or [default]
    return given[0], given[-1]


class Runner:
    """Executes a network; without weights it makes them."""

    def __init__(self, text, weights=None, seeder=None, dtype=torch.float64):
        self.net = parse(text)
        self.weights = dict(weights or {})
        self.seeder, self.dtype = seeder, dtype
        self.kinds = {}
        self.gates = [] # (layer, gate) in order
        self.nvidia = set() # layers whose batch norm has five blobs

    def take(self, name, make):
        if name not in self.weights:
            self.weights[name] = [a.to(torch.float32) for a in make()]
        return [torch.as_tensor(a).to(self.dtype)
                for a in self.weights[name]]

    def run(self, x):
        self.gates = []
        self.blobs = {}
        x = x.to(self.dtype)
        for name in self.net.all("input"):
            self.blobs[name] = x
        with torch.no_grad():
            for layer in layers_of(self.net):
                self.step(layer, x)
        return self.blobs

    def step(self, layer, x):
        kind, tops = type_of(layer), layer.all("top")
        if kind in ("Input", "Data", "ImageData"):
            self.blobs[tops[0]] = x
            return
        if kind in ("SoftmaxWithLoss", "Accuracy", "Silence"):
            return
        self.kinds[layer.get("name")] = kind
        bottoms = [self.blobs[b] for b in layer.all("bottom")]
        made = getattr(self, kind)(layer, *bottoms)
        for name, value in zip(tops, made if isinstance(made, list)
                               else [made] * len(tops)):
            self.blobs[name] = value
        self.last = tops[-1]

    def Convolution(self, layer, x):
        name, p = layer.get("name"), layer.message("convolution_param")
        out, group = p.integer("num_output", 0), p.integer("group", 1)
        shape = (out, x.shape[1] // group,
                 *sides(p, "kernel_size", "kernel_h", "kernel_w"))

        def make():
            w = [self.seeder.matrix(name, shape)]
            return w + ([self.seeder.bias((out,))]
                        if p.flag("bias_term", True) else [])
        return F.conv2d(x, *self.take(name, make),
                        stride=sides(p, "stride", "stride_h", "stride_w", 1),
                        padding=sides(p, "pad", "pad_h", "pad_w"),
                        dilation=sides(p, "dilation", default=1),
                        groups=group)

    DepthwiseConvolution = Convolution

    def InnerProduct(self, layer, x):
        name, p = layer.get("name"), layer.message("inner_product_param")
        out, axis = p.integer("num_output", 0), p.integer("axis", 1)
        flat = x.flatten(axis)
        transposed = p.flag("transpose", False)

        def make():
            w = self.seeder.matrix(name, (out, flat.shape[-1]))
            w = [w.T if transposed else w]
            return w + ([self.seeder.bias((out,))]
                        if p.flag("bias_term", True) else [])
        w, *b = self.take(name, make)
        y = flat @ (w if transposed else w.T)
        return y + b[0] if b else y

    def BatchNorm(self, layer, x):
        name, p = layer.get("name"), layer.message("batch_norm_param")

        def make():
            blobs = self.seeder.batch_norm(x)
            if name in self.nvidia:
                factor = blobs.pop()
                c = (x.shape[1],)
                blobs = [b / factor for b in blobs] + [
                    torch.zeros(1), self.seeder.scale(name, c),
                    self.seeder.bias(c)]
            return blobs
        blobs = self.take(name, make)
        mean, var = blobs[:2]
        if len(blobs) == 3 and blobs[2][0] != 0:
            mean, var = mean / blobs[2], var / blobs[2]
        shape = (-1,) + (1,) * (x.dim() - 2)
        y = (x - mean.view(shape)) / torch.sqrt(
            var.view(shape) + p.number("eps", 1e-5))
        if len(blobs) == 5:
            y = y * blobs[3].view(shape) + blobs[4].view(shape)
        return y

    def learnt(self, layer, p, x, factors, offsets):
        name = layer.get("name")
        axis, n = p.integer("axis", 1), p.integer("num_axes", 1)
        axis %= x.dim()
        n = x.dim() - axis if n < 0 else n
        shape = tuple(x.shape[axis:axis + n])

        def make():
            return ([self.seeder.scale(name, shape)] if factors else []) + (
                [self.seeder.bias(shape)] if offsets else [])
        blobs = [b.reshape(shape + (1,) * (x.dim() - axis - n))
                 for b in self.take(name, make)]
        y = x * blobs[0] if factors else x
        return y + blobs[-1] if offsets else y

    @staticmethod
    def spread(p, x, other):
        axis = p.integer("axis", 1) % x.dim()
        assert tuple(other.shape) == tuple(
            x.shape[axis:axis + other.dim()]), "axes do not fit"
        return other.reshape((1,) * axis + tuple(other.shape) + (1,) * (
            x.dim() - axis - other.dim()))

    def Scale(self, layer, x, other=None):
        p = layer.message("scale_param")
        if other is None:
            return self.learnt(layer, p, x, True, p.flag("bias_term", False))
        self.gates.append((layer.get("name"), other.reshape(len(x), -1)))
        return x * self.spread(p, x, other)

    def Bias(self, layer, x, other=None):
        p = layer.message("bias_param")
        if other is None:
            return self.learnt(layer, p, x, False, True)
        return x + self.spread(p, x, other)

    def Axpy(self, layer, gate, x, shortcut):
        assert gate.shape[:2] == x.shape[:2] and x.shape == shortcut.shape
        self.gates.append((layer.get("name"), gate.flatten(1)))
        return gate.reshape(*gate.shape[:2], 1, 1) * x + shortcut

    def ReLU(self, layer, x):
        slope = layer.message("relu_param").number("negative_slope", 0)
        return x.clamp(min=0) + slope * x.clamp(max=0)

    def ReLU6(self, layer, x):
        return x.clamp(0, 6)

    def PReLU(self, layer, x):
        name, p = layer.get("name"), layer.message("prelu_param")
        shared = p.flag("channel_shared", False)
        slope, = self.take(name, lambda: [self.seeder.uniform(
            (1 if shared else x.shape[1],), .1, .5)])
        return x.clamp(min=0) + slope.view(
            (-1,) + (1,) * (x.dim() - 2)) * x.clamp(max=0)

    def Sigmoid(self, layer, x):
        return torch.sigmoid(x)

    def TanH(self, layer, x):
        return torch.tanh(x)

    def ELU(self, layer, x):
        alpha = layer.message("elu_param").number("alpha", 1)
        return x.clamp(min=0) + alpha * torch.expm1(x.clamp(max=0))

    def Power(self, layer, x):
        p = layer.message("power_param")
        return (p.number("shift", 0) + p.number("scale", 1) * x
                ) ** p.number("power", 1)

    def Clip(self, layer, x):
        p = layer.message("clip_param")
        return x.clamp(p.number("min", 0), p.number("max", 0))

    def Swish(self, layer, x):
        return x * torch.sigmoid(x)

    def Softmax(self, layer, x):
        self.logits = x
        return torch.softmax(
            x, layer.message("softmax_param").integer("axis", 1))

    def Pooling(self, layer, x):
        p = layer.message("pooling_param")
        average = p.get("pool", "MAX") in ("AVE", "1")
        if p.flag("global_pooling", False):
            return (x.mean((2, 3), keepdim=True) if average
                    else x.amax((2, 3), keepdim=True))
        kernel = sides(p, "kernel_size", "kernel_h", "kernel_w")
        stride = sides(p, "stride", "stride_h", "stride_w", 1)
        pad = sides(p, "pad", "pad_h", "pad_w")
        up = (p.get("round_mode", "CEIL") == "CEIL"
              and p.flag("ceil_mode", True))
        counts = []
        for i in range(2):
            size = x.shape[2 + i]
            room = (size + 2 * pad[i] - kernel[i]) / stride[i]
            n = int(math.ceil(room) if up else math.floor(room)) + 1
            if pad[i] and (n - 1) * stride[i] >= size + pad[i]:
                n -= 1
            counts.append(n)
        out = x.new_zeros(*x.shape[:2], *counts)
        for i in range(counts[0]):
            for j in range(counts[1]):
                top = i * stride[0] - pad[0]
                left = j * stride[1] - pad[1]
                bottom = min(top + kernel[0], x.shape[2] + pad[0])
                right = min(left + kernel[1], x.shape[3] + pad[1])
                area = (bottom - top) * (right - left)
                part = x[:, :, max(top, 0):bottom, max(left, 0):right]
                out[:, :, i, j] = (part.sum((2, 3)) / area if average
                                   else part.amax((2, 3)))
        return out

    def LRN(self, layer, x):
        p = layer.message("lrn_param")
        return F.local_response_norm(
            x, p.integer("local_size", 5), p.number("alpha", 1),
            p.number("beta", .75), p.number("k", 1))

    def Eltwise(self, layer, *x):
        p = layer.message("eltwise_param")
        kind = p.get("operation", "SUM")
        weights = [float(c) for c in p.all("coeff")] or [1] * len(x)
        if kind in ("PROD", "0"):
            return math.prod(x)
        if kind in ("MAX", "2"):
            return torch.stack(x).amax(0)
        return sum(w * v for w, v in zip(weights, x))

    def Concat(self, layer, *x):
        p = layer.message("concat_param")
        return torch.cat(x, p.integer("axis", p.integer("concat_dim", 1)))

    def Slice(self, layer, x):
        p = layer.message("slice_param")
        axis = p.integer("axis", p.integer("slice_dim", 1))
        points = [int(v) for v in p.all("slice_point")]
        if not points:
            return list(x.chunk(len(layer.all("top")), axis))
        ends = points + [x.shape[axis]]
        return list(x.split([b - a for a, b in zip([0] + points, ends)],
                            axis))

    def Split(self, layer, x):
        return x

    Dropout = Split

    def Reshape(self, layer, x):
        p = layer.message("reshape_param")
        dims = [int(v) for v in p.message("shape").all("dim")]
        axis, n = p.integer("axis", 0), p.integer("num_axes", -1)
        axis = axis + x.dim() + 1 if axis < 0 else axis
        end = x.dim() if n < 0 else axis + n
        dims = [x.shape[axis + i] if d == 0 else d
                for i, d in enumerate(dims)]
        return x.reshape(list(x.shape[:axis]) + dims + list(x.shape[end:]))

    def Flatten(self, layer, x):
        p = layer.message("flatten_param")
        return x.flatten(p.integer("axis", 1), p.integer("end_axis", -1))

    def Permute(self, layer, x):
        order = [int(v) for v in layer.message("permute_param").all("order")]
        order += [i for i in range(x.dim()) if i not in order]
        return x.permute(order).contiguous()


def swap_axpy(text):
    """For OpenCV 4.6: the second and third bottom of every Axpy."""
    def swap(match):
        layer = match.group()
        if '"Axpy"' not in layer:
            return layer
        a, b, c = re.findall(r'bottom: *"([^"]*)"', layer)
        parts = re.split(r'bottom: *"[^"]*"', layer)
        return (parts[0] + f'bottom: "{a}"' + parts[1] + f'bottom: "{c}"' +
                parts[2] + f'bottom: "{b}"' + parts[3])
    return re.sub(r"layer *\{.*?\n\}", swap, text, flags=re.S)


def run_opencv(text, model, x, blob_name):
    """What OpenCV's dnn makes of it."""
    import cv2
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, n) for n in ("n.prototxt",
                                                   "n.caffemodel")]
        for path, data in zip(paths, (swap_axpy(text).encode(), model)):
            with open(path, "wb") as f:
                f.write(data)
        net = cv2.dnn.readNetFromCaffe(*paths)
    net.setInput(x.float().numpy())
    return net.forward(blob_name)


def weights_of(runner):
    """Of all layers, as Caffe writes them: most have none."""
    return [(name, kind, [np.asarray(a) for a in
                          runner.weights.get(name, [])])
            for name, kind in runner.kinds.items()]
