"""The variants that variants.py compares: datasets, cases and one entry for each model, as data.

A variant is a dictionary: `name`, and where it differs from DEFAULTS:
  data           a key of DATASETS
  cases          a key of CASES
  written        changes of the data set for the cases alone: dtype, scaling (slope and intercept), affine, reader
  trainer        nnU-Net's trainer class
  planner        nnU-Net's planner class
  configuration  the configuration that is trained and predicted
  folds          the folds that are trained
  is_small       whether the planner's patch, spacing and network become SMALL's
  plans          changes of the configuration's plans before the training, and in `top` of the plans; merged as `merge` says
  network        changes of the configuration's arch_kwargs before the training
  after          the same, of the trained model, for what does not change its weights
  checkpoint     changes of the trained model's checkpoint
  folder         another name of the model folder
  options        options of nnU-Net's predictor: use_mirroring, use_gaussian, tile_step_size
  refuses        "ours" or "nnunetv2": who refuses to predict, and `because` says why that is right; "training": nnU-Net can't train it
"""

DEFAULTS = {
    "data": "ct", "cases": "plain", "written": {}, "trainer": "nnUNetTrainer", "planner": "ExperimentPlanner",
    "configuration": "3d_fullres", "plans": {}, "network": {}, "after": {}, "checkpoint": {}, "folder": None, "options": {},
    "folds": ["all"], "is_small": True, "refuses": None, "because": "",
}

TWO_LABELS = {"background": 0, "organ": 1, "lesion": 2}
DATASETS = {
    # Numbered by their place: a new one goes to the end, or the work folder's models are made anew. Channel names choose the normalisation
    "ct": {"channels": ["CT"]},
    "mr": {"channels": ["T1", "T2"], "border": 6},
    "norms": {"channels": ["CT", "zscore", "noNorm", "rescale_to_0_1", "rgb_to_0_1"]},
    "regions": {"channels": ["T1"], "labels": {"background": 0, "whole": [1, 2], "core": [2]}, "regions_class_order": [1, 2]},
    "ignore": {"channels": ["T1"], "labels": {**TWO_LABELS, "ignore": 3}},
    "regionsignore": {
        "channels": ["T1"], "labels": {"background": 0, "whole": [1, 2], "core": 2, "ignore": 3}, "regions_class_order": [1, 2]},
    "sparse": {"channels": ["T1"], "labels": {"background": 0, "organ": 1, "lesion": 5}, "values": [1, 5]},
    "labels7": {"channels": ["T1"], "labels": {"background": 0, **{f"part{i}": i for i in range(1, 7)}}, "values": list(range(1, 7))},
    "classorder": {"channels": ["T1"], "labels": {"core": [2], "background": 0, "whole": [2, 1]}, "regions_class_order": [2, 1]},
    "modality": {"channels": ["T1", "CT"], "channel_key": "modality"},
    "reorient": {"channels": ["T1"], "reader": "SimpleITKIOWithReorient", "affine": "oblique"},
    "itk": {"channels": ["T1"], "reader": "SimpleITKIO", "affine": "oblique"},
    "nibabel": {"channels": ["T1"], "reader": "NibabelIO", "affine": "oblique"},
    "nibabelreorient": {"channels": ["T1"], "reader": "NibabelIOWithReorient", "affine": "oblique"},
    "nii": {"channels": ["T1"], "reader": "NibabelIO", "ending": ".nii", "affine": "oblique"},
    "sheared": {"channels": ["T1"], "reader": "NibabelIO", "affine": "sheared"},
    "shearedreorient": {"channels": ["T1"], "reader": "NibabelIOWithReorient", "affine": "sheared"},
    "nrrd": {"channels": ["T1"], "ending": ".nrrd", "affine": "oblique"},
    "mha": {"channels": ["T1"], "ending": ".mha", "affine": "oblique"},
    "gipl": {"channels": ["T1"], "ending": ".gipl"},
    "png": {"channels": ["rgb_to_0_1"] * 3, "ending": ".png", "picture": "rgb"},
    "graypng": {"channels": ["zscore"], "ending": ".png", "picture": "gray"},
    "bmp": {"channels": ["zscore"] * 3, "ending": ".bmp", "picture": "rgb"},
    "tif": {"channels": ["zscore"], "ending": ".tif", "picture": "gray", "reader": "NaturalImage2DIO"},
    "tif3d": {"channels": ["zscore"], "ending": ".tif", "reader": "Tiff3DIO"},
    "rgbapng": {"channels": ["rgb_to_0_1"] * 4, "ending": ".png", "picture": "rgb"},
    "flatnifti": {"channels": ["zscore", "zscore"], "picture": "gray"},
    "flatmha": {"channels": ["zscore"], "ending": ".mha", "picture": "gray"},
}

