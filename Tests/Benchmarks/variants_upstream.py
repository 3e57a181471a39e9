"""The side of nnunetv2 in variants.py: plans, training and prediction with its own classes, in this process."""

import copy
import json
import multiprocessing
import multiprocessing.pool
import os
import shutil
from unittest import mock

import numpy as np
import torch
from nnunetv2.experiment_planning.plan_and_preprocess_api import extract_fingerprints, plan_experiments, preprocess_dataset
from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor
from nnunetv2.training.logging.nnunet_logger import MetaLogger
from nnunetv2.utilities.find_objects import recursive_find_trainer_class_by_name
from variants_data import write_dataset
from variants_table import ARCHITECTURES, CASES, DATASETS, SMALL, SMALL_NETWORK, TWO_LABELS

TRAINING_CASES = CASES["plain"] + [((24, 28, 29), (1.8, 1.3, 1.2), None)]
ITERATIONS = 40


class Threads:
    """Stands in for the contexts of multiprocessing, so that no pool starts processes that import everything anew."""

    Pool = staticmethod(multiprocessing.pool.ThreadPool)


def in_threads():
    return mock.patch.object(multiprocessing, "get_context", lambda method=None: Threads)


def dataset_of(key):
    return {"ending": ".nii.gz", "labels": TWO_LABELS, **DATASETS[key]}


def merge(target, changes):
    """Dictionaries are merged, `replace` in one replaces it, `remove` names keys that go."""
    for key, value in changes.items():
        if key == "remove":
            continue
        if isinstance(value, dict) and "replace" in value:
            target[key] = copy.deepcopy(value["replace"])
        elif isinstance(value, dict) and isinstance(target.get(key), dict):
            merge(target[key], value)
        else:
            target[key] = copy.deepcopy(value)
    for name in changes.get("remove", ()):
        target.pop(name, None)


def read_json(file):
    with open(file) as stream:
        return json.load(stream)


def write_json(value, file):
    with open(file, "w") as stream:
        json.dump(value, stream, indent=4)


def planned(work, key, planner):
    """The data set's name, and the plans that the planner makes for it."""
    number = 901 + list(DATASETS).index(key)
    name = f"Dataset{number}_{key}"
    raw, preprocessed = f"{work}/raw/{name}", f"{work}/preprocessed/{name}"
    if not os.path.exists(f"{preprocessed}/dataset_fingerprint.json"):
        write_dataset(raw, dataset_of(key), TRAINING_CASES)
        with in_threads():
            extract_fingerprints([number], num_processes=1)
    if not os.path.exists(f"{preprocessed}/{planner}.json"):
        # The planner computes with as many threads, the trainer then augments without any process of its own.
        with mock.patch.dict(os.environ, nnUNet_n_proc_DA="1"):
            plan_experiments([number], planner, overwrite_plans_name=planner)
    return number, name, read_json(f"{preprocessed}/{planner}.json")


def change_plans(plans, variant, plans_name):
    """The planner's plans, made small and changed as the variant says."""
    plans["plans_name"] = plans_name
    wanted = variant["configuration"]
    configurations = plans["configurations"]
    base = "2d" if wanted == "2d" else "3d_fullres"
    dimensions = base[:2]
    base_plans = configurations[base]
    if variant["is_small"]:
        merge(base_plans, SMALL[dimensions])
        merge(base_plans["architecture"]["arch_kwargs"], SMALL_NETWORK[dimensions])
    changes = copy.deepcopy(variant["plans"])
    merge(plans, changes.pop("top", {}))
    merge(base_plans, changes)
    network = copy.deepcopy(variant["network"])
    if "class" in network:
        base_plans["architecture"]["network_class_name"] = ARCHITECTURES + network.pop("class")
    merge(base_plans["architecture"]["arch_kwargs"], network)
    if "block" in network:
        base_plans["architecture"]["_kw_requires_import"].append("block")
    for name in [name for name in configurations if name != base]:
        del configurations[name]
    base_plans["data_identifier"] = f"{plans_name}_{base}"
    if wanted in ("3d_lowres", "3d_cascade_fullres"):
        lowres = {"inherits_from": base, "data_identifier": f"{plans_name}_3d_lowres"}
        lowres["spacing"] = [1.4 * value for value in base_plans["spacing"]]
        configurations["3d_lowres"] = lowres
    if wanted == "3d_cascade_fullres":
        lowres["next_stage"] = wanted
        configurations[wanted] = {"inherits_from": base, "previous_stage": "3d_lowres"}
    if wanted == "child":
        configurations["parent"] = {"inherits_from": base, "batch_size": 3}
        configurations["child"] = {"inherits_from": "parent", "patch_size": [20, 28, 20], "data_identifier": f"{plans_name}_child"}
    return plans


