#!/usr/bin/env python3
"""Small images of every format that nnU-Net's reader classes take, and what these make of them, as images.zip beside this file.

Needs nnunetv2 2.8.1 with SimpleITK, scikit-image, tifffile, imagecodecs and Pillow. The result is committed; run this only to change it.
Its manifest.json holds for each case the files, the class, and what upstream's class gives: the array's shape (channel, z, y, x), the
SHA-256 of its float32 values, spacing and geometry; or that it is refused.
"""
import hashlib
import json
import os
import struct
import tempfile
import zipfile
import zlib

import numpy as np
import SimpleITK as sitk
import tifffile
from PIL import Image

from nnunetv2.imageio.natural_image_reader_writer import NaturalImage2DIO
from nnunetv2.imageio.simpleitk_reader_writer import SimpleITKIO, SimpleITKIOWithReorient
from nnunetv2.imageio.tif_reader_writer import Tiff3DIO

OUT = tempfile.mkdtemp()
CLASSES = {c.__name__: c for c in (SimpleITKIO, SimpleITKIOWithReorient, NaturalImage2DIO, Tiff3DIO)}
random = np.random.default_rng(11)
cases = []


def place(name):
    return os.path.join(OUT, name)


def add(name, reader, *files):
    files = list(files) or [name]
    case = {"name": name, "reader": reader, "files": files}
    try:
        array, properties = CLASSES[reader]().read_images([place(f) for f in files])
        case["shape"] = list(array.shape)
        case["sha256"] = hashlib.sha256(np.ascontiguousarray(array, np.float32).tobytes()).hexdigest()
        case["spacing"] = [float(s) for s in properties["spacing"]]
        if "sitk_stuff" in properties:
            case["sitk"] = {k: list(v) if not isinstance(v, str) else v for k, v in properties["sitk_stuff"].items()}
    except Exception as error:
        case["refused"] = type(error).__name__
    cases.append(case)


def values(shape, dtype):
    if np.dtype(dtype).kind == "f":
        return random.normal(0, 1000, shape).astype(dtype)
    info = np.iinfo(dtype)
    return random.integers(info.min, info.max, shape, dtype=dtype, endpoint=True)


def volume(array, spacing, origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1)):
    image = sitk.GetImageFromArray(array)
    count = image.GetDimension()
    image.SetSpacing(spacing[:count])
    image.SetOrigin(origin[:count])
    if count == 3:
        image.SetDirection(direction)
    return image


