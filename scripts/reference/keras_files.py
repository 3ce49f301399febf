"""Keras's files: a full model in HDF5, as Keras 1, 2 and 3 write it, and the
archive of Keras 3, by h5py."""
import io
import json
import zipfile

import h5py
import numpy as np

from keras_net import keras1, keras2, keras3, snake_case

FIXED = ("moving_mean", "moving_variance", "mean", "variance", "count")
KERAS1 = {"kernel": "W", "bias": "b", "moving_mean": "running_mean",
          "moving_variance": "running_std", "alpha": "alphas"}


def nested_weights(layer, weights, path, name):
    """(name, array) of a layer or of all in a nested model: those that are
    trained first, as Keras lists them."""
    if not layer.net:
        return [(name(layer.name, role), role, array)
                for role, array in weights.get(path, {}).items()]
    found = []
    for inner in layer.net.layers:
        found += nested_weights(inner, weights, f"{path}/{inner.name}", name)
    return [w for w in found if w[1] not in FIXED] + \
        [w for w in found if w[1] in FIXED]


def put_names(group, attribute, names, chunks):
    """Keras cuts lists that HDF5 does not take in one."""
    names = [n.encode() for n in names]
    if not chunks:
        group.attrs[attribute] = names
        return
    for i, part in enumerate(np.array_split(np.array(names), chunks)):
        group.attrs[f"{attribute}{i}"] = part


def order1(array, role, order, flip):
    """Kernels of Keras 1: outputs first under Theano's order of axes."""
    if role != "kernel" or array.ndim != 4:
        return array
    if order == "th":
        array = array.transpose(3, 2, 0, 1)
        return array[:, :, ::-1, ::-1] if flip else array
    return array[::-1, ::-1] if flip else array


def write_h5(path, net, weights, version=2, order="tf", backend="tensorflow",
             libver="latest", chunks=0, dtype=None, dataset={}, rename=None,
             keras_version=None):
    """rename: what becomes of (layer, role) in a weight's name."""
    config = {1: lambda: keras1(net, order), 2: lambda: keras2(net),
              3: lambda: keras3(net)}[version]()
    name = rename or {
        1: lambda layer, role: f"{layer}_{KERAS1.get(role, role)}",
        2: lambda layer, role: f"{layer}/{role}:0",
        3: lambda layer, role: f"{layer}/{role}"}[version]
    with h5py.File(path, "w", libver=libver) as f:
        f.attrs["keras_version"] = (keras_version or {
            1: "1.2.2", 2: "2.4.0", 3: "3.3.3"}[version]).encode()
        if version > 1:
            f.attrs["backend"] = backend.encode()
        f.attrs["model_config"] = json.dumps(config).encode()
        group = f.create_group("model_weights")
        put_names(group, "layer_names", [x.name for x in net.layers], chunks)
        for layer in net.layers:
            own = nested_weights(layer, weights, layer.name, name)
            g = group.require_group(layer.name)
            put_names(g, "weight_names", [n for n, _, _ in own],
                      chunks if len(own) > 1 else 0)
            for n, role, array in own:
                array = order1(array, role, order, backend == "theano")
                g.create_dataset(n, data=np.asarray(array, dtype),
                                 **(dataset if np.ndim(array) else {}))
        f.create_group("optimizer_weights") # training's own: no concern


def put_numbered(f, net, weights, prefix, folder, container):
    """container: what stands for "layers"; in tf.keras 2.12 and 2.13 layers
    that have weights are counted twice."""
    counts, step = {}, 1 if container == "layers" else 2
    folder += container + "/"
    for layer in net.layers:
        kind = ("Sequential" if layer.net.sequential else "Functional") \
            if layer.net else layer.class_name
        base = snake_case(kind)
        n = counts[base] = counts.get(base, -step) + step
        at = f"{folder}{base}_{n}" if n else folder + base
        path = prefix + layer.name
        if layer.net:
            put_numbered(f, layer.net, weights, path + "/", at + "/",
                         container)
        group = f.create_group(at + "/vars")
        group.attrs["name"] = layer.name
        for i, array in enumerate(weights.get(path, {}).values()):
            group.create_dataset(str(i), data=array)
        if layer.class_name == "Dropout":
            f.create_dataset(at + "/seed_generator/vars/0",
                             data=np.zeros(2, np.uint32))


def write_keras(path, net, weights, compression=zipfile.ZIP_STORED,
                version="3.3.3", libver="latest"):
    old = version.startswith("2")
    inner = io.BytesIO()
    with h5py.File(inner, "w", libver=libver) as f:
        put_numbered(f, net, weights, "", "",
                     "_layer_checkpoint_dependencies" if old else "layers")
        f.create_dataset("optimizer/vars/0", data=np.int64(12))
        f.create_group("vars")
    members = [
        ("metadata.json", json.dumps({"keras_version": version}).encode()),
        ("config.json", json.dumps((keras2 if old else keras3)(net))
         .encode()),
        ("model.weights.h5", inner.getvalue())]
    with zipfile.ZipFile(path, "w", compression) as z:
        for name, data in members:
            z.writestr(zipfile.ZipInfo(name), data,
                       compress_type=compression)
