"""Small networks that have every layer that sescope reads of Keras, and small
versions of the SE networks people build with it."""
from keras_net import Net


def ends(net, *tensors):
    """All that was made, in one row of numbers."""
    flat = [net.add("Reshape", t, target_shape=[-1]) for t in tensors]
    return net.output(net.add("Concatenate", flat, axis=-1)
                      if len(flat) > 1 else flat[0])


def windows(name, h, w):
    """Both padding rules at strides, dilations and kernels."""
    net = Net(name)
    x = net.input([h, w, 3])
    conv = [
        net.add("Conv2D", x, filters=4, kernel_size=[3, 3], strides=[2, 2],
                padding="same", activation="relu"),
        net.add("Conv2D", x, filters=3, kernel_size=[2, 5], strides=[3, 2],
                padding="same", use_bias=False),
        net.add("Conv2D", x, filters=3, kernel_size=[3, 2], strides=[1, 2],
                padding="valid", activation="tanh"),
        net.add("Conv2D", x, filters=2, kernel_size=[3, 3],
                dilation_rate=[2, 2], padding="same"),
        net.add("DepthwiseConv2D", x, kernel_size=[3, 3], strides=[2, 2],
                padding="same", depth_multiplier=2),
        net.add("DepthwiseConv2D", x, kernel_size=[4, 4], strides=[1, 1],
                padding="valid", use_bias=False),
        net.add("SeparableConv2D", x, filters=4, kernel_size=[3, 3],
                strides=[2, 2], padding="same", depth_multiplier=2,
                activation="relu"),
        net.add("MaxPooling2D", x, pool_size=[3, 3], strides=[2, 2],
                padding="same"),
        net.add("MaxPooling2D", x, pool_size=[2, 2], padding="valid"),
        net.add("AveragePooling2D", x, pool_size=[3, 3], strides=[2, 2],
                padding="same"),
        net.add("AveragePooling2D", x, pool_size=[3, 2], strides=[2, 1],
                padding="valid"),
    ]
    row = net.add("Reshape", x, target_shape=[h * w, 3])
    line = [
        net.add("Conv1D", row, filters=2, kernel_size=[5], strides=[3],
                padding="same", activation="relu"),
        net.add("Conv1D", row, filters=2, kernel_size=[3], padding="valid",
                dilation_rate=[2]),
        net.add("MaxPooling1D", row, pool_size=[4], strides=[3],
                padding="same"),
        net.add("AveragePooling1D", row, pool_size=[4], strides=[4],
                padding="valid"),
    ]
    means = [net.add("GlobalAveragePooling2D", t) for t in conv]
    means += [net.add("GlobalAveragePooling1D", t) for t in line]
    corners = [net.add("Cropping2D", t, cropping=[[0, 1], [1, 0]])
               for t in (conv[0], conv[4], conv[7])]
    return ends(net, *means, net.add("GlobalMaxPooling2D", conv[0]), *corners)


def non_linear(names, name):
    """Every function as a layer, and some as a layer's own."""
    net = Net(name)
    x = net.input([4, 5, 3])
    x = net.add("Conv2D", x, filters=2, kernel_size=[1, 1])
    out = [net.add("Activation", x, activation=n) for n in names]
    flat = net.add("GlobalAveragePooling2D", x)
    out += [net.add("Dense", flat, units=3, activation=n)
            for n in (names[0], names[-1], "softmax")]
    return ends(net, *out)


def activation_layers(more):
    net = Net("activation_layers")
    x = net.input([3, 4, 3])
    y = net.add("Conv2D", x, filters=4, kernel_size=[1, 1])
    out = [
        net.add("ReLU", y), net.add("ReLU", y, max_value=6.0),
        net.add("ReLU", y, max_value=1.5), net.add("LeakyReLU", y, alpha=.2),
        net.add("ELU", y), net.add("Softmax", y, axis=-1),
        net.add("PReLU", y, shared_axes=[1, 2]), net.add("PReLU", y),
        net.add("ThresholdedReLU", y, theta=.3),
    ]
    if more: # what TensorFlow.js lacks
        out += [
            net.add("ReLU", y, max_value=2.0, negative_slope=.25,
                    threshold=-.5),
            net.add("ReLU", y, threshold=.4), net.add("ELU", y, alpha=.7),
            net.add("ReLU", y, negative_slope=.1),
            net.add("PReLU", y, shared_axes=[2]),
            net.add("PReLU", y, shared_axes=[1, 2, 3]),
            net.add("Softmax", y, axis=1),
            net.add("Conv2D", x, filters=3, kernel_size=[1, 1], activation={
                "class_name": "LeakyReLU",
                "config": {"name": "inner", "alpha": .15}}),
            net.add("Conv2D", x, filters=3, kernel_size=[1, 1], activation={
                "module": "builtins", "class_name": "function",
                "config": "relu6", "registered_name": "function"}),
        ]
    return ends(net, *out)


