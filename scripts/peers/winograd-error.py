#!/usr/bin/python3
"""How far each way to convolve with 3 x 3 is from the exact sum: in float32,
on noise, the error's root mean square over that of the result."""
import numpy as np


def toom_cook(outputs, points):
    """B^T, G and A^T of F(outputs, 3) by these points and infinity."""
    n = outputs + 2
    a, g, b = np.zeros((outputs, n)), np.zeros((n, 3)), np.zeros((n, n))
    for j, p in enumerate(points):
        others = [q for q in points if q != p]
        a[:, j] = [p ** i for i in range(outputs)]
        g[j] = [p ** i / np.prod([p - q for q in others]) for i in range(3)]
        b[j, :n - 1] = np.poly(others)[::-1]
    a[-1, -1] = g[-1, -1] = 1
    b[-1] = np.poly(points)[::-1]
    return b, g, a


def in_order(terms):
    """Sums over the last axis, one after the other, in float32."""
    return np.add.accumulate(terms, axis=-1, dtype=np.float32)[..., -1]


def winograd(d, w, matrices):
    b, g, a = matrices
    u = np.einsum("ai,ijc,bj->abc", g, w, g).astype(np.float32)
    b, a = b.astype(np.float32), a.astype(np.float32)
    v = np.einsum("xai,bi->xab", np.einsum("ai,ijc->caj", b, d), b)
    return a @ in_order(u * v.transpose(1, 2, 0)) @ a.T


def direct(d, w, outputs):
    return np.array([[in_order((d[i:i + 3, j:j + 3] * w).ravel())
                      for j in range(outputs)] for i in range(outputs)])


def main():
    half, two = .5 ** .5, 2 ** .5
    ways = {
        "direct": (4, None),
        "F(2x2, 3x3)": (2, toom_cook(2, (0, 1, -1))),
        "F(4x4, 3x3), points 0, 1, 2": (4, toom_cook(4, (0, 1, -1, 2, -2))),
        "F(4x4, 3x3), as here": (4, toom_cook(4, (0, half, -half, two,
                                                  -two))),
    }
    print("| way | 64 channels | 256 channels |\n| --- | --- | --- |")
    for name, (outputs, matrices) in ways.items():
        errors = []
        for channels in (64, 256):
            random = np.random.default_rng(1)
            wrong = size = 0
            for _ in range(60):
                d = random.standard_normal((outputs + 2, outputs + 2,
                                            channels)).astype(np.float32)
                w = random.standard_normal((3, 3, channels)).astype(
                    np.float32)
                y = winograd(d, w, matrices) if matrices else \
                    direct(d, w, outputs)
                exact = np.array(
                    [[np.sum(d[i:i + 3, j:j + 3].astype(float) * w)
                      for j in range(outputs)] for i in range(outputs)])
                wrong += np.mean((y - exact) ** 2)
                size += np.mean(exact ** 2)
            errors.append((wrong / size) ** .5)
        print(f"| {name} | {errors[0]:.1e} | {errors[1]:.1e} |")


if __name__ == "__main__":
    main()
