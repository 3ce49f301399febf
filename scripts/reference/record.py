#!/usr/bin/python3
"""Make tests/data/record: what numpy and h5py say of records.

    scripts/reference/record.py tests/data/record

moments.txt   rows, and numpy's mean, std (ddof=1), min and max of each class
by-h5py.h5    a record of schema 1 as a Python program would write it:
              variable-length text, chunks, compression, no summary
"""
import sys

import h5py
import numpy as np


def moments(path):
    rng = np.random.default_rng(5)
    classes, channels, n = 4, 5, 40
    label = rng.integers(0, 3, n)  # class 3 stays empty
    label[label == 2] = 1
    label[11] = 2  # class 2 has one image
    rows = rng.random((n, channels))
    rows[:, 1] = 10000 + rows[:, 1] * 0.01  # a large mean, a small deviation
    rows[:, 2] = 0.5  # a still channel
    rows[:, 3] *= 1e-30
    rows[:, 4] -= 0.5
    rows = rows.astype(np.float32)
    with open(path, 'w') as out:
        print(classes, channels, n, file=out)
        for k, row in zip(label, rows):
            print(k, *(float(x).hex() for x in row), file=out)
        for k in range(classes):
            mine = rows[label == k].astype(np.float64)
            nan = np.full(channels, np.nan)
            print(len(mine), file=out)
            print(*(mine.mean(0) if len(mine) else nan), file=out)
            print(*(mine.std(0, ddof=1) if len(mine) > 1
                    else np.zeros(channels)), file=out)
            print(*(mine.min(0) if len(mine) else nan), file=out)
            print(*(mine.max(0) if len(mine) else nan), file=out)


def record(path):
    """Block A[i, c] = i + c / 8; image 2 is unreadable, image 5 pending."""
    n, channels = 6, 4
    text = h5py.string_dtype()
    with h5py.File(path, 'w') as f:
        f.attrs['schema'] = 1
        f.attrs['arch'] = 'by hand'
        f.attrs['model'] = np.bytes_('model.pth')
        f.attrs['seed'] = 77
        f.create_dataset('classes/name', data=['Fisch', 'Möwe'], dtype=text)
        f.create_dataset('classes/id', data=np.array([b'fish', b'gull']))
        f['classes/output'] = np.array([3, -1], np.int64)
        f.create_dataset('images/path', dtype=text,
                         data=[f'bild{i}.png' for i in range(n)])
        f['images/class'] = np.array([0, 1, 0, 0, 1, 1], np.int16)
        f['images/status'] = np.array([1, 1, 2, 1, 1, 0], np.uint8)
        f['predictions/top5'] = np.arange(n * 5).reshape(n, 5)
        f['predictions/loss'] = np.arange(n) / 4
        a = np.arange(n)[:, None] + np.arange(channels) / 8
        a[2] = np.nan
        f.create_dataset('blocks/B/excitation', data=a, chunks=(2, channels),
                         compression='gzip')
        f['blocks/B'].attrs['index'] = 1
        f['blocks/A/excitation'] = (2 * a).astype(np.float32)
        f['blocks/A'].attrs['index'] = 0
        f['blocks/A'].attrs['gate'] = 'sigmoid'


folder = sys.argv[1]
moments(folder + '/moments.txt')
record(folder + '/by-h5py.h5')