def itk():
    for ending in ("nrrd", "mha", "gipl"):
        for number, dtype in enumerate((np.uint8, np.int8, np.int16, np.uint16, np.int32, np.uint32, np.float32, np.float64)):
            if ending == "gipl" and dtype in (np.int32, np.uint32):
                continue
            name = f"{np.dtype(dtype).name}.{ending}"
            image = volume(values((3, 4, 5), dtype), (0.7, 1.25, 3.3), (-12.5, 33.125, 4.75))
            sitk.WriteImage(image, place(name), number % 2 == 0)
            add(name, "SimpleITKIO")
        name = f"oblique.{ending}"
        angle = 0.31
        turn = (np.cos(angle), -np.sin(angle), 0, np.sin(angle), np.cos(angle), 0, 0, 0, 1)
        sitk.WriteImage(volume(values((3, 4, 5), np.int16), (0.5, 0.625, 2.0), (1, 2, 3), turn), place(name), True)
        add(name, "SimpleITKIO")
        add(name, "SimpleITKIOWithReorient")
        name = f"turned.{ending}"
        sitk.WriteImage(volume(values((3, 4, 5), np.int16), (0.5, 0.625, 2.0), (1, 2, 3), (0, 0, 1, -1, 0, 0, 0, -1, 0)), place(name), True)
        add(name, "SimpleITKIO")
        add(name, "SimpleITKIOWithReorient")
        name = f"plane.{ending}"
        sitk.WriteImage(volume(values((4, 5), np.int16), (0.5, 0.625), (1, 2)), place(name), False)
        add(name, "SimpleITKIO")
        name = f"slice.{ending}"
        sitk.WriteImage(volume(values((1, 4, 5), np.int16), (0.5, 0.625, 2.0)), place(name), False)
        add(name, "SimpleITKIO")
        if ending != "gipl":
            name = f"series.{ending}"
            array = values((2, 3, 4, 5), np.int16)
            image = sitk.JoinSeries([volume(a, (0.5, 0.625, 2.0)) for a in array])
            sitk.WriteImage(image, place(name), False)
            add(name, "SimpleITKIO")
            name = f"rgb.{ending}"
            sitk.WriteImage(sitk.GetImageFromArray(values((3, 4, 5, 3), np.uint8), isVector=True), place(name), True)
            cases.append({"name": name, "reader": "SimpleITKIO", "files": [name], "refused": "misread"})
            name = f"notfinite.{ending}"
            array = values((3, 4, 5), np.float32)
            array[0, 0, :3] = (np.nan, np.inf, -np.inf)
            sitk.WriteImage(volume(array, (1, 1, 1)), place(name), False)
            add(name, "SimpleITKIO")
    text = lambda t: t.encode()
    raw = values((3, 4, 5), np.int16).astype(">i2")
    open(place("big.nrrd"), "wb").write(
        text("NRRD0004\ntype: short\ndimension: 3\nspace: right-anterior-superior\nsizes: 5 4 3\nspace directions: (0.5,0,0) (0,-0.75,0) (0,0,2)\n"
             "kinds: domain domain domain\nendian: big\nencoding: raw\nspace origin: (1,2,3)\n\n") + raw.tobytes())
    add("big.nrrd", "SimpleITKIO")
    open(place("spacings.nrrd"), "wb").write(
        text("NRRD0004\n# without a space\ntype: unsigned char\ndimension: 3\nsizes: 5 4 3\nspacings: 0.5 -0.75 2\nencoding: ascii\n\n")
        + " ".join(str(v) for v in range(60)).encode() + b"\n")
    add("spacings.nrrd", "SimpleITKIO")
    open(place("detached.nrrd"), "wb").write(
        text("NRRD0004\ntype: short\ndimension: 3\nsizes: 5 4 3\nspacings: 1 1 2\nendian: big\nencoding: raw\ndata file: detached.raw\n"))
    open(place("detached.raw"), "wb").write(raw.tobytes())
    add("detached.nrrd", "SimpleITKIO")
    open(place("big.mha"), "wb").write(
        text("ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = True\nCompressedData = False\n"
             "TransformMatrix = 1 0 0 0 -1 0 0 0 1\nOffset = 1 2 3\nElementSpacing = 0.5 0.75 -2\nDimSize = 5 4 3\nElementType = MET_SHORT\n"
             "ElementDataFile = LOCAL\n") + raw.tobytes())
    add("big.mha", "SimpleITKIO")


def png(name, width, height, bits, colour, rows, *chunks):
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    data = b"".join(b"\0" + row for row in rows)
    open(place(name), "wb").write(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunk(k, d) for k, d in chunks) + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b""))


