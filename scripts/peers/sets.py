"""The images that end-to-end runs read: as many as are asked for."""
import glob
import os
import sys
import tarfile

from catalogue import NETWORKS, SHARED

# side of the input: archive or folder, the part of it, images when nobody says
SETS = {
    224: (os.path.join(SHARED, "data/imagenet-sample.tar"), "", 192),
    32: (os.path.join(SHARED, "data/cifar10-jpeg.tar.xz"), "test", 10000),
    28: ("/usr/share/datasets/fashion-mnist", None, 10000),
}


CLASSES = 10 # of Fashion-MNIST


class Images:
    """Where they are, how many, and how sescope is told."""

    def __init__(self, path, count, part):
        self.path, self.count = path, count
        self.options = ["--images", path, *part]


def unpack(archive, part, folder):
    """The files whose path holds a folder of that name."""
    if os.path.isdir(folder):
        return
    with tarfile.open(archive) as tar:
        for member in tar:
            name = os.path.normpath(member.name)
            if member.isfile() and not name.startswith(("/", "..")) and (
                    not part or part in name.split("/")):
                tar.extract(member, folder + ".part")
    os.rename(folder + ".part", folder)


def link(found, folder, count):
    """A folder of class folders with `count` links, photographs standing in it
    several times when there are fewer."""
    for i in range(count):
        path = found[i * len(found) // count if count < len(found) else
                     i % len(found)]
        own = os.path.join(folder, os.path.basename(os.path.dirname(path)))
        os.makedirs(own, exist_ok=True)
        name = os.path.join(own, f"{i:06d}.jpg")
        if not os.path.islink(name):
            os.symlink(path, name)


def images(name, cache, own=None, count=None):
    """The images a network runs over; `own` is a folder or an archive of JPEGs
    in class folders, instead of the usual ones."""
    side = NETWORKS[name][1]
    usual, part, most = SETS[side]
    source, count = own or usual, count or most
    if part is None and not own:
        return Images(source, min(count, most), [
            "--per-class", str(max(1, count // CLASSES))])
    tag = os.path.basename(source).split(".")[0]
    if os.path.isfile(source):
        unpacked = os.path.join(cache, tag)
        unpack(source, "" if own else part, unpacked)
        source = unpacked
    found = sorted(p for p in glob.glob(source + "/**/*", recursive=True)
                   if p.lower().endswith((".jpeg", ".jpg")))
    if not found:
        sys.exit(f"bench: '{source}' has no photographs; say --images")
    chosen = os.path.join(cache, f"{tag}-{count}")
    link([os.path.abspath(p) for p in found], chosen, count)
    return Images(chosen, count, [])
