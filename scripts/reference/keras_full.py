"""The SE networks that people build with Keras, in full size: those of
keras-squeeze-excite-network (pre-activation residual networks, Inception,
DenseNet, MobileNet) and of keras.applications. For scripts/verify-keras."""
from keras_files import write_h5, write_keras
from keras_net import Net
from keras_nets import efficientnet, mobilenet_v3, se_block


def gate(net, x, channels):
    return se_block(net, x, channels, 16)


def conv(net, x, n, kernel, strides=1, padding="same", bias=False):
    kernel = [kernel, kernel] if isinstance(kernel, int) else list(kernel)
    return net.add("Conv2D", x, filters=n, kernel_size=kernel,
                   strides=[strides] * 2, padding=padding, use_bias=bias)


def bn_relu(net, x, **more):
    x = net.add("BatchNormalization", x, **more)
    return net.add("Activation", x, activation="relu")


def conv_bn(net, x, n, kernel, strides=1, padding="same"):
    return bn_relu(net, conv(net, x, n, kernel, strides, padding), axis=3,
                   scale=False)


def chain(net, x, *steps):
    for step in steps:
        x = conv_bn(net, x, *step)
    return x


def head(net, x, bias=True):
    x = net.add("GlobalAveragePooling2D", x)
    return net.output(net.add("Dense", x, units=1000, activation="softmax",
                              use_bias=bias))


def se_resnet(depths, size=128):
    net = Net("resnet")
    x = net.input([size, size, 3])
    x = conv(net, x, 64, 7, 2)
    x = net.add("MaxPooling2D", x, pool_size=[3, 3], strides=[2, 2],
                padding="same")
    for stage, depth in enumerate(depths):
        width = 64 << stage
        for i in range(depth):
            stride = 2 if stage and not i else 1
            y = bn_relu(net, x)
            if i == 0:
                x = conv(net, y, 4 * width, 1, stride)
            y = bn_relu(net, conv(net, y, width, 1))
            y = bn_relu(net, conv(net, y, width, 3, stride))
            y = conv(net, y, 4 * width, 1)
            x = net.add("Add", [gate(net, y, 4 * width), x])
    return head(net, bn_relu(net, x), False)


def pool_same(net, x):
    return net.add("AveragePooling2D", x, pool_size=[3, 3], strides=[1, 1],
                   padding="same")


def max_pool(net, x):
    return net.add("MaxPooling2D", x, pool_size=[3, 3], strides=[2, 2])


def side_by_side(net, channels, *branches):
    x = net.add("Concatenate", list(branches), axis=3)
    return gate(net, x, channels)


def inception_stem(net, x):
    x = chain(net, x, (32, 3, 2, "valid"), (32, 3, 1, "valid"), (64, 3))
    x = chain(net, max_pool(net, x), (80, 1, 1, "valid"),
              (192, 3, 1, "valid"))
    return max_pool(net, x)


def se_inception_v3(size=160):
    net = Net("inception_v3")
    x = inception_stem(net, net.input([size, size, 3]))
    for pooled in (32, 64, 64):
        x = side_by_side(
            net, 224 + pooled, chain(net, x, (64, 1)),
            chain(net, x, (48, 1), (64, 5)),
            chain(net, x, (64, 1), (96, 3), (96, 3)),
            chain(net, pool_same(net, x), (pooled, 1)))
    x = side_by_side(
        net, 768, chain(net, x, (384, 3, 2, "valid")),
        chain(net, x, (64, 1), (96, 3), (96, 3, 2, "valid")),
        max_pool(net, x))
    for n in (128, 160, 160, 192):
        x = side_by_side(
            net, 768, chain(net, x, (192, 1)),
            chain(net, x, (n, 1), (n, (1, 7)), (192, (7, 1))),
            chain(net, x, (n, 1), (n, (7, 1)), (n, (1, 7)), (n, (7, 1)),
                  (192, (1, 7))),
            chain(net, pool_same(net, x), (192, 1)))
    x = side_by_side(
        net, 1280, chain(net, x, (192, 1), (320, 3, 2, "valid")),
        chain(net, x, (192, 1), (192, (1, 7)), (192, (7, 1)),
              (192, 3, 2, "valid")), max_pool(net, x))
    for _ in range(2):
        a = chain(net, x, (384, 1))
        a = net.add("Concatenate", [chain(net, a, (384, (1, 3))),
                                    chain(net, a, (384, (3, 1)))], axis=3)
        b = chain(net, x, (448, 1), (384, 3))
        b = net.add("Concatenate", [chain(net, b, (384, (1, 3))),
                                    chain(net, b, (384, (3, 1)))], axis=3)
        x = side_by_side(net, 2048, chain(net, x, (320, 1)), a, b,
                         chain(net, pool_same(net, x), (192, 1)))
    return head(net, x)


def inception_unit(net, x, channels, scale, branches, relu=True):
    mixed = net.add("Concatenate", branches, axis=3)
    up = net.add("Conv2D", mixed, filters=channels, kernel_size=[1, 1],
                 padding="same")
    # older networks of this kind have a Lambda here, which is refused
    x = net.add("Add", [x, net.add("Rescaling", up, scale=scale)])
    if relu:
        x = net.add("Activation", x, activation="relu")
    return gate(net, x, channels)