def shapes():
    """Merging, and seeing otherwise."""
    net = Net("shapes")
    x = net.input([4, 5, 3])
    a = net.add("Conv2D", x, filters=4, kernel_size=[1, 1])
    b = net.add("Conv2D", x, filters=4, kernel_size=[1, 1])
    one = net.add("GlobalAveragePooling2D", x)
    one = net.add("Dense", one, units=4)
    out = [
        net.add("Add", [a, b, a]), net.add("Average", [a, b]),
        net.add("Maximum", [a, b]), net.add("Minimum", [a, b]),
        net.add("Concatenate", [a, b], axis=1),
        net.add("Concatenate", [a, x], axis=-1),
        net.add("Concatenate", [a, b], axis=2),
        net.add("Permute", a, dims=[3, 1, 2]),
        net.add("Reshape", a, target_shape=[10, -1]),
        net.add("Dense", a, units=3, activation="relu"),
        net.add("ZeroPadding2D", a, padding=[[1, 2], [0, 3]]),
        net.add("Cropping2D", a, cropping=[[1, 0], [2, 1]]),
        net.add("UpSampling2D", a, size=[2, 3]),
        net.add("Dropout", a, rate=.5),
        net.add("GaussianNoise", net.add("GaussianDropout", one, rate=.1),
                stddev=.1),
        net.add("Multiply", [a, net.add("Reshape", one,
                                        target_shape=[1, 1, 4])]),
    ]
    rows = net.add("Permute", a, dims=[2, 1, 3])
    out.append(net.add("Dense", net.add("Flatten", rows), units=4))
    return ends(net, *out)


def lacking():
    """Layers that TensorFlow.js does not have, or has otherwise."""
    net = Net("lacking")
    x = net.input([5, 4, 3])
    x = net.add("RandomFlip", x, mode="horizontal")
    y = net.add("Conv2D", x, filters=6, kernel_size=[1, 1])
    rows = net.add("Reshape", y, target_shape=[2, 10, 6])
    out = [
        net.add("Conv2D", y, filters=4, kernel_size=[3, 3], groups=2,
                strides=[2, 2], padding="same"),
        net.add("Conv2D", y, filters=6, kernel_size=[3, 3], groups=6),
        net.add("Subtract", [y, net.add("Activation", y,
                                        activation="relu")]),
        net.add("GlobalAveragePooling2D", y, keepdims=True),
        net.add("GlobalMaxPooling2D", y, keepdims=True),
        net.add("Normalization", y, axis=[-1]),
        net.add("Normalization", y, axis=-1, invert=True,
                mean=[.1, .2, .3, .4, .5, .6],
                variance=[.5, 1., 2., 4., 8., 16.]),
        net.add("Rescaling", y, scale=[.5, 1., 2., 1.5, 1., .25], offset=.5),
        net.add("BatchNormalization", rows, axis=2),
        net.add("Activation", net.add("ActivityRegularization",
                                      net.add("SpatialDropout2D", y, rate=.2),
                                      l1=.01), activation="tanh"),
        net.add("Conv1D", net.add("Reshape", y, target_shape=[-1, 6]),
                filters=2, kernel_size=[3], padding="causal",
                dilation_rate=[2]),
        net.add("Multiply", [y, net.add("GlobalMaxPooling2D", y)]),
        net.add("Rescaling", y, scale=.25, offset=-.5),
        # half pixels, as TensorFlow 2 has them
        net.add("UpSampling2D", y, size=[2, 2], interpolation="bilinear"),
    ]
    return ends(net, *out)