CASES = {
    # (z, y, x) voxels, (z, y, x) spacing in mm, what is special
    "plain": [((22, 30, 26), (2.0, 1.2, 1.2), None), ((19, 33, 27), (2.5, 1.0, 1.1), None)],
    "anisotropic": [((9, 31, 27), (6.0, 1.1, 1.0), None), ((21, 29, 30), (1.9, 1.3, 0.9), None)],
    "othercoarse": [((24, 9, 27), (1.1, 6.5, 1.0), None), ((25, 28, 8), (1.2, 1.0, 7.0), None)],
    "small": [((7, 11, 9), (2.0, 1.2, 1.2), None)],
    "slice": [((1, 30, 26), (2.0, 1.2, 1.2), None)],
    "row": [((12, 1, 26), (2.0, 1.2, 1.2), None)],
    "border": [((40, 50, 46), (2.0, 1.2, 1.2), "border")],
    "constant": [((20, 30, 26), (2.0, 1.2, 1.2), "constant")],
    "zero": [((20, 30, 26), (2.0, 1.2, 1.2), "zero")],
    "odd": [((17, 41, 23), (2.2, 1.3, 1.3), None), ((23, 19, 37), (1.7, 0.9, 1.4), None)],
    "large": [((50, 61, 57), (1.1, 0.7, 0.8), None)],
    "onespacing": [((21, 31, 27), (2.2, 1.3, 1.3), None)],
}

# What nnU-Net's plans become first, so that training takes seconds.
SMALL = {
    "3d": {"batch_size": 2, "patch_size": [16, 24, 24], "spacing": [2.2, 1.3, 1.3]},
    "2d": {"batch_size": 4, "patch_size": [24, 24], "spacing": [1.3, 1.3]},
}
SMALL_NETWORK = {
    "3d": {
        "n_stages": 3, "features_per_stage": [8, 12, 16], "kernel_sizes": [[1, 3, 3], [3, 3, 3], [3, 3, 3]],
        "strides": [[1, 1, 1], [1, 2, 2], [2, 2, 2]], "n_conv_per_stage": [2, 2, 2], "n_conv_per_stage_decoder": [2, 2]},
    "2d": {
        "n_stages": 3, "features_per_stage": [8, 12, 16], "kernel_sizes": [[3, 3]] * 3, "strides": [[1, 1], [2, 2], [2, 2]],
        "n_conv_per_stage": [2, 2, 2], "n_conv_per_stage_decoder": [2, 2]},
}

ARCHITECTURES = "dynamic_network_architectures.architectures.unet."
BLOCKS = "dynamic_network_architectures.building_blocks.residual."
CASCADE = {"configuration": "3d_cascade_fullres"}


def residual(network, **arguments):
    return {"class": network, "remove": ["n_conv_per_stage"], "n_blocks_per_stage": [1, 2, 2], **arguments}


def kernels(*sizes, strides=None):
    change = {"kernel_sizes": [[size] * 3 for size in sizes]}
    return {**change, "strides": strides} if strides else change


