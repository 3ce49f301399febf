#!/usr/bin/python3
"""Sample pictures and what Pillow and torchvision make of them.

    scripts/reference/images.py tests/data/images

writes the samples, and beside them

    decoded.pnm       what every sample decodes to
    oriented.pnm      samples with EXIF turned upright; exif.jpg for each of
                      the orientations 1 to 8
    reduced.pnm       JPEG samples as Pillow's draft mode reads them, at a half
                      or a quarter of their size ("SAMPLE DIVISOR")
    resized.pnm       sources, and their resizes ("SOURCE FILTER")
    preprocessed.txt  "SOURCE PREPROCESSING VALUE ...", a line a case

A .pnm here is several PNM pictures one after the other, each with a comment
that names it. Made with Pillow 9.4 and torchvision 0.14 (Debian 12:
python3-pil, python3-torchvision).
"""

import io
import struct
import sys
import zlib
from pathlib import Path

import numpy
import torchvision.transforms as transforms
from PIL import Image, ImageOps
from torchvision.transforms import InterpolationMode

FILTERS = {
    "nearest": Image.NEAREST,
    "area": Image.BOX,
    "bilinear": Image.BILINEAR,
    "bicubic": Image.BICUBIC,
    "lanczos": Image.LANCZOS,
}


def picture(width, height, channels, seed):
    """Waves, hard edges and noise."""
    random = numpy.random.RandomState(seed)
    y, x = numpy.mgrid[0:height, 0:width]
    planes = []
    for c in range(channels):
        wave = 128 + 90 * numpy.sin(x / (3.0 + c) + y / (5.0 - c) + c)
        wave += 80 * ((x // 6 + y // 5 + c) % 3 == 0)
        wave += random.randint(-20, 21, (height, width))
        planes.append(wave)
    array = numpy.clip(numpy.stack(planes, 2), 0, 255).astype(numpy.uint8)
    return array[:, :, 0] if channels == 1 else array


# PNG, by hand: Pillow writes neither interlaced nor most 16-bit pictures.

def chunk(kind, data):
    crc = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


def png_rows(samples, depth):
    """Rows of samples [h][w][c] as PNG packs them, each behind filter 0."""
    out = b""
    for row in samples.reshape(samples.shape[0], -1):
        if depth == 16:
            packed = row.astype(">u2").tobytes()
        else:
            bits = (row[:, None] >> numpy.arange(depth - 1, -1, -1)) & 1
            packed = numpy.packbits(bits.astype(numpy.uint8)).tobytes()
        out += b"\0" + packed
    return out


def png(samples, depth, colour, chunks=b"", interlaced=False):
    if samples.ndim == 2:
        samples = samples[:, :, None]
    height, width = samples.shape[:2]
    if interlaced:
        adam7 = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4),
                 (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
        data = b""
        for top, left, down, right in adam7:
            part = samples[top::down, left::right]
            if part.size:
                data += png_rows(part, depth)
    else:
        data = png_rows(samples, depth)
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0,
                         int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunks +
            chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b""))


def save(array, kind, mode=None, **options):
    out = io.BytesIO()
    Image.fromarray(array, mode).save(out, kind, **options)
    return out.getvalue()


def segments(jpeg):
    """(marker, bytes of the whole segment) up to the first scan."""
    at = 2
    while jpeg[at + 1] != 0xda:
        length = struct.unpack(">H", jpeg[at + 2:at + 4])[0] + 2
        yield jpeg[at + 1], jpeg[at:at + length]
        at += length
    yield 0xda, jpeg[at:]


def rebuild(jpeg, change):
    return jpeg[:2] + b"".join(change(m, s) for m, s in segments(jpeg))


def exif(entries, order="<"):
    tiff = (b"II" if order == "<" else b"MM") + struct.pack(
        order + "HI", 42, 8)
    tiff += struct.pack(order + "H", len(entries))
    for tag, kind, count, value in entries:
        value = struct.pack(order + ("H2x" if kind == 3 else "I"), value)
        tiff += struct.pack(order + "HHI", tag, kind, count) + value
    return tiff + struct.pack(order + "I", 0)


# Behind another entry, in the byte order that cameras use less.
TURNED = exif([(0x10f, 4, 1, 0), (0x112, 3, 1, 6)], ">")


def with_app1(jpeg, tiff):
    body = b"Exif\0\0" + tiff
    return (jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body +
            jpeg[2:])


