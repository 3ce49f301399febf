#!/usr/bin/python3
"""Write tests/data/set/image-folder.tsv: the pictures of a folder with odd
names as torchvision's ImageFolder lists them, `path TAB class` a line. Needs
Debian's python3-torchvision.

    scripts/reference/image-folder.py > tests/data/set/image-folder.tsv
"""
import os
import tempfile

from torchvision.datasets import ImageFolder

PATHS = ["b/z.jpg", "b/a.JPG", "b/A.jpeg", "b/10.png", "b/9.png", "b/é.webp",
         "b/sub/1.jpg", "b/sub-2/1.jpg", "b/sub/deep/0.jpg", "b/sub.x/0.jpg",
         "B/1.jpg", "a b/one two.JPEG", "a-b/x.tif", "a/x.TIFF", "a/y.bmp",
         "a/z.ppm", "10/1.pgm", "9/1.jpg", "ü/1.jpg", "a.b/.jpg.png",
         "b/README", "b/notes.txt", "a/x.gif"]


def main():
    with tempfile.TemporaryDirectory() as root:
        for path in PATHS:
            path = os.path.join(root, path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            open(path, "wb").close()
        for path, index in ImageFolder(root).samples:
            path = os.path.relpath(path, root)
            # Names with a leading dot are torchvision's, not ours.
            if not os.path.basename(path).startswith("."):
                print(path, index, sep="\t")


if __name__ == "__main__":
    main()
