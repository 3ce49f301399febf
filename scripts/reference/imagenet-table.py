#!/usr/bin/python3
"""Write core/images/imagenet.c: the 1000 classes and their two orders.

    scripts/reference/imagenet-table.py LABELS.txt DEVKIT.tsv DATA.NOUN \\
        > core/images/imagenet.c

LABELS.txt has a line `wnid name` a class; DEVKIT.tsv the columns output
index, wnid, sorted index of the authors' Caffe networks. A wnid is an offset
in WordNet 3.0's data.noun (Debian: wordnet-base, /usr/share/wordnet), where
the other names are from.
"""
import csv
import sys

HEAD = '''\
/* The 1000 classes of ILSVRC 2012 in the order of their wnids, and the order
 * of the challenge's development kit, for labels.c and select.c.
 *
 * Written by scripts/reference/imagenet-table.py. The names are WordNet's:
 *
 * WordNet 3.0 Copyright 2006 by Princeton University. All rights reserved.
 * Permission to use, copy, modify and distribute this software and database
 * and its documentation for any purpose and without fee or royalty is hereby
 * granted, provided that you agree to comply with the following copyright
 * notice and statements, including the disclaimer, and that the same appear
 * on ALL copies of the software, database and documentation, including
 * modifications that you make for internal use or for distribution.
 *
 * THIS SOFTWARE AND DATABASE IS PROVIDED "AS IS" AND PRINCETON UNIVERSITY
 * MAKES NO REPRESENTATIONS OR WARRANTIES, EXPRESS OR IMPLIED. BY WAY OF
 * EXAMPLE, BUT NOT LIMITATION, PRINCETON UNIVERSITY MAKES NO REPRESENTATIONS
 * OR WARRANTIES OF MERCHANTABILITY OR FITNESS FOR ANY PARTICULAR PURPOSE OR
 * THAT THE USE OF THE LICENSED SOFTWARE, DATABASE OR DOCUMENTATION WILL NOT
 * INFRINGE ANY THIRD PARTY PATENTS, COPYRIGHTS, TRADEMARKS OR OTHER RIGHTS.
 *
 * The name of Princeton University or Princeton may not be used in
 * advertising or publicity pertaining to distribution of the software and/or
 * database. Title to copyright in this software, database and any associated
 * documentation shall at all times remain with Princeton University and
 * LICENSEE agrees to preserve same. */
#include "core/images/names.h"

'''


def lemmas(nouns, wnid):
    at = int(wnid[1:])
    fields = nouns[at:nouns.index(b"\n", at)].decode("ascii").split(" ")
    assert fields[0] == wnid[1:] and fields[2] == "n", wnid
    count = int(fields[3], 16)
    return [fields[4 + 2 * i].replace("_", " ") for i in range(count)]


def row(wnid, names):
    text = ", ".join(names)
    line = f'    {{ "{wnid}", "{text}" }},'
    if len(line) <= 80:
        return line
    parts, rest = [], text
    while len(rest) > 70:
        at = rest.rindex(" ", 0, 70) + 1
        parts.append(rest[:at])
        rest = rest[at:]
    parts.append(rest)
    body = "\n".join(f'      "{part}"' for part in parts)
    return f'    {{ "{wnid}",\n{body} }},'


def main():
    labels, devkit, data = sys.argv[1:]
    with open(data, "rb") as file:
        nouns = file.read()
    with open(labels, encoding="utf-8") as file:
        classes = [line.rstrip("\n").split(" ", 1) for line in file]
    wnids = [wnid for wnid, _ in classes]
    assert len(wnids) == 1000 and wnids == sorted(set(wnids))
    out = HEAD
    out += "const struct ses_imagenet_class ses_imagenet[1000] = {\n"
    for wnid, name in classes:
        names = lemmas(nouns, wnid)
        assert names[0] == name, (wnid, name, names)
        out += row(wnid, names) + "\n"
    out += "};\n\n"

    order = []
    with open(devkit, encoding="utf-8") as file:
        for i, line in enumerate(csv.DictReader(file, delimiter="\t")):
            assert int(line["senet_index"]) == i
            assert wnids[int(line["sorted_index"])] == line["wnid"]
            order.append(int(line["sorted_index"]))
    assert sorted(order) == list(range(1000))
    out += "const uint16_t ses_imagenet_devkit[1000] = {\n"
    for i in range(0, 1000, 14):
        out += "    " + ", ".join(f"{k:3d}" for k in order[i:i + 14]) + ",\n"
    out += "};\n"
    sys.stdout.write(out)


if __name__ == "__main__":
    main()