def norms(order="channels_last"):
    net = Net("norms_" + order)
    first = order == "channels_first"
    x = net.input([3, 6, 7] if first else [6, 7, 3])
    axis = 1 if first else -1

    def conv(x, n, **more):
        return net.add("Conv2D", x, filters=n, data_format=order, **more)
    y = conv(x, 4, kernel_size=[3, 3], strides=[2, 2], padding="same")
    out = [
        net.add("BatchNormalization", y, axis=axis, epsilon=1e-3),
        net.add("BatchNormalization", y, axis=axis, scale=False),
        net.add("BatchNormalization", y, axis=axis, center=False,
                epsilon=.01),
        net.add("BatchNormalization", y, axis=axis, scale=False,
                center=False),
        net.add("MaxPooling2D", y, pool_size=[2, 2], data_format=order),
        net.add("ZeroPadding2D", y, padding=[[1, 0], [0, 2]],
                data_format=order),
        net.add("UpSampling2D", y, size=[2, 2], data_format=order),
        net.add("GlobalMaxPooling2D", y, data_format=order),
    ]
    y = net.add("DepthwiseConv2D", y, kernel_size=[3, 3], padding="same",
                data_format=order)
    se = net.add("GlobalAveragePooling2D", y, data_format=order)
    se = net.add("Reshape", se, target_shape=[1, 1, 4])
    se = net.add("Dense", se, units=2, activation="relu", use_bias=False)
    se = net.add("Dense", se, units=4, activation="sigmoid", use_bias=False)
    if first:
        se = net.add("Permute", se, dims=[3, 1, 2])
    out.append(net.add("Multiply", [y, se]))
    return ends(net, *out)


def channels_first_flatten():
    """Flatten that puts channels last before it does."""
    net = Net("flatten_first")
    x = net.input([3, 4, 5])
    y = net.add("Conv2D", x, filters=4, kernel_size=[2, 2],
                data_format="channels_first", activation="relu")
    y = net.add("Flatten", y, data_format="channels_first")
    return net.output(net.add("Dense", y, units=5))


# ---- structure -------------------------------------------------------------