def resampling(function, **arguments):
    """The same function for images and probabilities."""
    changes = {}
    for array in ("data", "probabilities"):
        changes[f"resampling_fn_{array}"] = function
        changes[f"resampling_fn_{array}_kwargs"] = {"replace": {"is_seg": False, **arguments}}
    return changes


def label_resampling(function, **arguments):
    return {"resampling_fn_seg": function, "resampling_fn_seg_kwargs": {"replace": {"is_seg": True, **arguments}}}


CONFIGURATIONS = [
    {"name": "2d", "configuration": "2d"},
    {"name": "3d_fullres"},
    {"name": "3d_fullres-large", "cases": "large"},
    {"name": "3d_lowres", "configuration": "3d_lowres"},
    {"name": "cascade", **CASCADE},
    {"name": "cascade-regions", **CASCADE, "data": "regions"},
    {"name": "cascade-masked", **CASCADE, "data": "mr", "plans": {"use_mask_for_norm": [True, True]}},
    {"name": "inherits", "configuration": "child"},
    {"name": "regions", "data": "regions"},
    {"name": "regions-2d", "data": "regions", "configuration": "2d"},
    {"name": "ignore", "data": "ignore"},
    {"name": "regions-ignore", "data": "regionsignore"},
    {"name": "labels-with-gap", "data": "sparse", "refuses": "training"},
    {"name": "seven-labels", "data": "labels7"},
    {"name": "regions-in-another-order", "data": "classorder"},
    {"name": "cascade-seven-labels", "data": "labels7", **CASCADE},
    {"name": "modality-key", "data": "modality"},
    {"name": "channels", "data": "mr"},
    {"name": "masked-norm", "data": "mr", "plans": {"use_mask_for_norm": [True, True]}, "cases": "border"},
    {"name": "half-masked-norm", "data": "mr", "plans": {"use_mask_for_norm": [True, False]}, "cases": "border"},
    {"name": "every-norm", "data": "norms"},
    {"name": "every-norm-masked", "data": "norms", "cases": "border", "plans": {"use_mask_for_norm": [True] * 5}},
    *[
        {"name": f"planner-{planner}", "planner": planner, "network": residual("ResidualEncoderUNet", n_conv_per_stage_decoder=[1, 1])}
        for planner in (
            "nnUNetPlannerResEncM", "nnUNetPlannerResEncL_torchres", "nnUNetPlannerResEncL_torchres_sepz", "nnUNetPlannerResEncL_noResampling")
    ],
    {"name": "planner-nnUNetPlanner_torchres", "planner": "nnUNetPlanner_torchres"},
    {"name": "two-folds", "folds": [0, 1]},
    {"name": "untouched-plans", "is_small": False},
    {"name": "untouched-plans-2d", "is_small": False, "configuration": "2d"},
    {"name": "untouched-plans-resenc", "is_small": False, "planner": "nnUNetPlannerResEncM"},
    {"name": "mirroring-null", "checkpoint": {"inference_allowed_mirroring_axes": None}},
    {"name": "old-plans", "network": {"features_per_stage": [8, 16, 20]}, "after": {
        "remove": ["architecture"], "UNet_class_name": "PlainConvUNet", "UNet_base_num_features": 8, "unet_max_num_features": 20,
        "n_conv_per_stage_encoder": [2, 2, 2], "n_conv_per_stage_decoder": [2, 2], "num_pool_per_axis": [1, 2, 2],
        "conv_kernel_sizes": SMALL_NETWORK["3d"]["kernel_sizes"], "pool_op_kernel_sizes": SMALL_NETWORK["3d"]["strides"]}},
    {"name": "no-label-manager", "after": {"top": {"remove": ["label_manager"]}}},
    {"name": "no-mirroring-asked", "options": {"use_mirroring": False}},
    {"name": "step-1", "options": {"tile_step_size": 1.0}},
    {"name": "step-0.3", "options": {"tile_step_size": 0.3}},
    *[
        {"name": f"transpose-{a}{b}{c}{'-2d' if two else ''}", "configuration": "2d" if two else "3d_fullres", "data": "mr",
         "plans": {"top": {"transpose_forward": [a, b, c], "transpose_backward": [[a, b, c].index(i) for i in range(3)]}}}
        for a, b, c in ((0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)) for two in (False, True)
    ],
]

