"""How far nnU-Net's probabilities and ours are from a run of the same model in float64 throughout.

usage: accuracy.py NNUNET_BINARY MODEL_FOLDER CASE_NAME FIRST_CHANNEL_FILE... [--folds 0 1 2]

The float64 run starts from nnU-Net's own preprocessed float32 array and does everything after it (network, Gaussian weighting,
mirroring, folds, resampling, softmax) in double precision. Both programs run on the same files with `--save_probabilities`.
"""

import argparse
import itertools
import os
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import torch
from acvl_utils.cropping_and_padding.padding import pad_nd_image
from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor
from nnunetv2.inference.sliding_window_prediction import compute_gaussian, compute_steps_for_sliding_window


def float64_probabilities(predictor, files):
    plans, configuration = predictor.plans_manager, predictor.configuration_manager
    preprocessor = configuration.preprocessor_class(verbose=False)
    data, _, properties = preprocessor.run_case(files, None, plans, configuration, predictor.dataset_json)
    patch = configuration.patch_size
    padded, slicer = pad_nd_image(torch.from_numpy(np.asarray(data)), patch, "constant", {"value": 0}, True, None)
    padded = padded.double()
    gaussian = compute_gaussian(tuple(patch), sigma_scale=1 / 8, value_scaling_factor=10, device=torch.device("cpu")).double()
    axes = predictor.allowed_mirroring_axes or ()
    flips = [tuple(a + 2 for a in c) for n in range(len(axes) + 1) for c in itertools.combinations(axes, n)]
    network = predictor.network.double().eval()
    total = None
    for parameters in predictor.list_of_parameters:
        network.load_state_dict(parameters)
        network.double()
        logits = torch.zeros((predictor.label_manager.num_segmentation_heads, *padded.shape[1:]), dtype=torch.float64)
        weight = torch.zeros(padded.shape[1:], dtype=torch.float64)
        steps = compute_steps_for_sliding_window(padded.shape[1:], patch, 0.5)
        for start in itertools.product(*steps):
            window = tuple(slice(s, s + p) for s, p in zip(start, patch))
            tile = padded[(slice(None), *window)][None]
            with torch.inference_mode():
                output = sum(torch.flip(network(torch.flip(tile, f)), f) if f else network(tile) for f in flips) / len(flips)
            logits[(slice(None), *window)] += output[0] * gaussian
            weight[window] += gaussian
        logits /= weight
        total = logits if total is None else total + logits
    total = (total / len(predictor.list_of_parameters))[(slice(None), *slicer[1:])].numpy()
    spacing = [properties["spacing"][axis] for axis in plans.transpose_forward]
    current = configuration.spacing if len(configuration.spacing) == len(total.shape[1:]) else [spacing[0], *configuration.spacing]
    total = configuration.resampling_fn_probabilities(total, properties["shape_after_cropping_and_before_resampling"], current, spacing)
    total = np.asarray(total, dtype=np.float64)
    exponent = np.exp(total - total.max(0))
    inside = exponent / exponent.sum(0)
    full = np.zeros((total.shape[0], *properties["shape_before_cropping"]))
    full[0] = 1
    box = tuple(slice(*b) for b in properties["bbox_used_for_cropping"])
    full[(slice(None), *box)] = inside
    return full.transpose([0, *[axis + 1 for axis in plans.transpose_backward]])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("model")
    parser.add_argument("case")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--folds", nargs="+", default=["0"])
    options = parser.parse_args()
    predictor = nnUNetPredictor(device=torch.device("cpu"), perform_everything_on_device=False, allow_tqdm=False)
    folds = tuple(fold if fold == "all" else int(fold) for fold in options.folds)
    predictor.initialize_from_trained_model_folder(options.model, folds)
    truth = float64_probabilities(predictor, options.files)
    with tempfile.TemporaryDirectory() as scratch:
        os.mkdir(f"{scratch}/in")
        for file in options.files:
            shutil.copy(file, f"{scratch}/in")
        arguments = ["-i", f"{scratch}/in", "-m", options.model, "-f", *options.folds, "--save_probabilities"]
        upstream = os.path.join(os.path.dirname(sys.executable), "nnUNetv2_predict_from_modelfolder")
        commands = {
            "nnunetd": [options.binary, "predict_from_modelfolder", *arguments],
            "nnunetv2": [upstream, *arguments, "-device", "cpu", "--disable_progress_bar"],
        }
        print(f"{options.case}: probabilities against a float64 run, {truth[0].size} voxels")
        for name, command in commands.items():
            subprocess.run([*command, "-o", f"{scratch}/{name}"], check=True, stdout=subprocess.DEVNULL)
            found = np.load(f"{scratch}/{name}/{options.case}.npz")["probabilities"].astype(np.float64)
            difference = np.abs(found - truth)
            flips = int((found.argmax(0) != truth.argmax(0)).sum())
            print(f"  {name:<9} largest {difference.max():.2e}, mean {difference.mean():.2e}, labels that differ {flips}")


if __name__ == "__main__":
    main()