def se_block(net, x, channels, ratio=4, bias=False):
    se = net.add("GlobalAveragePooling2D", x)
    se = net.add("Reshape", se, target_shape=[1, 1, channels])
    se = net.add("Dense", se, units=max(1, channels // ratio),
                 activation="relu", use_bias=bias)
    se = net.add("Dense", se, units=channels, activation="sigmoid",
                 use_bias=bias)
    return net.add("Multiply", [x, se])


def inner_net(name, channels):
    net = Net(name)
    x = net.input([None, None, channels], name=name + "_in")
    y = net.add("Conv2D", x, filters=4, kernel_size=[3, 3], padding="same",
                use_bias=False, name=name + "_conv")
    y = net.add("BatchNormalization", y, name=name + "_bn")
    return net.output(net.add("Activation", y, activation="relu"))


def nested():
    """Models in models, a shared layer, a layer whose second call needs a
    later layer, and names that sort otherwise than they were made."""
    net = Net("nested")
    x = net.input([6, 6, 3])
    shared = net.layer("Conv2D", filters=3, kernel_size=[3, 3],
                       padding="same", activation="relu")
    y = net.call(shared, x)
    z = net.call(shared, net.add("BatchNormalization", y))
    deep = Net("deep")
    d = deep.input([None, None, 3], name="deep_in")
    d = deep.nest(inner_net("inner_b", 3), d)
    e = deep.nest(inner_net("inner_a", 4), d)
    deep.output(deep.add("BatchNormalization", e))
    model = net.layer("Functional", "deep", net=deep)
    a = net.call(model, z)
    b = net.call(model, y)
    tail = Net("tail", sequential=True)
    tail.input([6, 6, 4], name="tail_in")
    tail.layer("Conv2D", filters=5, kernel_size=[3, 3])
    tail.layer("BatchNormalization")
    tail.layer("GlobalAveragePooling2D")
    tail.layer("Dense", units=4)
    t = net.nest(tail, net.add("Add", [a, b]))
    many = y
    for i in range(11):
        many = net.add("Conv2D", many, filters=2 if i % 2 else 3,
                       kernel_size=[1, 1])
    return ends(net, t, net.add("GlobalAveragePooling2D", many))


def sequential():
    net = Net("small_sequential", sequential=True)
    net.input([8, 8, 3])
    net.layer("Conv2D", filters=4, kernel_size=[3, 3], strides=[2, 2],
              padding="same", activation="relu")
    net.layer("MaxPooling2D", pool_size=[2, 2])
    net.layer("Dropout", rate=.3)
    net.layer("Flatten")
    net.layer("Dense", units=5, activation="softmax")
    return net


def slashes():
    net = Net("slashes")
    x = net.input([5, 5, 3], name="in/put")
    for name in ("block/a", "block", "block/a/b"):
        x = net.add("Conv2D", x, name=name, filters=3, kernel_size=[2, 2])
    x = net.add("BatchNormalization", x, name="block/a/bn")
    return ends(net, x)


def keras1_net(order="tf"):
    """Layers that Keras 1 had."""
    net = Net("keras1_" + order)
    first = order == "th"
    data = "channels_first" if first else "channels_last"
    channels = [3, 9, 8] if first else [9, 8, 3]
    axis = 1 if first else -1
    x = net.input(channels)
    y = net.add("Conv2D", x, filters=4, kernel_size=[3, 2], strides=[2, 1],
                padding="same", activation="relu", data_format=data)
    y = net.add("BatchNormalization", y, axis=axis, epsilon=1e-3)
    z = net.add("Conv2D", y, filters=4, kernel_size=[1, 1], use_bias=False,
                data_format=data)
    se = net.add("GlobalAveragePooling2D", z, data_format=data)
    se = net.add("Dense", se, units=2, activation="relu")
    se = net.add("Dense", se, units=4, activation="sigmoid")
    se = net.add("Reshape", se,
                 target_shape=[4, 1, 1] if first else [1, 1, 4])
    z = net.add("Multiply", [z, se])
    z = net.add("Add", [z, y])
    z = net.add("Concatenate", [z, y], axis=axis)
    z = net.add("MaxPooling2D", z, pool_size=[2, 2], strides=[2, 2],
                padding="valid", data_format=data)
    z = net.add("PReLU", z)
    z = net.add("Flatten", z)
    return net.output(net.add("Dense", z, units=5, activation="softmax"))


def operations():
    """tf.keras's TFOpLambda."""
    net = Net("operations")
    x = net.input([2, 5, 3])
    y = net.add("Conv2D", x, filters=4, kernel_size=[1, 1])
    one = net.op("math.reduce_mean", y, axis=[1, 2], keepdims=True)
    gate = net.op("math.sigmoid", one)
    out = [
        net.op("__operators__.add", y, y=3.0),
        net.op("math.multiply", y, y=gate), net.op("math.subtract", y, y=one),
        net.op("math.truediv", y, y=[1., 2., 4., .5]),
        net.op("math.subtract", 1.0, y=y), net.op("nn.relu", y),
        net.op("math.maximum", y, y=.1), net.op("math.minimum", y, y=.2),
        net.op("reshape", y, shape=[-1, 5, 8]),
        net.op("compat.v1.transpose", y, perm=[0, 3, 1, 2]),
        net.op("expand_dims", y, axis=1),
        net.op("math.reduce_max", y, axis=1, keepdims=False),
        net.op("concat", [y, y], axis=2),
        net.op("clip_by_value", y, clip_value_min=-.5, clip_value_max=.5),
        net.op("math.square", y), net.op("nn.silu", y), net.op("cast", y),
    ]
    return ends(net, *[t for t in out])


def keras3_operations():
    net = Net("keras3_operations")
    x = net.input([4, 5, 3])
    y = net.add("Conv2D", x, filters=4, kernel_size=[1, 1])
    one = net.keras3_op("Mean", y, config={"axis": [1, 2], "keepdims": True})
    gate = net.keras3_op("Sigmoid", one)
    part = net.keras3_op("GetItem", y, [
        {"class_name": "__slice__",
         "config": {"start": None, "stop": None, "step": None}},
        {"class_name": "__slice__",
         "config": {"start": 1, "stop": None, "step": None}},
        {"class_name": "__ellipsis__", "config": {}},
        {"class_name": "__slice__",
         "config": {"start": 0, "stop": 2, "step": 1}}])
    out = [
        net.keras3_op("Add", y, 3.0), net.keras3_op("Multiply", y, gate),
        net.keras3_op("Subtract", 1.0, y),
        net.keras3_op("TrueDivide", y, 2.0), net.keras3_op("Relu6", y),
        net.keras3_op("HardSigmoid", y), net.keras3_op("Squeeze", one,
                                                       config={"axis": 1}),
        net.keras3_op("Max", y, config={"axis": [3], "keepdims": False}),
        net.keras3_op("Reshape", y, config={"newshape": [-1, 5, 16]}),
        net.keras3_op("Transpose", y, config={"axes": [0, 2, 1, 3]}),
        net.keras3_op("Clip", y, config={"x_min": -.3, "x_max": .6}), part,
    ]
    return ends(net, *out)


# ---- SE networks -----------------------------------------------------------

def conv_bn(net, x, n, kernel, strides=1, padding="same"):
    x = net.add("Conv2D", x, filters=n, kernel_size=[kernel, kernel],
                strides=[strides, strides], padding=padding, use_bias=False)
    x = net.add("BatchNormalization", x, scale=False)
    return net.add("Activation", x, activation="relu")


def se_resnet():
    """Pre-activation units with a gate before the sum."""
    net = Net("resnet")
    x = net.input([32, 32, 3])
    x = net.add("Conv2D", x, filters=4, kernel_size=[7, 7], strides=[2, 2],
                padding="same", use_bias=False)
    x = net.add("MaxPooling2D", x, pool_size=[3, 3], strides=[2, 2],
                padding="same")
    for width, stride in ((4, 1), (4, 1), (8, 2), (8, 1)):
        y = net.add("BatchNormalization", x)
        y = net.add("Activation", y, activation="relu")
        if stride > 1:
            x = net.add("Conv2D", y, filters=width, kernel_size=[1, 1],
                        strides=[stride] * 2, padding="same",
                        use_bias=False)
        y = net.add("Conv2D", y, filters=width, kernel_size=[3, 3],
                    strides=[stride] * 2, padding="same", use_bias=False)
        y = net.add("BatchNormalization", y)
        y = net.add("Activation", y, activation="relu")
        y = net.add("Conv2D", y, filters=width, kernel_size=[3, 3],
                    padding="same", use_bias=False)
        x = net.add("Add", [se_block(net, y, width), x])
    x = net.add("BatchNormalization", x)
    x = net.add("Activation", x, activation="relu")
    x = net.add("GlobalAveragePooling2D", x)
    return net.output(net.add("Dense", x, units=10, activation="softmax",
                              use_bias=False))


def se_inception():
    net = Net("inception_v3")
    x = net.input([29, 29, 3])
    x = conv_bn(net, x, 6, 3, 2, "valid")
    for _ in range(2):
        a = conv_bn(net, x, 4, 1)
        b = conv_bn(net, conv_bn(net, x, 3, 1), 4, 5)
        c = net.add("AveragePooling2D", x, pool_size=[3, 3], strides=[1, 1],
                    padding="same")
        c = conv_bn(net, c, 4, 1)
        x = net.add("Concatenate", [a, b, c], axis=3)
        x = se_block(net, x, 12)
    a = conv_bn(net, x, 4, 3, 2, "valid")
    b = net.add("MaxPooling2D", x, pool_size=[3, 3], strides=[2, 2])
    x = se_block(net, net.add("Concatenate", [a, b], axis=3), 16)
    x = net.add("GlobalAveragePooling2D", x, name="avg_pool")
    return net.output(net.add("Dense", x, units=10, activation="softmax",
                              name="predictions"))


def se_inception_resnet():
    """The sum's scale as a Rescaling, where older ones have a Lambda."""
    net = Net("se_inception_resnet_v2")
    x = net.input([27, 27, 3])
    x = conv_bn(net, x, 12, 3, 2, "valid")
    for i in range(2):
        a = conv_bn(net, x, 4, 1)
        b = conv_bn(net, conv_bn(net, x, 4, 1), 4, 3)
        mixed = net.add("Concatenate", [a, b], axis=3, name=f"block_{i}_mixed")
        up = net.add("Conv2D", mixed, filters=12, kernel_size=[1, 1],
                     name=f"block_{i}_conv")
        up = net.add("Rescaling", up, scale=.17, name=f"block_{i}_scale")
        x = net.add("Add", [x, up], name=f"block_{i}")
        x = net.add("Activation", x, activation="relu", name=f"block_{i}_ac")
        x = se_block(net, x, 12)
    x = net.add("GlobalAveragePooling2D", x, name="avg_pool")
    return net.output(net.add("Dense", x, units=10, activation="softmax",
                              name="predictions"))


def se_densenet():
    net = Net("se-densenet")
    x = net.input([32, 32, 3])
    x = net.add("Conv2D", x, filters=8, kernel_size=[3, 3], padding="same",
                use_bias=False)
    channels = 8
    for block in range(2):
        for _ in range(2):
            y = net.add("BatchNormalization", x, epsilon=1.1e-5)
            y = net.add("Activation", y, activation="relu")
            y = net.add("Conv2D", y, filters=4, kernel_size=[3, 3],
                        padding="same", use_bias=False)
            y = net.add("Dropout", y, rate=.2)
            y = se_block(net, y, 4)
            x = net.add("Concatenate", [x, y], axis=-1)
            channels += 4
        if block == 0:
            x = net.add("BatchNormalization", x, epsilon=1.1e-5)
            x = net.add("Activation", x, activation="relu")
            channels //= 2
            x = net.add("Conv2D", x, filters=channels, kernel_size=[1, 1],
                        padding="same", use_bias=False)
            x = net.add("AveragePooling2D", x, pool_size=[2, 2],
                        strides=[2, 2])
            x = se_block(net, x, channels)
    x = net.add("BatchNormalization", x, epsilon=1.1e-5)
    x = net.add("Activation", x, activation="relu")
    x = net.add("GlobalAveragePooling2D", x)
    return net.output(net.add("Dense", x, units=10, activation="softmax"))


def se_mobilenet():
    net = Net("se_mobilenet_1.00_32")
    x = net.input([32, 32, 3])
    x = net.add("Conv2D", x, filters=8, kernel_size=[3, 3], strides=[2, 2],
                padding="same", use_bias=False, name="conv1")
    x = net.add("BatchNormalization", x, name="conv1_bn")
    x = net.add("ReLU", x, max_value=6.0, name="conv1_relu")
    for i, (n, s) in enumerate(((8, 1), (12, 2), (12, 1)), 1):
        x = net.add("DepthwiseConv2D", x, kernel_size=[3, 3],
                    strides=[s, s], padding="same", depth_multiplier=1,
                    use_bias=False, name=f"conv_dw_{i}")
        x = net.add("BatchNormalization", x, name=f"conv_dw_{i}_bn")
        x = net.add("ReLU", x, max_value=6.0, name=f"conv_dw_{i}_relu")
        x = net.add("Conv2D", x, filters=n, kernel_size=[1, 1],
                    padding="same", use_bias=False, name=f"conv_pw_{i}")
        x = net.add("BatchNormalization", x, name=f"conv_pw_{i}_bn")
        x = net.add("ReLU", x, max_value=6.0, name=f"conv_pw_{i}_relu")
        x = se_block(net, x, n)
    x = net.add("GlobalAveragePooling2D", x)
    x = net.add("Reshape", x, target_shape=[1, 1, 12], name="reshape_n_1")
    x = net.add("Dropout", x, rate=.001, name="dropout")
    x = net.add("Conv2D", x, filters=10, kernel_size=[1, 1], padding="same",
                name="conv_preds")
    x = net.add("Activation", x, activation="softmax", name="act_softmax")
    return net.output(net.add("Reshape", x, target_shape=[10],
                              name="reshape_final"))


def se_softmax():
    """A gate that is none: softmax."""
    net = Net("softmax_gate")
    x = net.input([8, 8, 3])
    x = net.add("Conv2D", x, filters=8, kernel_size=[3, 3], padding="same")
    se = net.add("GlobalAveragePooling2D", x)
    se = net.add("Dense", se, units=4, activation="relu")
    se = net.add("Dense", se, units=8, activation="softmax")
    x = net.add("Multiply", [x, net.add("Reshape", se,
                                        target_shape=[1, 1, 8])])
    x = net.add("GlobalAveragePooling2D", x)
    return net.output(net.add("Dense", x, units=4))


def open_size():
    """For pictures of any size, which come in when it is opened."""
    net = Net("open_size")
    x = net.input([None, None, 3])
    x = conv_bn(net, x, 8, 3, 2)
    x = se_block(net, x, 8)
    x = net.add("GlobalAveragePooling2D", x)
    return net.output(net.add("Dense", x, units=4, activation="softmax"))


def with_lambda():
    """Groups made of slices, as an old ResNeXt has them."""
    net = Net("resnext")
    x = net.input([8, 8, 3])
    code = ["4wEAAAA=", None, None]
    y = net.add("Lambda", x, function=code, function_type="lambda")
    return net.output(net.add("GlobalAveragePooling2D", y))


# ---- keras.applications ----------------------------------------------------

def correct_pad(size, kernel):
    adjust = 1 - size % 2
    half = kernel // 2
    return [[half - adjust, half]] * 2


EFFICIENTNET_B0 = [(3, 1, 16, 1, 1), (3, 2, 24, 6, 2), (5, 2, 40, 6, 2),
                   (3, 3, 80, 6, 2), (5, 3, 112, 6, 1), (5, 4, 192, 6, 2),
                   (3, 1, 320, 6, 1)] # kernel, repeats, out, expand, stride


def efficientnet(size=224, stages=None, stem=32, top=1280, classes=1000,
                 name="efficientnetb0"):
    net = Net(name)
    swish = "swish"

    def bn_act(x, prefix, act=True):
        x = net.add("BatchNormalization", x, axis=3, name=prefix + "bn")
        return net.add("Activation", x, activation=swish,
                       name=prefix + "activation") if act else x
    x = net.input([size, size, 3])
    x = net.add("Rescaling", x, scale=1 / 255.)
    x = net.add("Normalization", x, axis=[3])
    x = net.add("ZeroPadding2D", x, padding=correct_pad(size, 3),
                name="stem_conv_pad")
    x = net.add("Conv2D", x, filters=stem, kernel_size=[3, 3],
                strides=[2, 2], use_bias=False, name="stem_conv")
    x, size, n_in = bn_act(x, "stem_"), size // 2 + size % 2, stem
    for i, (k, repeats, n, expand, stride) in enumerate(
            stages or EFFICIENTNET_B0, 1):
        for j in range(repeats):
            p = f"block{i}{chr(97 + j)}_"
            s, y = stride if j == 0 else 1, x
            wide = n_in * expand
            if expand != 1:
                y = net.add("Conv2D", y, filters=wide, kernel_size=[1, 1],
                            padding="same", use_bias=False,
                            name=p + "expand_conv")
                y = bn_act(y, p + "expand_")
            if s == 2:
                y = net.add("ZeroPadding2D", y, padding=correct_pad(size, k),
                            name=p + "dwconv_pad")
                size = (size + 1) // 2
            y = net.add("DepthwiseConv2D", y, kernel_size=[k, k],
                        strides=[s, s], padding="valid" if s == 2 else "same",
                        use_bias=False, name=p + "dwconv")
            y = bn_act(y, p)
            se = net.add("GlobalAveragePooling2D", y, name=p + "se_squeeze")
            se = net.add("Reshape", se, target_shape=[1, 1, wide],
                         name=p + "se_reshape")
            se = net.add("Conv2D", se, filters=max(1, n_in // 4),
                         kernel_size=[1, 1], padding="same",
                         activation=swish, name=p + "se_reduce")
            se = net.add("Conv2D", se, filters=wide, kernel_size=[1, 1],
                         padding="same", activation="sigmoid",
                         name=p + "se_expand")
            y = net.add("Multiply", [y, se], name=p + "se_excite")
            y = net.add("Conv2D", y, filters=n, kernel_size=[1, 1],
                        padding="same", use_bias=False,
                        name=p + "project_conv")
            y = bn_act(y, p + "project_", False)
            if s == 1 and n_in == n:
                y = net.add("Dropout", y, rate=.1, name=p + "drop")
                y = net.add("Add", [y, x], name=p + "add")
            x, n_in = y, n
    x = net.add("Conv2D", x, filters=top, kernel_size=[1, 1], padding="same",
                use_bias=False, name="top_conv")
    x = bn_act(x, "top_")
    x = net.add("GlobalAveragePooling2D", x, name="avg_pool")
    x = net.add("Dropout", x, rate=.2, name="top_dropout")
    return net.output(net.add("Dense", x, units=classes,
                              activation="softmax", name="predictions"))


MOBILENET_V3_SMALL = [ # expanded, out, kernel, stride, gate, hard swish
    (16, 16, 3, 2, 1, 0), (72, 24, 3, 2, 0, 0), (88, 24, 3, 1, 0, 0),
    (96, 40, 5, 2, 1, 1), (240, 40, 5, 1, 1, 1), (240, 40, 5, 1, 1, 1),
    (120, 48, 5, 1, 1, 1), (144, 48, 5, 1, 1, 1), (288, 96, 5, 2, 1, 1),
    (576, 96, 5, 1, 1, 1), (576, 96, 5, 1, 1, 1)]


def depth8(v):
    n = max(8, int(v + 4) // 8 * 8)
    return n + 8 if n < .9 * v else n


def mobilenet_v3(size=224, blocks=None, last=1024, classes=1000, keras3=False,
                 stem=16, name="MobileNetV3Small"):
    """Hard sigmoid as the library writes it: ReLU(6)(x + 3) * (1 / 6), by
    TFOpLambda or by the operations of Keras 3."""
    net = Net(name)

    def plus(x, value):
        return net.keras3_op("Add", x, value) if keras3 else \
            net.op("__operators__.add", x, y=value)

    def times(x, value):
        return net.keras3_op("Multiply", x, value) if keras3 else \
            net.op("math.multiply", x, y=value)

    def hard_sigmoid(x):
        return times(net.add("ReLU", plus(x, 3.0), max_value=6.0), 1 / 6)

    def act(x, hard):
        if not hard:
            return net.add("ReLU", x)
        if keras3:
            return net.add("Activation", x, activation="hard_silu")
        return net.add("Multiply", [x, hard_sigmoid(x)])

    def conv(x, n, name, **more):
        return net.add("Conv2D", x, filters=n, kernel_size=[1, 1],
                       padding="same", name=name, **more)

    def bn(x, name):
        return net.add("BatchNormalization", x, axis=-1, epsilon=1e-3,
                       name=name)
    x = net.input([size, size, 3])
    x = net.add("Rescaling", x, scale=1 / 127.5, offset=-1.)
    x = net.add("Conv2D", x, filters=stem, kernel_size=[3, 3],
                strides=[2, 2], padding="same", use_bias=False, name="conv")
    x = act(bn(x, "conv_bn"), True)
    size, n_in = (size + 1) // 2, stem
    for i, (wide, n, k, s, gate, hard) in enumerate(
            blocks or MOBILENET_V3_SMALL):
        p, y = f"expanded_conv_{i}_" if i else "expanded_conv_", x
        if i:
            y = conv(y, wide, p + "expand", use_bias=False)
            y = act(bn(y, p + "expand_bn"), hard)
        if s == 2:
            y = net.add("ZeroPadding2D", y, padding=correct_pad(size, k),
                        name=p + "depthwise_pad")
            size = (size + 1) // 2
        y = net.add("DepthwiseConv2D", y, kernel_size=[k, k], strides=[s, s],
                    padding="same" if s == 1 else "valid", use_bias=False,
                    name=p + "depthwise")
        y = act(bn(y, p + "depthwise_bn"), hard)
        if gate:
            channels = wide if i else n_in
            se = net.add("GlobalAveragePooling2D", y, keepdims=True,
                         name=p + "squeeze_excite_avg_pool")
            se = conv(se, depth8(channels / 4), p + "squeeze_excite_conv")
            se = net.add("ReLU", se, name=p + "squeeze_excite_relu")
            se = conv(se, channels, p + "squeeze_excite_conv_1")
            y = net.add("Multiply", [y, hard_sigmoid(se)],
                        name=p + "squeeze_excite_mul")
        y = conv(y, n, p + "project", use_bias=False)
        y = bn(y, p + "project_bn")
        if s == 1 and n_in == n:
            y = net.add("Add", [x, y], name=p + "add")
        x, n_in = y, n
    x = conv(x, depth8(n_in * 6), "conv_1", use_bias=False)
    x = act(bn(x, "conv_1_bn"), True)
    x = net.add("GlobalAveragePooling2D", x, keepdims=True)
    x = act(conv(x, last, "conv_2"), True)
    x = net.add("Dropout", x, rate=.2)
    x = conv(x, classes, "logits")
    x = net.add("Flatten", x)
    return net.output(net.add("Activation", x, activation="softmax",
                              name="predictions"))