def train(work, dataset_name, plans, configuration, trainer_name, fold):
    """Trains for a moment."""
    trainer_class = recursive_find_trainer_class_by_name(trainer_name)
    seed = 0 if fold == "all" else fold
    np.random.seed(seed)
    torch.manual_seed(seed)
    dataset = read_json(f"{work}/preprocessed/{dataset_name}/dataset.json")
    names = [f"train{number}" for number in range(len(TRAINING_CASES))]
    write_json(
        [{"train": [name for name in names if name != out], "val": [out]} for out in names],
        f"{work}/preprocessed/{dataset_name}/splits_final.json")
    trainer = trainer_class({**copy.deepcopy(plans), "continue_training": False}, configuration, fold, dataset, torch.device("cpu"))
    trainer.num_epochs, trainer.num_iterations_per_epoch, trainer.num_val_iterations_per_epoch = 1, ITERATIONS, 1
    with mock.patch.object(MetaLogger, "plot_progress_png", lambda *_: None), in_threads():
        trainer.run_training()
        if trainer.configuration_manager.next_stage_names:
            trainer.perform_actual_validation()


def trained(work, variant, identifier):
    """The folders of the variant's model and, in a cascade, of its first stage."""
    number, dataset_name, plans = planned(work, variant["data"], variant["planner"])
    wanted = variant["configuration"]
    stages = ["3d_lowres", wanted] if wanted == "3d_cascade_fullres" else [wanted]
    folders = [f"{work}/results/{dataset_name}/{variant['trainer']}__{identifier}__{stage}" for stage in stages]
    done = f"{folders[-1]}/fold_{variant['folds'][-1]}/checkpoint_final.pth"
    if not os.path.exists(done):
        plans = change_plans(plans, variant, identifier)
        write_json(plans, f"{work}/preprocessed/{dataset_name}/{identifier}.json")
        with in_threads():
            preprocess_dataset(number, identifier, stages, [1], show_progress_bar=False)
        for stage in stages:
            for fold in variant["folds"]:
                train(work, dataset_name, plans, stage, variant["trainer"], fold)
    return folders


def changed_copy(model, folder, variant):
    """A copy of the trained model with the changes that need no training."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(f"{folder}/fold_all")
    plans = read_json(f"{model}/plans.json")
    changes = copy.deepcopy(variant["after"])
    merge(plans, changes.pop("top", {}))
    merge(plans["configurations"][variant["configuration"]], changes)
    write_json(plans, f"{folder}/plans.json")
    shutil.copy(f"{model}/dataset.json", folder)
    checkpoint = torch.load(f"{model}/fold_all/checkpoint_final.pth", map_location="cpu", weights_only=False)
    checkpoint.update(variant["checkpoint"])
    checkpoint["optimizer_state"] = None
    torch.save(checkpoint, f"{folder}/fold_all/checkpoint_final.pth")


def predict(model, cases, output, variant, previous=None, probabilities=False, float32=False):
    """nnU-Net's own prediction; with `float32` its arrays of sums are float32 in the place of float16."""
    os.makedirs(output, exist_ok=True)
    predictor = nnUNetPredictor(device=torch.device("cpu"), perform_everything_on_device=False, allow_tqdm=False, **variant["options"])
    predictor.initialize_from_trained_model_folder(model, tuple(variant["folds"]))
    with mock.patch.object(torch, "half", torch.float32 if float32 else torch.float16):
        predictor.predict_from_files_sequential(cases, output, probabilities, True, previous)
