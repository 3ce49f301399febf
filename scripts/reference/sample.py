#!/usr/bin/python3
"""Print the items that --per-class keeps, for tests/test-select.c.

    scripts/reference/sample.py ID ITEMS PER_CLASS SEED

The generator is xoshiro256** seeded by splitmix64 from SEED xor the FNV-1a
hash of ID, the sample Knuth's algorithm S (TAOCP 2, 3.4.2).
"""
import sys

MASK = (1 << 64) - 1


def generator(seed):
    state = []
    for _ in range(4):
        seed = (seed + 0x9e3779b97f4a7c15) & MASK
        z = seed
        z = ((z ^ (z >> 30)) * 0xbf58476d1ce4e5b9) & MASK
        z = ((z ^ (z >> 27)) * 0x94d049bb133111eb) & MASK
        state.append(z ^ (z >> 31))

    def turn(x, k):
        return ((x << k) | (x >> (64 - k))) & MASK

    while True:
        a, b, c, d = state
        yield (turn((b * 5) & MASK, 7) * 9) & MASK
        c ^= a
        d ^= b
        state = [a ^ d, b ^ c, c ^ ((b << 17) & MASK), turn(d, 45)]


def main():
    name, items, wanted, seed = sys.argv[1], *map(int, sys.argv[2:])
    value = 0xcbf29ce484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001b3) & MASK
    numbers = generator(seed ^ value)
    kept = []
    for i in range(items):
        left = items - i
        draw = next(n for n in numbers if n >= (1 << 64) % left)
        if draw % left < wanted - len(kept):
            kept.append(i)
    print(*kept)


if __name__ == "__main__":
    main()