TRAINERS = [
    *[
        {"name": name, "trainer": name}
        for name in (
            "nnUNetTrainerNoMirroring", "nnUNetTrainer_onlyMirror01", "nnUNetTrainerBN", "nnUNetTrainerNoDeepSupervision", "nnUNetTrainerDA5",
            "nnUNetTrainerDA5ord0", "nnUNetTrainer_DASegOrd0", "nnUNetTrainerNoDA", "nnUNetTrainer_noDummy2DDA", "nnUNetTrainer_5epochs",
            "nnUNetTrainer_250epochs_NoMirroring", "nnUNetTrainerDiceCELoss_noSmooth", "nnUNetTrainerCELoss", "nnUNetTrainerDiceLoss",
            "nnUNetTrainerTopk10Loss", "nnUNetTrainerDiceTopK10Loss", "nnUNetTrainerCosAnneal", "nnUNetTrainer_warmup", "nnUNetTrainerAdam",
            "nnUNetTrainerVanillaAdam1en3", "nnUNetTrainer_probabilisticOversampling_033", "nnUNetTrainer_onlyMirror01_DA5")
    ],
    {"name": "onlyMirror01-2d", "trainer": "nnUNetTrainer_onlyMirror01", "configuration": "2d"},
    {"name": "BN-2d", "trainer": "nnUNetTrainerBN", "configuration": "2d"},
    {"name": "BN-resenc", "trainer": "nnUNetTrainerBN", "network": residual("ResidualEncoderUNet")},
    {"name": "renamed-folder", "folder": "nnUNetTrainerMine__myPlans__whatever"},
    {"name": "unknown", "checkpoint": {"trainer_name": "nnUNetTrainerMine"}, "folder": "nnUNetTrainerMine__nnUNetPlans__3d_fullres",
     "refuses": "nnunetv2", "because": "the trainer's class is not installed there; the plans say all of the network"},
    {"name": "nnUNet_Primus_S_Trainer", "trainer": "nnUNet_Primus_S_Trainer", "refuses": "ours",
     "because": "Primus is a transformer, which is not there"},
]

RESENC = residual("ResidualEncoderUNet")
RESIDUAL = residual("ResidualUNet")
BOTTLENECK = {"block": BLOCKS + "BottleneckD", "bottleneck_channels": [4, 6, 8]}
TWO_STAGES = {
    "n_stages": 2, "features_per_stage": [8, 12], "kernel_sizes": [[3, 3, 3]] * 2, "strides": [[1, 1, 1], [2, 2, 2]],
    "n_conv_per_stage": [2, 2], "n_conv_per_stage_decoder": [2]}
