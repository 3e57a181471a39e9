"""What whole commands cost beside their network, ours and nnU-Net's in turn: seconds (minima over `--command_rounds`), ratio, peak memory.

`compare.py` runs these after the networks; `--commands` names them, `--long` adds those that take minutes, once:

    case-3, case-60    a CT of 160x256x256 voxels of 2x0.9x0.9 mm to 1.5 mm and back, for 3 and 60 labels, the network's time taken out:
                       ours the seconds that `predict_from_modelfolder --verbose` prints but for load and predict, and the peak memory
                       of the whole command, network included; nnU-Net's the preprocessor's `run_case` and
                       `export_prediction_from_logits` on the logits of the same network, in a process of their own that never holds one
    evaluate           `evaluate_folder` on twelve label maps of 128x256x256 voxels with 4 labels
    folder             `predict_from_modelfolder` on 40 cases of 35x50x36 voxels
    long-105           `predict_from_modelfolder`, ours alone, on a CT of 400x512x512 voxels with 105 labels (--long)

Peak memory is the larger of two: the resident sets of the command and all its descendants, added every 20 ms (a page that two
processes share counts twice), and the high-water mark of the largest of them.
Inputs and models are made in the cache folder; models need the package nnunetv2, unless an earlier run left them there.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time

import models

HERE = os.path.dirname(os.path.abspath(__file__))
DEFAULT = ["predict", "case-3", "case-60", "evaluate", "folder"]
LONG = ["long-105"]
CASES = {
    # size (z, y, x), spacing (z, y, x) in mm
    "case": ((160, 256, 256), (2, 0.9, 0.9)),
    "long": ((400, 512, 512), (1.5, 0.75, 0.75)),
}


# What is measured


class Memory(threading.Thread):
    """The peak resident set of a process and its descendants, sampled while they run."""

    def __init__(self, process):
        super().__init__(daemon=True)
        self.process, self.peak, self.is_over = process, 0, threading.Event()

    def run(self):
        while not self.is_over.wait(0.02):
            resident, marks = zip(*map(self.of_process, self.tree(self.process)))
            self.peak = max(self.peak, sum(resident), *marks)

    def tree(self, process):
        found = [process]
        try:
            for thread in os.listdir(f"/proc/{process}/task"):
                with open(f"/proc/{process}/task/{thread}/children") as stream:
                    for child in stream.read().split():
                        found += self.tree(int(child))
        except OSError:
            pass  # it ended meanwhile
        return found

    def of_process(self, process):
        try:
            with open(f"/proc/{process}/status") as stream:
                fields = dict(re.findall(r"^(VmRSS|VmHWM):\s+(\d+)", stream.read(), re.MULTILINE))
        except OSError:
            fields = {}
        return 1024 * int(fields.get("VmRSS", 0)), 1024 * int(fields.get("VmHWM", 0))


def measured(command):
    """Wall seconds, peak memory in bytes, and what the command printed."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    memory = Memory(process.pid)
    memory.start()
    printed = process.communicate()[0].decode(errors="replace")
    seconds = time.perf_counter() - start
    memory.is_over.set()
    memory.join()
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} failed: {printed[-2000:]}")
    return seconds, memory.peak, printed


def prediction(options, model, images, output, *more):
    shutil.rmtree(output, ignore_errors=True)
    return ["predict_from_modelfolder", "-i", images, "-o", output, "-m", model, "-f", "0", *more]


def steps(printed):
    """Seconds of each step of a case, as `--verbose` prints them."""
    return {step: float(seconds) for step, seconds in re.findall(r"^  (\w+): ([\d.]+) s$", printed, re.MULTILINE)}


def upstream(command):
    return os.path.join(os.path.dirname(sys.executable), f"nnUNetv2_{command}")


def in_turn(title, options, ours, theirs):
    """Prints the minima of the two, each a function to (seconds, bytes, remark), and their ratios."""
    print(f"\n{title}", flush=True)
    runs = {"nnunetd": ours, "nnunetv2": theirs if options.has_upstream else None}
    results = {name: [] for name, run in runs.items() if run}
    for _ in range(options.command_rounds if theirs else 1):
        for name in results:
            results[name].append(runs[name]())
    for name, found in results.items():
        seconds, _, remark = min(found)
        print(f"  {name:<9} {seconds:8.2f} s, peak {max(peak for _, peak, _ in found) / 2**20:6.0f} MiB{remark}")
    if len(results) == 2:
        ratio = min(results["nnunetv2"])[0] / min(results["nnunetd"])[0]
        memory = max(r[1] for r in results["nnunetd"]) / max(r[1] for r in results["nnunetv2"])
        print(f"  {ratio:.1f} times faster, {100 * memory:.0f} % of the memory", flush=True)


# The comparisons


