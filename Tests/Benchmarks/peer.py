"""Runs one benchmark network in one peer and prints a JSON object: seconds of each forward pass and the peak resident set.

usage: peer.py pytorch|openvino|onnxruntime MODEL_FOLDER CHANNELS PATCH(z,y,x) THREADS REPEAT
"""

import json
import os
import resource
import sys
import time

peer, folder, channels, patch, threads, repeat = sys.argv[1:7]
channels, threads, repeat = int(channels), int(threads), int(repeat)
shape = [1, channels] + [int(v) for v in patch.split(",")]
os.environ["OMP_NUM_THREADS"] = str(threads)

import numpy as np  # noqa: E402  (after OMP_NUM_THREADS)

sample = np.random.default_rng(0).standard_normal(shape, dtype=np.float32)

if peer == "pytorch":
    import torch
    from nnunetv2.utilities.get_network_from_plans import get_network_from_plans

    torch.set_num_threads(threads)
    checkpoint = torch.load(f"{folder}/fold_0/checkpoint_final.pth", map_location="cpu", weights_only=False)
    plans = json.load(open(f"{folder}/plans.json"))
    spec = plans["configurations"][checkpoint["init_args"]["configuration"]]["architecture"]
    heads = len(json.load(open(f"{folder}/dataset.json"))["labels"])
    trainer = checkpoint["trainer_name"]
    if "UMamba" in trainer:
        import umamba

        network = umamba.UMamba(trainer.removeprefix("nnUNetTrainer"), spec["arch_kwargs"], channels, heads, shape[2:])
    else:
        network = get_network_from_plans(
            spec["network_class_name"], spec["arch_kwargs"], spec["_kw_requires_import"], channels, heads, deep_supervision=False
        )
    network.load_state_dict(checkpoint["network_weights"])
    network.eval()
    tensor = torch.from_numpy(sample)

    def forward():
        with torch.inference_mode():
            network(tensor)

elif peer == "openvino":
    import openvino

    core = openvino.Core()
    settings = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
    compiled = core.compile_model(core.read_model(f"{folder}/network.onnx"), "CPU", settings)
    request = compiled.create_infer_request()

    def forward():
        request.infer([sample])

elif peer == "onnxruntime":
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(f"{folder}/network.onnx", options, providers=["CPUExecutionProvider"])
    input_name = session.get_inputs()[0].name

    def forward():
        session.run(None, {input_name: sample})

else:
    sys.exit(f"unknown peer {peer}")

forward()
seconds = []
for _ in range(repeat):
    start = time.perf_counter()
    forward()
    seconds.append(time.perf_counter() - start)
print(json.dumps({"seconds": seconds, "peak_rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