BATCH = {"norm_op": "torch.nn.modules.batchnorm.BatchNorm3d"}
DROPOUT = {"dropout_op": "torch.nn.Dropout3d", "dropout_op_kwargs": {"replace": {"p": 0.2}}}
ARCHITECTURE_VARIANTS = [
    {"name": "PlainConvUNet"},
    {"name": "ResidualEncoderUNet", "network": RESENC},
    {"name": "ResidualEncoderUNet-2d", "network": RESENC, "configuration": "2d"},
    {"name": "ResidualEncoderUNet-BottleneckD", "network": {**RESENC, **BOTTLENECK}},
    {"name": "ResidualUNet", "network": RESIDUAL},
    {"name": "ResidualUNet-BottleneckD", "network": {**RESIDUAL, **BOTTLENECK}},
    {"name": "ResidualUNet-2d", "network": RESIDUAL, "configuration": "2d"},
    {"name": "stem-channels", "network": {**RESENC, "stem_channels": 5}},
    {"name": "same-features", "network": {**RESENC, "features_per_stage": [8, 8, 8]}},
    {"name": "BatchNorm", "network": BATCH},
    {"name": "BatchNorm-eps", "network": {**BATCH, "norm_op_kwargs": {"replace": {"eps": 1e-2, "affine": True}}}},
    {"name": "BatchNorm-not-tracking", "network": {**BATCH, "norm_op_kwargs": {"replace": {"track_running_stats": False}}}},
    {"name": "BatchNorm-resenc", "network": {**RESENC, **BATCH}},
    {"name": "BatchNorm-not-affine", "network": {**BATCH, "norm_op_kwargs": {"replace": {"affine": False}}}},
    {"name": "InstanceNorm-not-affine", "network": {"norm_op_kwargs": {"replace": {"eps": 1e-5, "affine": False}}}},
    {"name": "InstanceNorm-defaults", "network": {"norm_op_kwargs": {"replace": {}}}},
    {"name": "InstanceNorm-kwargs-null", "network": {"norm_op_kwargs": None}},
    {"name": "InstanceNorm-tracking", "network": {"norm_op_kwargs": {"replace": {"affine": True, "track_running_stats": True}}}},
    {"name": "InstanceNorm-eps", "network": {"norm_op_kwargs": {"replace": {"eps": 1e-2, "affine": True}}}},
    {"name": "InstanceNorm-momentum", "network": {"norm_op_kwargs": {"replace": {"affine": True, "momentum": 0.3}}}},
    {"name": "no-norm", "network": {"norm_op": None, "norm_op_kwargs": None}},
    {"name": "no-nonlinearity", "network": {"nonlin": None, "nonlin_kwargs": None}},
    {"name": "ReLU", "network": {"nonlin": "torch.nn.ReLU"}},
    {"name": "ReLU-kwargs-null", "network": {"nonlin": "torch.nn.ReLU", "nonlin_kwargs": None}},
    {"name": "LeakyReLU-slope", "network": {"nonlin_kwargs": {"replace": {"inplace": True, "negative_slope": 0.2}}}},
    *[
        {"name": f"LeakyReLU-slope{slope}", "network": {"nonlin_kwargs": {"replace": {"inplace": False, "negative_slope": slope}}},
         "refuses": "ours" if not 0 <= slope <= 1 else None, "because": "LeakyReLU is the larger of x and slope times x here, for slopes from 0 to 1"}
        for slope in (0, 1, -0.5, 1.5)
    ],
    {"name": "short-names", "network": {"conv_op": "torch.nn.Conv3d", "norm_op": "torch.nn.InstanceNorm3d"}},
    {"name": "GELU", "network": {"nonlin": "torch.nn.GELU", "nonlin_kwargs": {"replace": {}}},
     "refuses": "ours", "because": "activations are LeakyReLU and ReLU"},
    {"name": "no-bias", "network": {"conv_bias": False}},
    {"name": "no-bias-resenc", "network": {**RESENC, "conv_bias": False}},
    {"name": "nonlin-first", "network": {"nonlin_first": True}},
    {"name": "nonlin-first-2d", "network": {"nonlin_first": True}, "configuration": "2d"},
    {"name": "nonlin-first-dropout", "network": {"nonlin_first": True, **DROPOUT}},
    {"name": "dropout", "network": DROPOUT},
    {"name": "dropout-resenc", "network": {**RESENC, **DROPOUT}},
    {"name": "squeeze-excitation", "network": {**RESENC, "squeeze_excitation": True}, "refuses": "training"},
    {"name": "stochastic-depth", "network": {**RESENC, "stochastic_depth_p": 0.1}, "refuses": "training"},
    {"name": "1-stage", "refuses": "training", "network": {
        "n_stages": 1, "features_per_stage": [8], "kernel_sizes": [[3, 3, 3]], "strides": [[1, 1, 1]], "n_conv_per_stage": [2],
        "n_conv_per_stage_decoder": []}},
    {"name": "2-stages", "network": TWO_STAGES, "trainer": "nnUNetTrainerNoDeepSupervision"},
    {"name": "2-stages-resenc", "network": {**RESENC, **TWO_STAGES, "n_blocks_per_stage": [1, 2]},
     "trainer": "nnUNetTrainerNoDeepSupervision"},
    {"name": "2-stages-deeply-supervised", "network": TWO_STAGES, "refuses": "ours",
     "because": "of one resolution, whose weight is 0, nnU-Net's loss is not a number, nor are the weights then"},
    {"name": "1-convolution", "network": {"n_conv_per_stage": [1, 1, 1], "n_conv_per_stage_decoder": [1, 1]}},
    {"name": "scalars", "network": {"n_conv_per_stage": 2, "n_conv_per_stage_decoder": 1, "kernel_sizes": 3, "features_per_stage": 8}},
    {"name": "odd-features", "network": {"features_per_stage": [5, 7, 13]}},
    {"name": "many-features", "network": {"features_per_stage": [32, 48, 64]}},
    {"name": "falling-features", "network": {"features_per_stage": [16, 8, 4]}},
    {"name": "isotropic", "network": {"kernel_sizes": [[3, 3, 3]] * 3, "strides": [[1, 1, 1], [2, 2, 2], [2, 2, 2]]}},
    {"name": "anisotropic", "network": {"kernel_sizes": [[1, 3, 3], [3, 1, 3], [3, 3, 1]], "strides": [[1, 1, 1], [1, 2, 2], [2, 1, 2]]}},
    {"name": "strides-4", "network": {"strides": [[1, 1, 1], [2, 4, 4], [2, 2, 2]]}},
    {"name": "strides-3", "network": {"strides": [[1, 1, 1], [1, 3, 3], [2, 2, 2]]}},
    {"name": "strides-1", "network": {"strides": [[1, 1, 1], [1, 1, 1], [2, 2, 2]]}},
    {"name": "first-stride-2", "network": {"strides": [[2, 2, 2], [1, 2, 2], [2, 2, 2]]}},
    {"name": "kernels-1", "network": kernels(1, 1, 1)},
    {"name": "kernels-5", "network": kernels(5, 5, 3)},
    {"name": "kernels-7", "network": kernels(7, 5, 3)},
    {"name": "kernels-7x7x1", "network": {"kernel_sizes": [[1, 7, 7], [1, 5, 5], [3, 3, 3]]}},
    {"name": "kernels-resenc-5", "network": {**RESENC, **kernels(5, 3, 1)}},
    {"name": "kernels-2", "network": kernels(2, 3, 3), "refuses": "training"},
    {"name": "kernels-4", "network": kernels(3, 3, 4), "refuses": "training"},
    {"name": "kernels-2-resenc", "network": {**RESENC, **kernels(2, 2, 2)}, "refuses": "training"},
    {"name": "kernels-2d-7", "configuration": "2d", "network": {"kernel_sizes": [[7, 7], [5, 3], [1, 5]]}},
    {"name": "4-stages", "plans": {"patch_size": [16, 32, 32]}, "network": {
        "n_stages": 4, "features_per_stage": [16, 32, 32, 32], "kernel_sizes": [[3, 3, 3]] * 4,
        "strides": [[1, 1, 1], [2, 2, 2], [2, 2, 2], [2, 2, 2]], "n_conv_per_stage": [2, 3, 1, 2], "n_conv_per_stage_decoder": [1, 2, 3]}},
]