def compare_case(name, options):
    kind, labels = name.split("-")
    model, images = made(options, f"model-{labels}"), made(options, kind)
    if model is None:
        return print(f"\n{name}: left out, its model is made with the Python package nnunetv2, which is not installed")
    scratch = f"{options.cache}/results-{name}"
    size, spacing = CASES[kind]

    def ours():
        options_here = ["--verbose", "--disable_progress_bar", *(["--disable_tta"] if kind == "case" else [])]
        seconds, peak, printed = measured([options.binary, *prediction(options, model, images, f"{scratch}/ours", *options_here)])
        parts = steps(printed)
        remark = " (" + ", ".join(f"{step} {value:.2f}" for step, value in parts.items() if value) + ")"
        if kind == "case":
            seconds = sum(value for step, value in parts.items() if step not in ("load", "predict"))
        return seconds, peak, remark

    def theirs():
        _, peak, printed = measured([sys.executable, __file__, "export", model, images, logits, f"{scratch}/theirs"])
        parts = json.loads(next(line for line in printed.splitlines() if line.startswith("{")))
        remark = " (" + ", ".join(f"{step} {value:.2f}" for step, value in parts.items()) + ")"
        return sum(parts.values()), peak, remark

    voxels, millimetres = "x".join(map(str, size)), "x".join(map(str, spacing))
    title = f"{name}: {voxels} voxels of {millimetres} mm, {labels} labels"
    if kind == "case":
        logits = made(options, f"logits-{labels}") if options.has_upstream else None
        return in_turn(f"{title}, without the network", options, ours, theirs)
    in_turn(f"{title}, whole command", options, ours, None)


def compare_evaluation(name, options):
    folder = made(options, "label-maps")
    arguments = ["evaluate_folder", f"{folder}/references", f"{folder}/predictions", "-djfile", f"{folder}/dataset.json"]
    arguments += ["-pfile", f"{folder}/plans.json", "-np", "2"]

    def run(*command):
        seconds, peak, _ = measured([*command, "-o", f"{folder}/summary.json"])
        return seconds, peak, ""

    in_turn(
        f"{name}: evaluate_folder, twelve label maps of 128x256x256 voxels with 4 labels", options,
        lambda: run(options.binary, *arguments), lambda: run(upstream(arguments[0]), *arguments[1:]),
    )  # fmt: skip


def compare_folder(name, options):
    with open(f"{options.folder_model}/plans.json") as stream:
        spacing = json.load(stream)["configurations"]["3d_fullres"]["spacing"]
    images = made(options, "small-" + "x".join(map(str, spacing)))  # of the model's own spacing
    scratch = f"{options.cache}/results-{name}"

    def ours():
        return *measured([options.binary, *prediction(options, options.folder_model, images, f"{scratch}/ours")])[:2], ""

    def theirs():
        command, *arguments = prediction(options, options.folder_model, images, f"{scratch}/theirs")
        arguments += ["-npp", "2", "-nps", "2", "-device", "cpu", "--disable_progress_bar"]
        return *measured([upstream(command), *arguments])[:2], ""

    model = os.path.basename(options.folder_model.rstrip("/"))
    in_turn(f"{name}: predict_from_modelfolder, 40 cases of 35x50x36 voxels, {model}, fold 0", options, ours, theirs)


def compare(name, options):
    for folder in ("nnUNet_raw", "nnUNet_preprocessed", "nnUNet_results"):
        os.environ.setdefault(folder, f"{options.cache}/nowhere")
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    if name == "evaluate":
        return compare_evaluation(name, options)
    if name == "folder":
        return compare_folder(name, options) if options.folder_model else print("\nfolder: left out, --folder_model names no model")
    if name in DEFAULT + LONG:
        return compare_case(name, options)
    sys.exit(f"no command is called {name}; there are {', '.join(DEFAULT + LONG)}")


# What is made, each in a process of its own, so that this one stays small: a child's peak memory starts at its parent's


def made(options, what):
    """The path of an input or model in the cache folder, None where it can't be made."""
    path = f"{options.cache}/{what}"
    if os.path.exists(path):
        return path
    if what.startswith(("model", "logits")) and not options.has_upstream:
        return None
    subprocess.run([sys.executable, __file__, "make", what, path], check=True, stdout=subprocess.DEVNULL)
    return path


def write_image(path, array, spacing):
    """An array (z, y, x) as NIfTI, its spacing in mm."""
    import nibabel
    import numpy

    nibabel.save(nibabel.Nifti1Image(array.transpose(2, 1, 0), numpy.diag([*spacing[::-1], 1])), path)


def ellipsoids(size, count, seed):
    """Labels of ellipsoids that lie in each other's way."""
    import numpy

    random = numpy.random.default_rng(seed)
    labels = numpy.zeros(size, numpy.uint8)
    axes = numpy.ogrid[tuple(slice(0, n) for n in size)]
    for label in range(1, count + 1):
        centre, radius = (random.uniform(low, high, 3) * size for low, high in ((0.25, 0.75), (0.08, 0.25)))
        labels[sum(((axis - c) / r) ** 2 for axis, c, r in zip(axes, centre, radius)) <= 1] = label
    return labels


