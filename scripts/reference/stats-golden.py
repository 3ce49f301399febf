#!/usr/bin/python3
"""Write tests/data/stats: a small record made up with h5py, and what
scripts/reference/stats.py makes of it.

    scripts/reference/stats-golden.py FOLDER

Classes of 40, 30, 1 and 24 images, one that could not be read in any, one of
0 and 4 images unreadable here and there.  Blocks: three that get more
selective with depth (one channel of the last never moves), one that is nearly
the identity, one that is dead, one of one channel.
"""
import os
import sys

import h5py
import numpy as np

import stats as reference

SIZES = (40, 30, 1, 24, 3)
SPREAD = {"SE_2_1": (6, .3), "SE_2_2": (8, .8), "SE_3_1": (12, 1.6)}
DRAWS = 20000


def gates(rng, label, channels, between):
    mean = rng.standard_normal((len(SIZES), channels)) * between
    x = mean[label] + rng.standard_normal((len(label), channels))
    return 1 / (1 + np.exp(-x))


def write(path):
    rng = np.random.default_rng(5)
    label = rng.permutation(np.repeat(np.arange(len(SIZES)), SIZES))
    status = np.ones(len(label), "u1")
    status[label == 4] = 2
    status[np.flatnonzero(label == 0)[[3, 20]]] = 2
    status[np.flatnonzero(label == 3)[[0, 23]]] = 2
    blocks = {n: gates(rng, label, *of) for n, of in SPREAD.items()}
    blocks["SE_3_1"][:, 4] = .25
    blocks["SE_3_2"] = 1 - .01 * rng.random((len(label), 5))
    blocks["SE_4_1"] = .5 + 3e-4 * rng.standard_normal((len(label), 7))
    blocks["SE_4_2"] = gates(rng, label, 1, .5)
    with h5py.File(path, "w") as file:
        file.attrs.update({"schema": 1, "seed": 0, "model": "made-up"})
        for name in ("sescope_version", "created", "command", "model_sha256",
                     "arch", "images", "preprocess", "force", "kernels",
                     "host"):
            file.attrs[name] = ""
        names = np.array([b"ant", b"bee", b"cow", b"dog", b"eel"])
        file["classes/name"] = file["classes/id"] = names
        file["classes/output"] = np.full(len(SIZES), -1, "i4")
        file["images/path"] = np.array(
            [b"%s/%d.png" % (names[k], i) for i, k in enumerate(label)])
        file["images/class"] = label.astype("i4")
        file["images/status"] = status
        for i, (name, x) in enumerate(blocks.items()):
            x = x.astype("f4")
            x[status == 2] = np.nan
            file["blocks/%s/excitation" % name] = x
            group = file["blocks/" + name]
            stage, unit = map(int, name.split("_")[1:])
            group.attrs.update({
                "index": i, "source": name.lower(), "gate": "sigmoid",
                "squeeze": "mean", "stage": stage, "unit": unit,
                "channels": x.shape[1], "reduced": 1, "height": 4,
                "width": 4})


def interval(values, around):
    return np.percentile(values - values.mean() + around, (2.5, 97.5))


def main():
    folder = sys.argv[1]
    path = os.path.join(folder, "small.h5")
    write(path)
    record, expected = reference.everything(path, seed=11)
    rng = np.random.default_rng(1)
    with open(os.path.join(folder, "small.txt"), "w") as out:
        def line(*words):
            print(*("%.12g" % w if isinstance(w, float) else w
                    for w in words), file=out)
        trends = []
        for block in expected["blocks"]:
            name = block.pop("name")
            for key, value in block.items():
                line("block", name, key, float(value))
            eta, omega = reference.bootstrap(record, name, DRAWS, rng)
            for key, drawn in (("eta_squared", eta), ("omega_squared", omega)):
                line("interval", name, key, float(drawn.std()),
                     *map(float, interval(drawn, block[key])))
            null = reference.shuffled(record, name, 2000, rng)
            line("shuffled", name, float(null.std()),
                 float(np.percentile(null, 95)),
                 float((null >= block["eta_squared"]).mean()))
            trends.append(omega - omega.mean() + block["omega_squared"])
        for key, value in expected["verdict"].items():
            line("verdict", "-", key, float(value))
        slopes = np.array([reference.trend(o, expected["moving"])["slope"]
                           for o in np.array(trends).T[:4000]])
        line("slope", "-", float(slopes.std()),
             *map(float, np.percentile(slopes, (2.5, 97.5))))
        for key in ("rsa", "cka"):
            for a, row in zip(record.names, expected[key]):
                for b, value in zip(record.names, row):
                    line("pair", a, b, key, float(value))
        for own in (0, 2):
            x = record.gates("SE_2_2")
            d = reference.d_prime(x, record.label, own)
            for channel in np.argsort(-abs(d), kind="stable")[:3]:
                sign = 1 if d[channel] >= 0 else -1
                of_class = np.flatnonzero(record.label == own)
                best = of_class[np.argsort(-sign * x[of_class, channel],
                                           kind="stable")][:2]
                drawn = []
                # A draw of n images varies (n - 1) / n too little.
                spread = x.astype("f8")
                for k, n in enumerate(record.size):
                    rows = record.label == k
                    mean = spread[rows].mean(0)
                    spread[rows] = mean + (spread[rows] - mean) * \
                        (n / max(n - 1, 1)) ** .5
                for _ in range(4000 if own == 0 else 0):
                    rows = np.concatenate(
                        [rng.choice(np.flatnonzero(record.label == k), n)
                         for k, n in enumerate(record.size)])
                    drawn.append(reference.d_prime(
                        spread[rows][:, [channel]], record.label, own)[0])
                ends = (np.std(drawn), *np.percentile(drawn, (2.5, 97.5))) \
                    if drawn else (0.0, 0.0, 0.0)
                line("top", "SE_2_2", own, channel, float(d[channel]),
                     *map(float, ends), *(record.image[i] for i in best))


if __name__ == "__main__":
    main()