def se_inception_resnet_v2(size=160):
    net = Net("se_inception_resnet_v2")
    x = inception_stem(net, net.input([size, size, 3]))
    x = side_by_side(
        net, 320, chain(net, x, (96, 1)), chain(net, x, (48, 1), (64, 5)),
        chain(net, x, (64, 1), (96, 3), (96, 3)),
        chain(net, pool_same(net, x), (64, 1)))
    for _ in range(10):
        x = inception_unit(net, x, 320, .17, [
            chain(net, x, (32, 1)), chain(net, x, (32, 1), (32, 3)),
            chain(net, x, (32, 1), (48, 3), (64, 3))])
    x = side_by_side(
        net, 1088, chain(net, x, (384, 3, 2, "valid")),
        chain(net, x, (256, 1), (256, 3), (384, 3, 2, "valid")),
        max_pool(net, x))
    for _ in range(20):
        x = inception_unit(net, x, 1088, .1, [
            chain(net, x, (192, 1)),
            chain(net, x, (128, 1), (160, (1, 7)), (192, (7, 1)))])
    x = side_by_side(
        net, 2080, chain(net, x, (256, 1), (384, 3, 2, "valid")),
        chain(net, x, (256, 1), (288, 3, 2, "valid")),
        chain(net, x, (256, 1), (288, 3), (320, 3, 2, "valid")),
        max_pool(net, x))
    for i in range(10):
        x = inception_unit(net, x, 2080, .2 if i < 9 else 1., [
            chain(net, x, (192, 1)),
            chain(net, x, (192, 1), (224, (1, 3)), (256, (3, 1)))], i < 9)
    x = gate(net, x, 2080)
    return head(net, conv_bn(net, x, 1536, 1))


def se_densenet(layers=(6, 12, 24, 16), size=128):
    net = Net("se-densenet")
    norm = {"axis": -1, "epsilon": 1.1e-5}
    x = net.input([size, size, 3])
    x = bn_relu(net, conv(net, x, 64, 7, 2), **norm)
    x = net.add("MaxPooling2D", x, pool_size=[3, 3], strides=[2, 2],
                padding="same")
    channels = 64
    for block, n in enumerate(layers):
        for _ in range(n):
            y = conv(net, bn_relu(net, x, **norm), 128, 1)
            y = conv(net, bn_relu(net, y, **norm), 32, 3)
            x = net.add("Concatenate", [x, y], axis=-1)
            channels += 32
        x = gate(net, x, channels)
        if block + 1 < len(layers):
            channels //= 2
            x = conv(net, bn_relu(net, x, **norm), channels, 1)
            x = net.add("AveragePooling2D", x, pool_size=[2, 2],
                        strides=[2, 2])
            x = gate(net, x, channels)
    return head(net, bn_relu(net, x, **norm))


def se_mobilenet(size=224):
    net = Net(f"se_mobilenet_1.00_{size}")

    def norm_relu6(x, name):
        x = net.add("BatchNormalization", x, axis=-1, name=name + "_bn")
        return net.add("Activation", x, activation="relu6",
                       name=name + "_relu")
    x = net.input([size, size, 3])
    x = norm_relu6(net.add("Conv2D", x, filters=32, kernel_size=[3, 3],
                           strides=[2, 2], padding="same", use_bias=False,
                           name="conv1"), "conv1")
    units = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)]
    units += 5 * [(512, 1)] + [(1024, 2), (1024, 1)]
    for i, (n, stride) in enumerate(units, 1):
        x = norm_relu6(net.add(
            "DepthwiseConv2D", x, kernel_size=[3, 3], strides=[stride] * 2,
            padding="same", depth_multiplier=1, use_bias=False,
            name=f"conv_dw_{i}"), f"conv_dw_{i}")
        x = norm_relu6(net.add(
            "Conv2D", x, filters=n, kernel_size=[1, 1], padding="same",
            use_bias=False, name=f"conv_pw_{i}"), f"conv_pw_{i}")
        x = gate(net, x, n)
    x = net.add("GlobalAveragePooling2D", x)
    x = net.add("Reshape", x, target_shape=[1, 1, 1024], name="reshape_n_1")
    x = net.add("Dropout", x, rate=.001, name="dropout")
    x = net.add("Conv2D", x, filters=1000, kernel_size=[1, 1],
                padding="same", name="conv_preds")
    x = net.add("Activation", x, activation="softmax", name="act_softmax")
    return net.output(net.add("Reshape", x, target_shape=[1000],
                              name="reshape_final"))


# name: (net, writer, its arguments, whether it takes pixels)
OLD = {"libver": "earliest"}
NETWORKS = {
    "se-resnet-50": (lambda: se_resnet((3, 4, 6, 3)), write_h5, OLD, False),
    "se-resnet-154": (lambda: se_resnet((3, 8, 36, 3)), write_h5, OLD, False),
    "se-inception-v3": (se_inception_v3, write_h5, OLD, False),
    "se-inception-resnet-v2": (se_inception_resnet_v2, write_keras, OLD,
                               False),
    "se-densenet-121": (se_densenet, write_h5, OLD, False),
    "se-mobilenet": (se_mobilenet, write_h5, OLD, False),
    "efficientnet-b0": (efficientnet, write_h5, OLD, True),
    "efficientnet-b0 .keras": (efficientnet, write_keras, OLD, True),
    "mobilenet-v3-small": (mobilenet_v3, write_h5, OLD, True),
    "mobilenet-v3-small .keras": (lambda: mobilenet_v3(keras3=True),
                                  write_keras, OLD, True),
}
