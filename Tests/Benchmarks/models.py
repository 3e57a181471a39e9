"""Writes nnU-Net v2 model folders with random weights for the benchmark (needs the nnunetv2 package).

usage: models.py NETWORK FOLDER

The networks are those nnU-Net's planners produce for large patches: the six-stage plain U-Net, an anisotropic one whose first
kernels are 1x3x3, the eight-stage 2D one, and the residual encoder presets M and L; and U-Mamba's, whose plans are a plain U-Net's.
"""

import json
import os
import sys

NETWORKS = {
    # name: (class, patch, channels, features cap, stages)
    "plain3d-96": ("PlainConvUNet", [96, 96, 96], 1, 320, 6),
    "plain3d-128": ("PlainConvUNet", [128, 128, 128], 1, 320, 6),
    "anisotropic3d": ("PlainConvUNet", [24, 256, 256], 4, 320, 7),
    "plain2d-512": ("PlainConvUNet", [512, 512], 1, 512, 8),
    "resenc-m": ("ResidualEncoderUNet", [128, 128, 128], 1, 320, 6),
    "resenc-l": ("ResidualEncoderUNet", [160, 128, 160], 1, 320, 6),
    "umamba-bot3d": ("UMambaBot", [96, 96, 96], 1, 320, 6),
    "umamba-enc3d": ("UMambaEnc", [64, 64, 64], 1, 320, 6),
    "umamba-enc2d": ("UMambaEnc", [256, 256], 1, 512, 7),
}
# The network of whole commands, whose own time matters least; its images are resampled.
SMALL = {"ct": ("PlainConvUNet", [128, 128, 128], 1, 64, 4)}


def description(name):
    return SMALL.get(name) or NETWORKS[name]


def architecture(name):
    kind, patch, _, cap, stages = description(name)
    axes = len(patch)
    kernels = [[3] * axes for _ in range(stages)]
    strides = [[1] * axes] + [[2] * axes for _ in range(stages - 1)]
    if name == "anisotropic3d":
        kernels = [[1, 3, 3]] * 2 + [[3, 3, 3]] * (stages - 2)
        strides = [[1, 1, 1], [1, 2, 2], [1, 2, 2], [2, 2, 2], [2, 2, 2], [1, 2, 2], [1, 2, 2]]
    plain = kind != "ResidualEncoderUNet"
    arguments = {
        "n_stages": stages,
        "features_per_stage": [min((8 if name in SMALL else 32) * 2**stage, cap) for stage in range(stages)],
        "conv_op": f"torch.nn.modules.conv.Conv{axes}d",
        "kernel_sizes": kernels,
        "strides": strides,
        "n_conv_per_stage_decoder": [2 if plain else 1] * (stages - 1),
        "conv_bias": True,
        "norm_op": f"torch.nn.modules.instancenorm.InstanceNorm{axes}d",
        "norm_op_kwargs": {"eps": 1e-5, "affine": True},
        "dropout_op": None,
        "dropout_op_kwargs": None,
        "nonlin": "torch.nn.LeakyReLU",
        "nonlin_kwargs": {"inplace": True},
    }
    if plain:
        arguments["n_conv_per_stage"] = [2] * stages
    else:
        arguments["n_blocks_per_stage"] = [1, 3, 4, 6, 6, 6][:stages]
    return {
        "network_class_name": f"dynamic_network_architectures.architectures.unet.{'PlainConvUNet' if plain else kind}",
        "arch_kwargs": arguments,
        "_kw_requires_import": ["conv_op", "norm_op", "dropout_op", "nonlin"],
    }