SPLINE, TORCH = "resample_data_or_seg_to_shape", "resample_torch_fornnunet"
NO_RESAMPLING = {
    **{f"resampling_fn_{array}": "no_resampling_hack" for array in ("data", "seg", "probabilities")},
    **{f"resampling_fn_{array}_kwargs": {"replace": {}} for array in ("data", "seg", "probabilities")}}
SEPARATION = {"auto": None, "yes": True, "no": False}
RESAMPLING = [
    *[
        {"name": f"spline-{order}-z{order_z}-{separate}", "cases": "anisotropic",
         "after": resampling(SPLINE, order=order, order_z=order_z, force_separate_z=SEPARATION[separate])}
        for order in range(6) for separate in SEPARATION for order_z in ((0,) if separate == "no" else (0, 1, 3))
    ],
    *[
        {"name": f"spline-z{order_z}", "cases": "anisotropic", "after": resampling(SPLINE, order=2, order_z=order_z, force_separate_z=True)}
        for order_z in (2, 4, 5)
    ],
    *[
        {"name": f"spline-other-axis-{order}-z{order_z}", "cases": "othercoarse",
         "after": resampling(SPLINE, order=order, order_z=order_z, force_separate_z=None)}
        for order, order_z in ((3, 0), (1, 1), (0, 3))
    ],
    {"name": "spline-regions-no", "data": "regions", "cases": "anisotropic",
     "after": resampling(SPLINE, order=2, order_z=1, force_separate_z=False)},
    {"name": "spline-keys-missing", "cases": "anisotropic", "after": resampling(SPLINE)},
    {"name": "spline-threshold", "cases": "anisotropic",
     "after": resampling(SPLINE, order=3, order_z=1, force_separate_z=None, separate_z_anisotropy_threshold=1.2)},
    {"name": "spline-2d", "cases": "anisotropic", "configuration": "2d",
     "after": resampling(SPLINE, order=3, order_z=0, force_separate_z=None)},
    {"name": "spline-2d-quintic", "cases": "anisotropic", "configuration": "2d",
     "after": resampling(SPLINE, order=5, order_z=3, force_separate_z=False)},
    {"name": "spline-regions", "data": "regions", "cases": "anisotropic",
     "after": resampling(SPLINE, order=3, order_z=1, force_separate_z=True)},
    {"name": "spline-6", "cases": "anisotropic", "after": resampling(SPLINE, order=6, order_z=0, force_separate_z=None)},
    *[
        {"name": f"labels-{order}-z{order_z}-{separate}", **CASCADE, "cases": "anisotropic",
         "after": label_resampling(SPLINE, order=order, order_z=order_z, force_separate_z=SEPARATION[separate])}
        for order in range(6) for separate in SEPARATION for order_z in ((0,) if separate == "no" else (0, 1, 3))
    ],
    *[
        {"name": f"torch-{mode}-{separate_mode}-{separate}", "cases": "anisotropic",
         "after": resampling(TORCH, force_separate_z=SEPARATION[separate], mode=mode, aniso_axis_mode=separate_mode)}
        for mode in ("linear", "nearest", "nearest-exact")
        for separate_mode in ("nearest-exact", "nearest", "linear") for separate in SEPARATION
        if separate != "no" or separate_mode == "nearest-exact"
    ],
    *[
        {"name": f"torch-{mode}", "cases": "anisotropic", "after": resampling(TORCH, force_separate_z=True, mode=mode),
         "refuses": "ours", "because": "no planner of nnU-Net's writes this mode"}
        for mode in ("bicubic", "area")
    ],
    {"name": "torch-defaults", "cases": "anisotropic", "after": resampling(TORCH)},
    {"name": "torch-2d", "cases": "anisotropic", "configuration": "2d", "after": resampling(TORCH)},
    {"name": "torch-regions", "data": "regions", "cases": "anisotropic", "after": resampling(TORCH)},
    {"name": "torch-other-axis", "cases": "othercoarse", "after": resampling(TORCH)},
    *[
        {"name": f"torch-labels-{separate}{'-thrifty' if thrifty else ''}", **CASCADE, "cases": "anisotropic",
         "after": label_resampling(TORCH, force_separate_z=SEPARATION[separate], memefficient_seg_resampling=thrifty)}
        for separate in SEPARATION for thrifty in (False, True)
    ],
    {"name": "none", "cases": "onespacing", "after": NO_RESAMPLING},
    {"name": "none-other-spacing", "cases": "anisotropic", "after": NO_RESAMPLING},
    {"name": "none-with-arguments", "cases": "onespacing", "after": resampling("no_resampling_hack")},
    {"name": "mixed", "cases": "anisotropic", "after": {
        **resampling(SPLINE, order=3, order_z=0, force_separate_z=None), "resampling_fn_probabilities": TORCH,
        "resampling_fn_probabilities_kwargs": {"replace": {"is_seg": False}}}},
    {"name": "to-spacing", "cases": "anisotropic", "after": resampling("resample_data_or_seg_to_spacing", order=1)},
    {"name": "torch-simple", "cases": "anisotropic", "after": resampling("resample_torch_simple")},
    {"name": "unknown-argument", "cases": "anisotropic", "after": resampling(SPLINE, order=1, antialias=True)},
]

