#!/usr/bin/python3
"""Make tests/data/plots: what numpy and scipy say of figures' numbers.

    scripts/reference/plots.py tests/data/plots

cluster.txt   vectors, and what scipy.cluster.hierarchy makes of them (average
              linkage on correlation distance): leaves, and merges
run.h5        a small record: classes of many images, of one and of none,
              images that could not be read, gates on the edges of bins
KIND.csv      what `sescope plot KIND run.h5 --data` has to write
"""
import csv
import sys

import h5py
import numpy as np
from scipy.cluster import hierarchy
from scipy.spatial import distance

CLASSES = ['cat', 'Möwe', 'a, "b"', 'none', 'one', 'dog']
BLOCKS = [('SE_2_1', 2, 6), ('SE_2_2', 2, 5), ('SE_3_1', 3, 9)]
IMAGES = [12, 7, 9, 0, 1, 10]


def cluster(path):
    rng = np.random.default_rng(3)
    with open(path, 'w') as out:
        for n, length in ((2, 5), (7, 4), (30, 12), (45, 6)):
            x = np.round(rng.normal(size=(n, length)), 4)
            tree = hierarchy.linkage(x, 'average', 'correlation')
            print(n, length, file=out)
            for row in x:
                print(*row, file=out)
            print(*hierarchy.leaves_list(tree), file=out)
            for a, b, d, _ in tree:
                print(int(a), int(b), repr(float(d)), file=out)


def write_record(path):
    """The gates of images that are done, by block."""
    rng = np.random.default_rng(8)
    label = rng.permutation(np.repeat(np.arange(len(CLASSES)), IMAGES))
    n = len(label)
    status = np.ones(n, np.uint8)
    # The one image of 'one' is read.
    status[[i for i in (3, 17, 30) if label[i] != 4]] = 2
    text = h5py.string_dtype()
    rows = []
    with h5py.File(path, 'w') as f:
        f.attrs['schema'] = 1
        f['classes/name'] = np.array(CLASSES, object).astype(text)
        f['classes/id'] = np.array([f'n{k}' for k in range(len(CLASSES))],
                                   object).astype(text)
        f['classes/output'] = np.arange(len(CLASSES), dtype=np.int32)
        f['images/path'] = np.array([f'{i}.png' for i in range(n)],
                                    object).astype(text)
        f['images/class'] = label.astype(np.int32)
        f['images/status'] = status
        for index, (name, stage, channels) in enumerate(BLOCKS):
            logits = rng.normal(size=(n, channels)) + \
                rng.normal(0, 2, (len(CLASSES), channels))[label]
            gates = 1 / (1 + np.exp(-2.5 * logits))
            # Edges of bins and of the ends.
            at = rng.random(gates.shape) < 0.2
            gates[at] = rng.integers(0, 11, at.sum()) / 10
            gates = gates.astype(np.float32)
            gates[status == 2] = np.nan
            group = f.create_group(f'blocks/{name}')
            for key, value in (('index', index), ('stage', stage),
                               ('unit', int(name[-1])), ('channels', channels),
                               ('reduced', 2), ('height', 4), ('width', 4)):
                group.attrs[key] = np.int32(value)
            for key, value in (('source', f'layer{index}.se'),
                               ('gate', 'sigmoid'), ('squeeze', 'mean')):
                group.attrs[key] = value
            group['excitation'] = gates
            rows.append(gates)
    return label, status == 1, rows


def write_csv(path, titles, lines):
    with open(path, 'w', newline='') as out:
        writer = csv.writer(out, lineterminator='\n')
        writer.writerow(titles)
        for line in lines:
            writer.writerow(['' if isinstance(x, float) and np.isnan(x)
                             else f'{x:.9g}' if isinstance(x, float) else x
                             for x in line])