def pictures():
    def saved(name, image, **options):
        image.save(place(name), **options)
        add(name, "NaturalImage2DIO")

    grey, rgb, rgba = values((6, 7), np.uint8), values((6, 7, 3), np.uint8), values((6, 7, 4), np.uint8)
    for ending in ("png", "bmp", "tif"):
        saved(f"grey.{ending}", Image.fromarray(grey))
        saved(f"rgb.{ending}", Image.fromarray(rgb))
        saved(f"palette.{ending}", Image.fromarray(rgb).quantize(9))
        saved(f"bits.{ending}", Image.fromarray(grey > 128))
        if ending != "bmp":
            saved(f"rgba.{ending}", Image.fromarray(rgba))
            saved(f"deep.{ending}", Image.fromarray(values((6, 7), np.uint16)))
            saved(f"alpha.{ending}", Image.fromarray(grey).convert("LA"))
        add(f"two.{ending}", "NaturalImage2DIO", f"grey.{ending}", f"grey.{ending}")
        add(f"mixed.{ending}", "NaturalImage2DIO", f"rgb.{ending}", f"grey.{ending}")
    saved("rgba.bmp", Image.fromarray(rgba))
    saved("palette4.bmp", Image.fromarray(rgb).quantize(9), bits=4)
    for bits in (2, 4):
        png(f"grey{bits}.png", 8, 2, bits, 0, [bytes(values(bits, np.uint8)) for _ in range(2)])
        add(f"grey{bits}.png", "NaturalImage2DIO")
    png("deeprgb.png", 2, 2, 16, 2, [bytes(values(12, np.uint8)) for _ in range(2)])
    add("deeprgb.png", "NaturalImage2DIO")
    palette = (b"PLTE", bytes(values(12, np.uint8)))
    png("palette2.png", 8, 2, 2, 3, [bytes(values(2, np.uint8)) for _ in range(2)], palette)
    add("palette2.png", "NaturalImage2DIO")
    png("transparent.png", 4, 1, 8, 3, [b"\0\1\2\1"], palette, (b"tRNS", b"\0\x80"))
    add("transparent.png", "NaturalImage2DIO")
    png("gamma.png", 4, 1, 8, 0, [b"\0\1\2\xff"], (b"gAMA", struct.pack(">I", 45455)), (b"tRNS", b"\0\1"))
    add("gamma.png", "NaturalImage2DIO")


def tiffs():
    def written(name, array, *readers, **options):
        tifffile.imwrite(place(name), array, **options)
        for reader in readers:
            add(name, reader)

    both = ("NaturalImage2DIO", "Tiff3DIO")
    stack = values((5, 6, 7), np.uint16)
    for dtype in (np.uint8, np.int16, np.uint16, np.int32, np.float16, np.float32, np.float64):
        written(f"{np.dtype(dtype).name}_0000.tif", values((5, 6, 7), dtype), "Tiff3DIO")
        written(f"plane_{np.dtype(dtype).name}.tif", values((6, 7), dtype), *both)
    for name in ("zlib", "lzw", "packbits"):
        written(f"{name}_0000.tif", stack, "Tiff3DIO", compression=name)
        written(f"{name}_rgb.tif", values((6, 7, 3), np.uint8), *both, compression=name, photometric="rgb")
    written("predictor_0000.tif", stack, "Tiff3DIO", compression="zlib", predictor=True)
    written("bigtiff_0000.tiff", stack, "Tiff3DIO", bigtiff=True)
    written("bigendian_0000.tif", stack, "Tiff3DIO", byteorder=">")
    written("strips_0000.tif", stack, "Tiff3DIO", rowsperstrip=4)
    written("tiled_0000.tif", values((2, 19, 34), np.uint8), "Tiff3DIO", tile=(16, 32))
    written("tiledrgb.tif", values((19, 34, 3), np.uint16), *both, tile=(16, 32), photometric="rgb")
    written("planes.tif", values((3, 6, 7), np.uint8), *both, photometric="rgb", planarconfig="separate")
    written("three.tif", values((3, 6, 7), np.uint8), *both)
    written("narrow.tif", values((5, 6, 3), np.uint8), *both)
    written("one_0000.tif", stack[:1], *both)
    written("plain_0000.tif", stack, "Tiff3DIO", metadata=None)
    written("imagej_0000.tif", stack, "Tiff3DIO", imagej=True)
    written("hyper_0000.tif", values((2, 5, 6, 7), np.uint8), *both)
    written("white.tif", values((6, 7), np.uint8), "NaturalImage2DIO", photometric="miniswhite")
    written("spaced_0000.tif", stack, "Tiff3DIO")
    json.dump({"spacing": [3.3, 0.7, 0.5]}, open(place("spaced.json"), "w"))
    cases.pop()
    add("spaced_0000.tif", "Tiff3DIO")


itk()
pictures()
tiffs()
with zipfile.ZipFile(os.path.join(os.path.dirname(os.path.abspath(__file__)), "images.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
    for name in sorted(os.listdir(OUT)):
        archive.writestr(zipfile.ZipInfo(name), open(place(name), "rb").read(), zipfile.ZIP_DEFLATED)
    archive.writestr(zipfile.ZipInfo("manifest.json"), json.dumps({"cases": cases}, indent=1), zipfile.ZIP_DEFLATED)
