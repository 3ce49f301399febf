#!/usr/bin/python3
"""The statistics of `sescope stats` by numpy, scipy and scikit-learn.

    scripts/reference/stats.py RUN.h5      print them as JSON

Everything is computed from the rows of the record by another route than
sescope's: eta squared from scipy's F test, nearest class mean and ridge by
scikit-learn on the same folds (dealt out by the generator of sample.py),
distances by scipy's pdist, RSA by scipy's spearmanr, CKA from kernels.
scripts/verify-stats compares.  Needs Debian's python3-h5py, python3-scipy and
python3-sklearn.
"""
import json
import sys

import h5py
import numpy as np
from scipy import spatial, stats
from sklearn.linear_model import RidgeClassifier
from sklearn.neighbors import NearestCentroid

from sample import generator

FOLDS = 5
QUANTILES = (5, 25, 50, 75, 95)
NOTHING = 1e-300


class Record:
    """Images done, sorted by class, and their gates in double."""

    def __init__(self, path, classes=None):
        self.file = h5py.File(path)
        done = self.file["images/status"][:] == 1
        label = self.file["images/class"][:]
        kept = [k for k in range(len(self.file["classes/name"]))
                if (classes is None or k in classes)
                and (done & (label == k)).any()]
        self.image = np.concatenate(
            [np.flatnonzero(done & (label == k)) for k in kept])
        self.label = np.concatenate(
            [np.full((done & (label == k)).sum(), i)
             for i, k in enumerate(kept)])
        self.classes = kept
        self.size = np.bincount(self.label)
        blocks = self.file["blocks"]
        self.names = sorted(blocks, key=lambda b: blocks[b].attrs["index"])

    def gates(self, name):
        rows = self.file["blocks"][name]["excitation"][:]
        return rows[self.image].astype(np.float64)


def below(numbers, bound):
    return next(n for n in numbers if n >= (1 << 64) % bound) % bound


def folds_of(size, seed):
    """A fold an image, -1 in classes of one."""
    numbers, fold, dealt = generator(seed), [], 0
    for n in size:
        if n < 2:
            fold += [-1] * n
            continue
        order = list(range(n))
        for i in range(n, 1, -1):
            j = below(numbers, i)
            order[j], order[i - 1] = order[i - 1], order[j]
        of_class = [0] * n
        for i in order:
            of_class[i] = dealt % FOLDS
            dealt += 1
        fold += of_class
    return np.array(fold)


def squares(x, label, weight=None):
    """Between and within, a channel; weights are times an image is taken."""
    w = np.ones(len(x)) if weight is None else weight
    mean = (w[:, None] * x).sum(0) / w.sum()
    between = np.zeros(x.shape[1])
    within = np.zeros(x.shape[1])
    for k in np.unique(label[w > 0]):
        here = (label == k) & (w > 0)
        m = np.average(x[here], axis=0, weights=w[here])
        between += w[here].sum() * (m - mean) ** 2
        within += (w[here, None] * (x[here] - m) ** 2).sum(0)
    return between, within


def shares(between, within, classes, n):
    total = between + within
    safe = np.where(total > 0, total, 1)
    eta = np.where(total > 0, between / safe, 0)
    if n <= classes:
        return eta, np.full_like(eta, np.nan)
    error = within / (n - classes)
    omega = (between - (classes - 1) * error) / (total + error + NOTHING)
    return eta, np.where(total > 0, omega, 0)


def decode(x, label, fold):
    right = {"nearest": 0, "ridge": 0}
    for f in range(FOLDS):
        train, test = (fold >= 0) & (fold != f), fold == f
        centroid = NearestCentroid().fit(x[train], label[train])
        right["nearest"] += (centroid.predict(x[test]) == label[test]).sum()
        penalty = x[train].var(0).sum()
        ridge = RidgeClassifier(alpha=penalty, solver="cholesky")
        ridge.fit(x[train], label[train])
        right["ridge"] += (ridge.predict(x[test]) == label[test]).sum()
    n = (fold >= 0).sum()
    return right["nearest"] / n, right["ridge"] / n


def entropy(x):
    """Bits of a coin that falls so."""
    p = x[(x >= 0) & (x <= 1)]
    with np.errstate(divide="ignore", invalid="ignore"):
        bits = -(np.nan_to_num(p * np.log2(p)) +
                 np.nan_to_num((1 - p) * np.log2(1 - p)))
    return bits.mean() if len(p) else np.nan