class Numbers:
    def __init__(self, label, done, rows):
        self.of = [[r[(label == k) & done].astype(np.float64)
                    for k in range(len(CLASSES))] for r in rows]

    def mean(self, block):
        nan = np.full(BLOCKS[block][2], np.nan)
        return np.array([x.mean(0) if len(x) else nan
                         for x in self.of[block]])

    def overall(self, block):
        return np.nanmean(self.mean(block), axis=0)


def activations(numbers):
    for b, (name, _, channels) in enumerate(BLOCKS):
        mean = numbers.mean(b)
        for k, title in enumerate(CLASSES):
            for c in range(channels):
                yield name, title, c, float(mean[k, c]), '', ''
        for c in range(channels):
            yield (name, 'all 5 classes', c, float(numbers.overall(b)[c]),
                   '', '')


def within(numbers):
    for b, (name, _, channels) in enumerate(BLOCKS):
        for k, title in enumerate(CLASSES):
            x = numbers.of[b][k]
            sd = x.std(0, ddof=1) if len(x) > 1 else np.full(channels, np.nan)
            for c in range(channels):
                yield (name, title, len(x), c, float(numbers.mean(b)[k, c]),
                       float(sd[c]))


def distributions(numbers, bins):
    edges = np.linspace(0, 1, bins + 1)
    for b, (name, _, _) in enumerate(BLOCKS):
        for k, title in enumerate(CLASSES):
            x = numbers.of[b][k].ravel()
            count = np.histogram(x, edges)[0]
            for i in range(bins):
                share = count[i] / len(x) if len(x) else np.nan
                mean = x.mean() if len(x) else np.nan
                yield (name, title, float(edges[i]), float(edges[i + 1]),
                       int(count[i]), float(share), float(mean))


def order(x):
    """Leaves; rows without numbers behind the others, in their order."""
    there = [i for i in range(len(x)) if not np.isnan(x[i]).any()]
    tree = hierarchy.linkage(x[there], 'average', 'correlation')
    return [there[i] for i in hierarchy.leaves_list(tree)] + \
        [i for i in range(len(x)) if i not in there]


def heatmap(numbers, clustered):
    for b, (name, _, channels) in enumerate(BLOCKS):
        mean = numbers.mean(b)
        rows, columns = range(len(CLASSES)), range(channels)
        if clustered:
            rows = order(mean)
            columns = order(mean[~np.isnan(mean).any(1)].T)
        for i, k in enumerate(rows):
            for j, c in enumerate(columns):
                yield name, i, CLASSES[k], j, c, float(mean[k, c])


def saturation(numbers):
    for b, (name, stage, _) in enumerate(BLOCKS):
        x = np.concatenate([y.ravel() for y in numbers.of[b]])
        y = x.astype(np.float32)
        below = float((y < np.float32(0.01)).mean())
        above = float((y > np.float32(0.99)).mean())
        yield name, stage, below, 1 - below - above, above, float(x.mean())


def main(folder):
    cluster(f'{folder}/cluster.txt')
    numbers = Numbers(*write_record(f'{folder}/run.h5'))
    write_csv(f'{folder}/activations.csv',
              ['block', 'class', 'channel', 'mean', 'low', 'high'],
              activations(numbers))
    write_csv(f'{folder}/within-class.csv',
              ['block', 'class', 'images', 'channel', 'mean', 'sd'],
              within(numbers))
    write_csv(f'{folder}/distributions.csv',
              ['block', 'class', 'low', 'high', 'count', 'share', 'mean'],
              distributions(numbers, 10))
    for name, clustered in (('heatmap', False), ('heatmap-cluster', True)):
        write_csv(f'{folder}/{name}.csv',
                  ['block', 'row', 'class', 'column', 'channel', 'mean'],
                  heatmap(numbers, clustered))
    write_csv(f'{folder}/saturation.csv',
              ['block', 'stage', 'below_01', 'between', 'above_99', 'mean'],
              saturation(numbers))


main(sys.argv[1])
