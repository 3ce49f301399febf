#!/usr/bin/python3
"""What numpy and scipy say of the statistics that figures draw.

    scripts/reference/plot-depth.py tests/data/plots

Reads run.h5 there (of plots.py), and writes KIND.csv: what `sescope plot KIND
run.h5 --blocks all --classes all --data` has to write, of block-similarity,
rdm and top-channels (of the last block) whole but for intervals, of
selectivity the lines of eta and omega squared, without intervals.
"""
import csv
import sys
from itertools import combinations

import h5py
import numpy as np
from scipy import stats


def number(x):
    return f'{x:.9g}' if np.isfinite(x) else ''


def write(path, titles, lines):
    with open(path, 'w', newline='') as out:
        writer = csv.writer(out, lineterminator='\n')
        writer.writerow(titles)
        for line in lines:
            writer.writerow([number(x) if isinstance(x, float) else x
                             for x in line])


class Record:
    def __init__(self, path):
        with h5py.File(path) as f:
            self.classes = [x.decode() for x in f['classes/name'][()]]
            self.paths = np.array([x.decode() for x in f['images/path'][()]])
            done = f['images/status'][()] == 1
            self.label = f['images/class'][()][done]
            self.paths = self.paths[done]
            self.gates = {name: group['excitation'][()][done].astype(float)
                          for name, group in f['blocks'].items()}
        self.present = [k for k in range(len(self.classes))
                        if (self.label == k).any()]

    def means(self, block):
        x = self.gates[block]
        return np.array([x[self.label == k].mean(0) for k in self.present])


def dissimilarity(means):
    return 1 - np.corrcoef(means)


def selectivity(run):
    for what in ('eta squared', 'omega squared'):
        for block, x in run.gates.items():
            sizes = np.bincount(run.label)[run.present]
            total = ((x - x.mean(0)) ** 2).sum(0)
            between = (sizes[:, None] *
                       (run.means(block) - x.mean(0)) ** 2).sum(0)
            k, n = len(sizes), len(x)
            error = (total - between) / (n - k)
            omega = (between - (k - 1) * error) / (total + error)
            value = between / total if what == 'eta squared' else omega
            yield 'class selectivity', what, block, float(value.mean())


def rdm(run):
    for block in run.gates:
        d = dissimilarity(run.means(block))
        at = {k: i for i, k in enumerate(run.present)}
        for a, b in combinations(range(len(run.classes)), 2):
            value = d[at[a], at[b]] if a in at and b in at else np.nan
            yield block, run.classes[a], run.classes[b], float(value)


def cka(x, y):
    x, y = x - x.mean(0), y - y.mean(0)
    return np.linalg.norm(x.T @ y) ** 2 / (np.linalg.norm(x.T @ x) *
                                           np.linalg.norm(y.T @ y))


def rsa(run, a, b):
    upper = np.triu_indices(len(run.present), 1)
    return stats.spearmanr(dissimilarity(run.means(a))[upper],
                           dissimilarity(run.means(b))[upper])[0]


def similarity(run):
    names = list(run.gates)
    for panel in ('CKA', 'RSA'):
        for i, b in enumerate(names):
            for a in names[:i]:
                value = (cka(run.gates[a], run.gates[b]) if panel == 'CKA'
                         else rsa(run, a, b))
                yield panel, 'likeness', f'{a} {b}', float(value), '', ''


def top_channels(run, most=5, drivers=8):
    for block, x in list(run.gates.items())[-1:]:
        for k in run.present:
            own = x[run.label == k]
            others = [x[run.label == j] for j in run.present if j != k]
            mean = np.mean([o.mean(0) for o in others], axis=0)
            pooled = (sum(((o - o.mean(0)) ** 2).sum(0) for o in others) /
                      sum(len(o) - 1 for o in others))
            variance = ((own.var(0, ddof=1) + pooled) / 2 if len(own) > 1
                        else pooled)
            d = (own.mean(0) - mean) / np.sqrt(variance)
            for c in np.argsort(-abs(d), kind='stable')[:most]:
                order = np.argsort(-np.sign(d[c]) * own[:, c], kind='stable')
                paths = run.paths[run.label == k]
                for i in order[:drivers]:
                    yield (block, run.classes[k], int(c), float(d[c]),
                           float(own[:, c].mean()), float(mean[c]), paths[i],
                           float(own[i, c]))


def main(folder):
    run = Record(f'{folder}/run.h5')
    write(f'{folder}/selectivity.csv', ['panel', 'series', 'point', 'value'],
          selectivity(run))
    write(f'{folder}/rdm.csv', ['block', 'class', 'other', 'dissimilarity'],
          rdm(run))
    write(f'{folder}/block-similarity.csv',
          ['panel', 'series', 'point', 'value', 'low', 'high'],
          similarity(run))
    write(f'{folder}/top-channels.csv',
          ['block', 'class', 'channel', 'd_prime', 'class_mean',
           'others_mean', 'image', 'gate'], top_channels(run))


main(sys.argv[1])
