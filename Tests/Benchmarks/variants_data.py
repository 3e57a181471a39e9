"""The synthetic cases of variants.py: a bright organ with a lesion in it, written in every format that nnU-Net reads."""

import json
import os

import nibabel
import numpy as np
import SimpleITK
import tifffile
from scipy.ndimage import gaussian_filter
from skimage import io

# Rotated about two axes, with one axis the other way round; and with the axes not at right angles, which only nibabel takes.
OBLIQUE = np.linalg.qr(np.array([[0.866, -0.489, -0.104], [0.5, 0.847, 0.18], [0.0, -0.208, 0.978]]))[0] @ np.diag([-1, 1, -1])
DIRECTIONS = {
    None: np.eye(3), "oblique": OBLIQUE, "sheared": OBLIQUE @ np.array([[1, 0.2, 0], [0, 1, 0.1], [0, 0, 1]]),
    "flipped": np.diag([-1, 1, -1]), "turned": np.array([[0, 0, 1], [-1, 0, 0], [0, 1, 0]])}


def volume(shape, special, channels, parts, border, generator):
    """`channels` images and their label map of `parts` labels, (z, y, x)."""
    middle = [(size - 1) / 2 + generator.uniform(-1, 1) for size in shape]
    axes = np.meshgrid(*[np.arange(size, dtype=float) for size in shape], indexing="ij")
    distance = np.sqrt(sum(((axis - centre) / max(size * 0.36, 1)) ** 2 for axis, centre, size in zip(axes, middle, shape)))
    wobble = gaussian_filter(generator.standard_normal(shape), 2) * 2
    labels = np.where(distance + wobble < 0.45, 2, np.where(distance + wobble < 0.9, 1, 0))
    if parts > 2:
        labels = np.where(labels > 0, 1 + np.digitize(axes[1] + axes[2], np.linspace(0, shape[1] + shape[2], parts + 1)[1:-1]), 0)
    images, brightness = [], np.array([40.0, *np.linspace(140.0, 230.0, parts)])[labels]
    for channel in range(channels):
        image = brightness * (1 - 0.1 * channel) + gaussian_filter(generator.standard_normal(shape), 0.6) * 30
        images.append(np.clip(np.round(image), 1, 255).astype(np.int16))
    empty = (12 if special == "border" else 0) + border
    if empty and min(shape) > 2 * empty or special == "border":
        keep = np.zeros(shape, bool)
        margin = [min(empty, (size - 2) // 3) for size in shape]
        keep[tuple(slice(m, size - m) for m, size in zip(margin, shape))] = True
        images, labels = [np.where(keep, image, 0) for image in images], np.where(keep, labels, 0)
    if special in ("constant", "zero"):
        images = [np.full(shape, 0 if special == "zero" else 77, np.int16) for _ in images]
    return images, labels


def write_volume(file, array, spacing, dataset):
    """Writes one array; `file` has its ending."""
    ending, direction = dataset["ending"], DIRECTIONS[dataset.get("affine")]
    if ending in (".png", ".bmp") or ending == ".tif" and dataset.get("picture"):
        io.imsave(file, array, check_contrast=False)
    elif ending == ".tif":
        tifffile.imwrite(file, array)
    elif dataset.get("reader", "").startswith("Nibabel"):
        affine = np.eye(4)
        affine[:3, :3] = direction @ np.diag(spacing[::-1])
        affine[:3, 3] = (-31.5, 12.25, 7)
        image = nibabel.Nifti1Image(array.transpose(2, 1, 0), affine)
        if "scaling" in dataset:
            image.header.set_slope_inter(*dataset["scaling"])
        nibabel.save(image, file)
    else:
        image = SimpleITK.GetImageFromArray(array)
        axes = array.ndim
        image.SetSpacing(spacing[::-1][:axes])
        image.SetOrigin((-31.5, 12.25, 7.0)[:axes])
        image.SetDirection(direction[:axes, :axes].astype(float).ravel().tolist())
        SimpleITK.WriteImage(image, file)


def write_case(name, case, dataset, image_folder, label_folder=None):
    shape, spacing, special = case
    generator = np.random.default_rng(list(map(ord, name)))
    picture, ending = dataset.get("picture"), dataset["ending"]
    channels = len(dataset["channels"])
    if picture:
        shape = (1, shape[1] + 20, shape[2] + 14)
    images, labels = volume(shape, special, channels, len(dataset.get("values", [1, 2])), dataset.get("border", 0), generator)
    values = np.array([0, *dataset.get("values", [1, 2]), *([3] if "ignore" in dataset["labels"] else [])])
    if "ignore" in dataset["labels"]:
        labels[: max(1, shape[0] // 5)] = 3
    labels = values[labels].astype(np.uint8)
    if picture == "rgb":
        write_volume(f"{image_folder}/{name}_0000{ending}", np.stack([i[0] for i in images], -1).astype(np.uint8), spacing, dataset)
    else:
        for channel, image in enumerate(images):
            array = (image[0] if picture else image).astype(dataset.get("dtype", np.uint8 if picture else np.int16))
            if dataset.get("dtype", "").startswith("float"):
                array = array * 1.37 + 0.123
            write_volume(f"{image_folder}/{name}_{channel:04d}{ending}", array, spacing, dataset)
    if label_folder:
        write_volume(f"{label_folder}/{name}{ending}", labels[0] if picture else labels, spacing, dataset)
    for folder in (image_folder, label_folder) if ending == ".tif" and not picture else ():
        if folder:
            with open(f"{folder}/{name}.json", "w") as stream:
                json.dump({"spacing": spacing}, stream)


def write_dataset(folder, dataset, cases):
    """A raw data set of nnU-Net's with three training cases."""
    for part in ("imagesTr", "labelsTr"):
        os.makedirs(f"{folder}/{part}", exist_ok=True)
    for number, case in enumerate(cases):
        write_case(f"train{number}", case, dataset, f"{folder}/imagesTr", f"{folder}/labelsTr")
    description = {
        dataset.get("channel_key", "channel_names"): {str(channel): name for channel, name in enumerate(dataset["channels"])},
        "labels": dataset["labels"], "numTraining": len(cases), "file_ending": dataset["ending"]}
    if "regions_class_order" in dataset:
        description["regions_class_order"] = dataset["regions_class_order"]
    if "reader" in dataset:
        description["overwrite_image_reader_writer"] = dataset["reader"]
    with open(f"{folder}/dataset.json", "w") as stream:
        json.dump(description, stream, indent=4)


def read_labels(file):
    """A label map and what its header says of its place."""
    if file.endswith((".png", ".bmp")):
        return io.imread(file), []
    if file.endswith(".tif"):
        array, side = tifffile.imread(file), file[: -len(".tif")] + ".json"
        return array, json.load(open(side))["spacing"] if os.path.exists(side) else []
    if file.endswith((".nii", ".nii.gz")):
        image = nibabel.load(file)
        header = image.header
        codes = [int(header["sform_code"]), int(header["qform_code"]), int(header["xyzt_units"])]
        place = [*header.get_zooms(), *image.get_sform().ravel(), *image.get_qform().ravel(), *codes]
        return np.asarray(image.dataobj), place
    image = SimpleITK.ReadImage(file)
    return SimpleITK.GetArrayFromImage(image), [*image.GetSpacing(), *image.GetOrigin(), *image.GetDirection()]