def plans(name, labels):
    _, patch, channels, _, _ = description(name)
    resampling = "resample_data_or_seg_to_shape"

    def keywords(is_seg, order):
        return {"is_seg": is_seg, "order": order, "order_z": 0, "force_separate_z": None}

    configuration = {
        "data_identifier": "benchmark",
        "preprocessor_name": "DefaultPreprocessor",
        "batch_size": 2,
        "patch_size": patch,
        "median_image_size_in_voxels": patch,
        "spacing": [1.5 if name in SMALL else 1.0] * len(patch),
        "normalization_schemes": ["CTNormalization" if name in SMALL else "ZScoreNormalization"] * channels,
        "use_mask_for_norm": [False] * channels,
        "resampling_fn_data": resampling,
        "resampling_fn_data_kwargs": keywords(False, 3),
        "resampling_fn_seg": resampling,
        "resampling_fn_seg_kwargs": keywords(True, 1),
        "resampling_fn_probabilities": resampling,
        "resampling_fn_probabilities_kwargs": keywords(False, 1),
        "architecture": architecture(name),
        "batch_dice": False,
    }
    intensities = dict(mean=0.0, std=1.0, min=-5.0, max=5.0, median=0.0, percentile_00_5=-3.0, percentile_99_5=3.0)
    if name in SMALL:
        intensities = dict(mean=50.0, std=150.0, min=-1024.0, max=1000.0, median=50.0, percentile_00_5=-900.0, percentile_99_5=500.0)
    return {
        "dataset_name": "Dataset990_Benchmark",
        "plans_name": "nnUNetPlans",
        "original_median_spacing_after_transp": [1.0] * 3,
        "original_median_shape_after_transp": [100] * 3,
        "image_reader_writer": "SimpleITKIO",
        "transpose_forward": [0, 1, 2],
        "transpose_backward": [0, 1, 2],
        "configurations": {configuration_name(name): configuration},
        "experiment_planner_used": "ExperimentPlanner",
        "label_manager": "LabelManager",
        "foreground_intensity_properties_per_channel": {str(c): intensities for c in range(channels)},
    }


def configuration_name(name):
    return "2d" if len(description(name)[1]) == 2 else "3d_fullres"


def build(name, labels=3):
    """The network of one benchmark with fixed random weights, without deep supervision."""
    import torch
    from nnunetv2.utilities.get_network_from_plans import get_network_from_plans

    torch.manual_seed(0)
    spec = architecture(name)
    kind, patch, channels, _, _ = description(name)
    if kind.startswith("UMamba"):
        import umamba

        network = umamba.UMamba(kind, spec["arch_kwargs"], channels, labels, patch)
    else:
        network = get_network_from_plans(
            spec["network_class_name"], spec["arch_kwargs"], spec["_kw_requires_import"], channels, labels, deep_supervision=True
        )
    for module in network.modules():
        if isinstance(module, (torch.nn.InstanceNorm2d, torch.nn.InstanceNorm3d)):
            torch.nn.init.normal_(module.weight, 1, 0.1)
            torch.nn.init.normal_(module.bias, 0, 0.1)
    return network


def dataset(name, labels):
    return {
        "channel_names": {str(c): f"channel{c}" for c in range(description(name)[2])},
        "labels": {"background": 0, **{f"label{i}": i for i in range(1, labels)}},
        "numTraining": 1,
        "file_ending": ".nii.gz",
    }


def write(name, folder, labels=3, as_onnx=True):
    """Writes the model folder (and the same network as ONNX) unless both are there."""
    import torch

    checkpoint, onnx_file = f"{folder}/fold_0/checkpoint_final.pth", f"{folder}/network.onnx"
    is_umamba = description(name)[0].startswith("UMamba")
    as_onnx = as_onnx and not is_umamba  # a loop over tokens can't be exported
    if os.path.exists(checkpoint) and (not as_onnx or os.path.exists(onnx_file)):
        return
    os.makedirs(f"{folder}/fold_0", exist_ok=True)
    network = build(name, labels)
    the_dataset = dataset(name, labels)
    the_plans = plans(name, labels)
    for value, file in ((the_plans, "plans.json"), (the_dataset, "dataset.json")):
        with open(f"{folder}/{file}", "w") as stream:
            json.dump(value, stream, indent=4)
    torch.save(
        {
            "network_weights": network.state_dict(),
            "optimizer_state": None,
            "grad_scaler_state": None,
            "logging": {},
            "_best_ema": None,
            "current_epoch": 1,
            "init_args": {"configuration": configuration_name(name), "fold": 0, "plans": the_plans, "dataset_json": the_dataset},
            "trainer_name": "nnUNetTrainer" + (description(name)[0] if is_umamba else ""),
            "inference_allowed_mirroring_axes": tuple(range(len(description(name)[1]))),
        },
        checkpoint,
    )
    if not as_onnx:
        return
    network.decoder.deep_supervision = False
    network.eval()
    example = torch.randn(1, description(name)[2], *description(name)[1])
    torch.onnx.export(network, example, onnx_file + ".part", opset_version=17, dynamo=False)
    os.rename(onnx_file + ".part", onnx_file)


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2])