def ct(size, seed=0):
    """A body of organs in air, in Hounsfield units, with noise."""
    import numpy

    random = numpy.random.default_rng(seed)
    values = numpy.array([0, *random.integers(-150, 400, 30)], numpy.int16)
    image = values[ellipsoids(size, 30, seed)]
    for plane in image:
        plane += random.normal(0, 12, plane.shape).astype(numpy.int16)
    y, x = numpy.ogrid[-1 : 1 : size[1] * 1j, -1 : 1 : size[2] * 1j]
    image[:, (x / 0.9) ** 2 + (y / 0.7) ** 2 > 1] = -1000
    return image


def make_label_maps(folder):
    import numpy

    for index in range(12):
        labels = ellipsoids((128, 256, 256), 4, index)
        for kind, array in (("references", labels), ("predictions", numpy.roll(labels, (1, 2, 3), (0, 1, 2)))):
            os.makedirs(f"{folder}/{kind}", exist_ok=True)
            write_image(f"{folder}/{kind}/case_{index:02}.nii.gz", array, (2, 0.9, 0.9))
    for value, file in ((models.plans("ct", 5), "plans.json"), (models.dataset("ct", 5), "dataset.json")):
        with open(f"{folder}/{file}", "w") as stream:
            json.dump(value, stream)


def make_small_cases(folder, spacing):
    import numpy

    for index in range(40):
        random = numpy.random.default_rng(index)
        image = 100 * ellipsoids((35, 50, 36), 3, index) + random.normal(200, 20, (35, 50, 36))
        write_image(f"{folder}/case_{index:02}_0000.nii.gz", image.astype(numpy.float32), spacing)


def make_logits(labels, cache, path):
    """What nnU-Net's predictor makes of the case, as it hands it to its export."""
    import numpy

    predictor = predictor_of(f"{cache}/model-{labels}")
    data, _ = preprocessed(predictor, f"{cache}/case")
    logits = predictor.predict_logits_from_preprocessed_data(data).cpu().detach().numpy()
    with open(path, "wb") as stream:
        numpy.save(stream, logits)


def make(what, path):
    cache, partial = os.path.dirname(path), f"{path}.part"
    shutil.rmtree(partial, ignore_errors=True)
    kind = what.split("-")[0]
    if kind != "logits":
        os.makedirs(partial)
    if kind == "model":
        models.write("ct", partial, labels=int(what.split("-")[1]), as_onnx=False)
    elif kind in CASES:
        size, spacing = CASES[kind]
        write_image(f"{partial}/ct_0000.nii.gz", ct(size), spacing)
    elif kind == "label":
        make_label_maps(partial)
    elif kind == "small":
        make_small_cases(partial, [float(axis) for axis in what.split("-")[1].split("x")])
    else:
        make_logits(what.split("-")[1], cache, partial)
    os.rename(partial, path)


# nnU-Net's steps around the network


def predictor_of(model):
    import torch
    from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor

    predictor = nnUNetPredictor(use_mirroring=False, perform_everything_on_device=False, device=torch.device("cpu"), allow_tqdm=False)
    predictor.initialize_from_trained_model_folder(model, (0,))
    return predictor


def preprocessed(predictor, images):
    import torch

    plans, configuration = predictor.plans_manager, predictor.configuration_manager
    preprocessor = configuration.preprocessor_class(verbose=False)
    files = [f"{images}/{file}" for file in sorted(os.listdir(images))]
    data, _, properties = preprocessor.run_case(files, None, plans, configuration, predictor.dataset_json)
    return torch.from_numpy(data).to(torch.float32), properties


def export(model, images, logits, output):
    """Prints the seconds of nnU-Net's preprocessing and export of one case; the network is never built."""
    import types

    import numpy
    import torch  # noqa: F401  (its import is no step of the case)
    from nnunetv2.inference.export_prediction import export_prediction_from_logits
    from nnunetv2.utilities.plans_handling.plans_handler import PlansManager

    plans = PlansManager(f"{model}/plans.json")
    with open(f"{model}/dataset.json") as stream:
        dataset = json.load(stream)
    configuration = plans.get_configuration("3d_fullres")
    _ = configuration.preprocessor_class, plans.image_reader_writer_class
    os.makedirs(output, exist_ok=True)
    start = time.perf_counter()
    described = types.SimpleNamespace(plans_manager=plans, configuration_manager=configuration, dataset_json=dataset)
    data, properties = preprocessed(described, images)
    preparation = time.perf_counter() - start
    del data
    array = numpy.load(logits)
    start = time.perf_counter()
    export_prediction_from_logits(array, properties, configuration, plans, dataset, f"{output}/ct")
    print(json.dumps({"read and preprocess": preparation, "export and write": time.perf_counter() - start}))


if __name__ == "__main__":
    {"make": make, "export": export}[sys.argv[1]](*sys.argv[2:])