def jpeg_samples(rgb, grey, inks):
    samples = {
        "baseline.jpg": save(rgb, "JPEG", quality=90, subsampling=0),
        "subsampled.jpg": save(rgb, "JPEG", quality=80, subsampling=2),
        "progressive.jpg": save(rgb, "JPEG", quality=85, progressive=True),
        "grey.jpg": save(grey, "JPEG", quality=85),
        "cmyk.jpg": save(inks, "JPEG", quality=90, mode="CMYK"),
    }
    cmyk = samples["cmyk.jpg"]
    assert any(m == 0xee for m, _ in segments(cmyk))

    # Other colours, but a sound YCCK file: transform 2 in Adobe's segment.
    samples["ycck.jpg"] = rebuild(
        cmyk, lambda m, s: s[:-1] + b"\2" if m == 0xee else s)
    samples["cmyk-plain.jpg"] = rebuild(
        cmyk, lambda m, s: b"" if m == 0xee else s)

    baseline = samples["baseline.jpg"]
    samples["exif.jpg"] = with_app1(baseline, TURNED)
    samples["exif-corrupt.jpg"] = with_app1(
        baseline, exif([(0x9286, 7, 2555904, 0x7fffffff),
                        (0x112, 2, 2555904, 0xfffffff0)]))
    samples["stray-bytes.jpg"] = baseline[:-2] + b"\x11" * 40 + b"\xff\xd9"
    return samples