READERS = [
    {"name": name, "data": name, **({"configuration": "2d"} if "picture" in DATASETS[name] else {})}
    for name in (
        "itk", "reorient", "nibabel", "nibabelreorient", "nii", "sheared", "shearedreorient", "nrrd", "mha", "gipl", "png", "rgbapng",
        "graypng", "bmp", "tif", "tif3d", "flatnifti", "flatmha")
] + [
    *[
        {"name": f"{data}-{dtype}", "data": data, "written": {"dtype": dtype}}
        for data, dtypes in (
            ("itk", ("uint8", "uint16", "float32", "float64", "int32")), ("nibabel", ("uint8", "uint16", "float32", "float64", "int32")),
            ("nrrd", ("uint8", "float64")), ("mha", ("uint16", "float32")), ("tif3d", ("uint8", "uint16", "float32", "float64")))
        for dtype in dtypes
    ],
    {"name": "graypng-uint16", "data": "graypng", "configuration": "2d", "written": {"dtype": "uint16"}},
    {"name": "tif-float32", "data": "tif", "configuration": "2d", "written": {"dtype": "float32"}},
    {"name": "nibabel-scaled", "data": "nibabel", "written": {"scaling": (0.37, -11)}},
    {"name": "itk-scaled", "data": "itk", "written": {"reader": "NibabelIO", "scaling": (0.37, -11)}},
    {"name": "itk-sheared", "data": "itk", "written": {"reader": "NibabelIO", "affine": "sheared"}},
    {"name": "reorient-flipped", "data": "reorient", "written": {"affine": "flipped"}},
    {"name": "nibabelreorient-flipped", "data": "nibabelreorient", "written": {"affine": "flipped"}},
    {"name": "reorient-turned", "data": "reorient", "written": {"affine": "turned"}},
    {"name": "nibabelreorient-turned", "data": "nibabelreorient", "written": {"affine": "turned"}},
    {"name": "reorient-2d", "data": "reorient", "configuration": "2d"},
    {"name": "nibabelreorient-2d", "data": "nibabelreorient", "configuration": "2d"},
]

IMAGES = [
    *[{"name": cases, "cases": cases} for cases in ("small", "slice", "row", "border", "constant", "zero", "odd", "large")],
    *[{"name": f"{cases}-2d", "cases": cases, "configuration": "2d"} for cases in ("small", "slice", "border", "constant", "odd")],
    *[{"name": f"{cases}-mr", "cases": cases, "data": "mr"} for cases in ("small", "slice", "border", "constant", "zero")],
]

# Resampling has nothing to do with mirroring, which takes most of the time.
RESAMPLING = [{"options": {"use_mirroring": False}, **variant} for variant in RESAMPLING]

GROUPS = {
    "configurations": CONFIGURATIONS, "trainers": TRAINERS, "architectures": ARCHITECTURE_VARIANTS, "resampling": RESAMPLING,
    "readers": READERS, "images": IMAGES,
}
VARIANTS = [{**DEFAULTS, **variant, "name": f"{group}/{variant['name']}"} for group, variants in GROUPS.items() for variant in variants]