def block(record, name, fold):
    x, label = record.gates(name), record.label
    k, n, channels = len(record.size), *x.shape
    between, within = squares(x, label)
    eta, omega = shares(between, within, k, n)
    means = np.array([x[label == i].mean(0) for i in range(k)])
    out = {
        "mean": x.mean(), "sd": x.std(ddof=1),
        "eta_squared": eta.mean(), "omega_squared": omega.mean(),
        "above_99": (x.astype("f") > np.float32(.99)).mean(),
        "below_01": (x.astype("f") < np.float32(.01)).mean(),
        "from_one": abs(1 - x).mean(), "entropy": entropy(x),
        "moves": np.sqrt(x.var(0).mean()),
        "still_channels": int((x.std(0, ddof=1) < 1e-3).sum()),
    }
    if 1 < k < n:
        f_test = stats.f_oneway(*[x[label == i] for i in range(k)]).statistic
        of_f = f_test * (k - 1) / (f_test * (k - 1) + n - k)
        out["eta_squared"] = np.where(np.isnan(of_f), 0, of_f).mean()
        varied = (between + within > 0).mean()
        out["null"] = (k - 1) / (n - 1) * varied
    for q, a, b in zip(QUANTILES, np.percentile(eta, QUANTILES),
                       np.percentile(omega, QUANTILES)):
        out["eta_squared_q%02d" % q] = a
        out["omega_squared_q%02d" % q] = b
    if n > k:
        error = within.sum() / (n - k) / channels
        out["within"] = np.sqrt(error)
    if 1 < k < n:
        typical = (n - (record.size ** 2).sum() / n) / (k - 1)
        variance = (between.sum() / (k - 1) / channels - error) / typical
        out["between"] = np.sqrt(max(variance, 0))
    if k > 1:
        out["distance"] = (spatial.distance.pdist(means).mean() /
                           np.sqrt(channels))
        out["correlation"] = 1 - spatial.distance.pdist(
            means, "correlation").mean()
    decoded = record.size[record.size > 1]
    if len(decoded) > 1:
        out["decodability"], out["ridge"] = decode(x, label, fold)
        out["chance"] = decoded.max() / decoded.sum()
    return out, means


def similarity(record, all_means):
    """RSA and CKA; kernels of all images, so of small records only."""
    pairs = [spatial.distance.pdist(m, "correlation") for m in all_means]
    n = len(pairs)
    rsa = np.array([[stats.spearmanr(a, b)[0] for b in pairs] for a in pairs])
    kernels = []
    for name in record.names:
        x = record.gates(name)
        x -= x.mean(0)
        kernels.append(x)
    product = np.array([[((a.T @ b) ** 2).sum() for b in kernels]
                        for a in kernels])
    length = np.sqrt(np.diag(product))
    return rsa.reshape(n, n), product / np.outer(length, length)


def d_prime(x, label, own):
    """Of every channel: the class against the mean of the others' means, over
    the root mean of the variances within it and within the others (pooled)."""
    mean = np.array([x[label == k].mean(0) for k in range(label.max() + 1)])
    others = np.delete(mean, own, axis=0).mean(0)
    rest = label != own
    pooled = sum(((x[label == k] - mean[k]) ** 2).sum(0)
                 for k in np.unique(label[rest]))
    pooled = pooled / (rest.sum() - len(np.unique(label[rest])))
    variance = pooled
    if (label == own).sum() > 1:
        variance = (x[label == own].var(0, ddof=1) + pooled) / 2
    apart = mean[own] - others
    return np.where(variance > 0, apart /
                    np.sqrt(np.where(variance > 0, variance, 1)), 0)


def bootstrap(record, name, draws, rng):
    """Means over channels of eta and omega squared of images drawn with
    replacement: [draws], [draws]."""
    x, label, n = record.gates(name), record.label, len(record.label)
    k = len(record.size)
    taken = rng.multinomial(n, np.full(n, 1 / n), size=draws)
    x = x - x.mean(0)
    total = taken @ x ** 2 - (taken @ x) ** 2 / n
    between = -(taken @ x) ** 2 / n
    present = np.zeros(draws)
    for i in range(k):
        here = label == i
        size = taken[:, here].sum(1)
        sums = taken[:, here] @ x[here]
        between += sums ** 2 / np.maximum(size, 1)[:, None]
        present += size > 0
    safe = np.where(total > 0, total, 1)
    eta = np.where(total > 0, between / safe, 0)
    error = (total - between) / (n - present)[:, None]
    omega = np.where(total > 0, (between - (present - 1)[:, None] * error) /
                     (total + error + NOTHING), 0)
    return eta.mean(1), omega.mean(1)


def shuffled(record, name, times, rng):
    x, label = record.gates(name), record.label
    k, n = len(record.size), len(label)
    out = []
    for _ in range(times):
        between, within = squares(x, rng.permutation(label))
        out.append(shares(between, within, k, n)[0].mean())
    return np.array(out)


def trend(omega, moving):
    """Slope from the first block to the last, Spearman, and thirds, of the
    blocks whose gates move."""
    depth = np.linspace(0, 1, len(omega))[moving]
    omega = np.asarray(omega)[moving]
    third = len(omega) // 3
    return {"slope": stats.linregress(depth, omega).slope,
            "spearman": stats.spearmanr(depth, omega)[0],
            "shallow": np.mean(omega[:third]),
            "deep": np.mean(omega[-third:])}


def moves(block, channels):
    """Neither dead (all at a half, whatever the image) nor constant."""
    dead = (abs(block["mean"] - .5) < .05 and block["sd"] < .05 and
            block["moves"] < .002)
    return not dead and block["still_channels"] < channels


def everything(path, seed=0, classes=None, with_similarity=True):
    record = Record(path, classes)
    fold = folds_of(record.size, seed)
    blocks, means, moving = [], [], []
    for name in record.names:
        numbers, of_class = block(record, name, fold)
        moving.append(moves(numbers, of_class.shape[1]))
        del numbers["moves"]
        blocks.append({"name": name, **numbers})
        means.append(of_class)
    out = {"blocks": blocks, "moving": moving}
    if sum(moving) > 2 and 1 < len(record.size) < len(record.label):
        out["verdict"] = trend([b["omega_squared"] for b in blocks], moving)
    if with_similarity:
        rsa, cka = similarity(record, means)
        out["rsa"], out["cka"] = rsa.tolist(), cka.tolist()
    return record, out


if __name__ == "__main__":
    json.dump(everything(sys.argv[1])[1], sys.stdout, indent=1,
              default=lambda x: x.item())