def png_samples(rgb, grey, random):
    height, width = grey.shape
    alpha = random.randint(0, 256, (height, width, 1)).astype(numpy.uint8)
    palette = random.randint(0, 256, 16 * 3).astype(numpy.uint8).tobytes()
    plte = chunk(b"PLTE", palette)
    trns = chunk(b"tRNS", bytes(range(0, 256, 16)))
    gama = chunk(b"gAMA", struct.pack(">I", 100000))
    wide = rgb.astype(numpy.uint16) * 256 + alpha
    deep = grey.astype(numpy.uint16) * 256 + alpha[:, :, 0]
    indices = grey // 16
    return {
        "rgb.png": png(rgb, 8, 2, gama + chunk(b"eXIf", TURNED)),
        "alpha.png": png(numpy.concatenate([rgb, alpha], 2), 8, 6),
        "grey-alpha.png": png(numpy.stack([grey, alpha[:, :, 0]], 2), 8, 4),
        "grey-2.png": png(grey // 64, 2, 0),
        "bilevel.png": png(grey // 128, 1, 0),
        "grey-16.png": png(deep, 16, 0),
        "rgb-16.png": png(wide, 16, 2),
        "palette.png": png(indices, 8, 3, plte),
        "palette-alpha.png": png(indices, 4, 3, plte + trns),
        # Two entries only for indices of 0 to 3.
        "palette-short.png": png(grey // 64, 2, 3, chunk(b"PLTE", palette[:6]),
                                 interlaced=True),
        "interlaced.png": png(rgb, 8, 2, interlaced=True),
        "interlaced-bilevel.png": png(grey // 128, 1, 0, interlaced=True),
    }


def webp_samples(rgb, random):
    alpha = random.randint(0, 256, rgb.shape[:2] + (1,)).astype(numpy.uint8)
    rgba = numpy.concatenate([rgb, alpha], 2)
    frames = [Image.fromarray(rgb), Image.fromarray(255 - rgb)]
    animated = io.BytesIO()
    frames[0].save(animated, "WEBP", save_all=True, append_images=frames[1:])
    return {
        "lossy.webp": save(rgb, "WEBP", quality=80),
        "lossless.webp": save(rgb, "WEBP", lossless=True,
                              exif=b"Exif\0\0" + TURNED),
        "alpha.webp": save(rgba, "WEBP", quality=70),
        "alpha-lossless.webp": save(rgba, "WEBP", lossless=True, exact=True),
        "animated.webp": animated.getvalue(),
    }


def pnm(name, array):
    height, width = array.shape[:2]
    kind = "P5" if array.ndim == 2 else "P6"
    return (f"{kind}\n# {name}\n{width} {height}\n255\n".encode() +
            array.tobytes())


def decoded(name, data):
    image = Image.open(io.BytesIO(data))
    if image.mode in ("L", "LA", "1"):
        return numpy.asarray(image.convert("L"))
    if image.mode == "I":  # 16-bit grey: the high byte, on purpose
        return (numpy.asarray(image) >> 8).astype(numpy.uint8)
    return numpy.asarray(image.convert("RGB"))


def reduced(samples):
    for name in ("baseline.jpg", "progressive.jpg", "grey.jpg"):
        for down in (2, 4):
            image = Image.open(io.BytesIO(samples[name]))
            image.draft(image.mode, [side // down for side in image.size])
            yield pnm(f"{name} {down}", numpy.asarray(image))


def oriented(samples):
    for name in ("rgb.png", "lossless.webp"):
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(samples[name])))
        yield pnm(name, numpy.asarray(image))
    for orientation in range(1, 9):
        data = samples["exif.jpg"].replace(
            struct.pack(">HHIH", 0x112, 3, 1, 6),
            struct.pack(">HHIH", 0x112, 3, 1, orientation))
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
        yield pnm(str(orientation), numpy.asarray(image))


RESIZES = {
    "rgb": [(17, 13), (51, 41), (37, 10), (20, 29), (1, 1), (36, 28)],
    "grey": [(16, 40), (45, 20), (5, 5)],
    "small": [(3, 2), (14, 10)],
    "dot": [(5, 4)],
    "line": [(3, 4)],
    "strip": [(5, 5)],
}


def resized(sources):
    for name, array in sources.items():
        yield pnm(name, array)
    for name, sizes in RESIZES.items():
        for size in sizes:
            for filter_name, code in FILTERS.items():
                image = Image.fromarray(sources[name]).resize(size, code)
                yield pnm(f"{name} {filter_name}", numpy.asarray(image))


IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
CIFAR = ([0.4914, 0.4822, 0.4465], [0.2470, 0.2435, 0.2616])


def bgr(array, mean):
    """Caffe's transform of an RGB picture, in float32."""
    return array[:, :, ::-1].astype(numpy.float32) - numpy.float32(mean)


def preprocessed(sources):
    def geometry(name, size, crop, interpolation=InterpolationMode.BILINEAR,
                 mode="RGB"):
        image = Image.fromarray(sources[name]).convert(mode)
        if size is not None:
            image = transforms.Resize(size, interpolation)(image)
        if crop is not None:
            image = transforms.CenterCrop(crop)(image)
        return image

    def normal(image, mean, std):
        tensor = transforms.ToTensor()(image)
        tensor = transforms.Normalize(mean, std)(tensor)
        return tensor.permute(1, 2, 0).numpy()

    bicubic = InterpolationMode.BICUBIC
    yield ("rgb", "torch,resize=16,crop=12",
           normal(geometry("rgb", 16, 12), *IMAGENET))
    yield ("tall", "torch,resize=15,crop=12x13",
           normal(geometry("tall", 15, (12, 13)), *IMAGENET))
    yield ("tall", "torch,resize=14,crop=13x11,interp=bicubic",
           normal(geometry("tall", 14, (13, 11), bicubic), *IMAGENET))
    yield ("rgb", "torch,resize=9,crop=12x15",
           normal(geometry("rgb", 9, (12, 15)), *IMAGENET))
    yield ("small", "torch,resize=0,crop=8",
           normal(geometry("small", None, 8), *IMAGENET))
    yield ("grey", "torch,resize=11,crop=10",
           normal(geometry("grey", 11, 10), *IMAGENET))
    yield ("rgb", "torch,resize=12,crop=10,order=grey,mean=0.5,std=0.25",
           normal(geometry("rgb", 12, 10, mode="L"), [0.5], [0.25]))
    yield ("rgb", "torch,squash=9x11,crop=0",
           normal(geometry("rgb", (9, 11), None), *IMAGENET))
    yield ("small", "cifar10,input=5x7",
           normal(geometry("small", None, None), *CIFAR))
    yield ("rgb", "keras-tf,resize=10,crop=10",
           normal(geometry("rgb", 10, 10), [0.5] * 3, [0.5] * 3))
    yield ("rgb", "caffe,resize=12,crop=11",
           bgr(numpy.asarray(geometry("rgb", 12, 11)), [104, 117, 123]))
    yield ("small", "none,input=5x7", sources["small"].astype(numpy.float32))


def main():
    folder = Path(sys.argv[1])
    random = numpy.random.RandomState(7)
    rgb = picture(37, 29, 3, 1)
    grey = picture(37, 29, 1, 2)
    samples = jpeg_samples(rgb, grey, picture(37, 29, 4, 3))
    samples.update(png_samples(rgb, grey, random))
    samples.update(webp_samples(rgb, random))
    for name, data in samples.items():
        (folder / name).write_bytes(data)
    (folder / "decoded.pnm").write_bytes(b"".join(
        pnm(name, decoded(name, data)) for name, data in samples.items()
        if name != "animated.webp"))
    (folder / "reduced.pnm").write_bytes(b"".join(reduced(samples)))
    (folder / "oriented.pnm").write_bytes(
        b"".join(oriented(samples)))

    sources = {
        "rgb": rgb,
        "grey": picture(23, 31, 1, 4),
        "tall": picture(23, 31, 3, 5),
        "small": picture(7, 5, 3, 6),
        "dot": picture(1, 1, 3, 7),
        "line": picture(1, 9, 3, 8),
        "strip": picture(64, 2, 3, 9),
    }
    (folder / "resized.pnm").write_bytes(b"".join(resized(sources)))
    with open(folder / "preprocessed.txt", "w", encoding="ascii") as out:
        for name, text, values in preprocessed(sources):
            numbers = " ".join(f"{v:.9g}" for v in values.ravel())
            out.write(f"{name} {text} {numbers}\n")


if __name__ == "__main__":
    main()
