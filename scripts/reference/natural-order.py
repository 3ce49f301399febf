#!/usr/bin/python3
"""Write tests/data/set/natural-order.txt: names in the order that timm's
folder reader sorts them (digits as numbers, lower case), one a line.

    scripts/reference/natural-order.py > tests/data/set/natural-order.txt
"""
import random
import re


def key(name):
    return [int(piece) if piece.isdigit() else piece
            for piece in re.split(r"(\d+)", name.lower())]


def main():
    draw = random.Random(1)
    names = {"a1", "a10", "a2", "B1", "0", "1", "10", "2", "a", "a-", "a-1",
             "a_b", "a b", "1a", "1-a", "01b", "n01440764", "n1440764x",
             "Z", "z2", "x99999999999999999999999", "x100000000000000000000",
             "caf\u00e9", "cafe2", "~", "1.5", "1.10"}
    while len(names) < 120:
        names.add("".join(draw.choice("aB1029-_. x")
                          for _ in range(draw.randint(1, 8))).strip())
    names.discard("")
    # Equal keys have no order of timm's own.
    unique = {repr(key(name)): name for name in sorted(names)}
    for name in sorted(unique.values(), key=key):
        print(name)


if __name__ == "__main__":
    main()
