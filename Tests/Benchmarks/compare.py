"""Ours against PyTorch, OpenVINO and ONNX Runtime, in turn, in one run: minima, medians, ratios and peak memory.

usage: compare.py NNUNET_BINARY [--networks a,b] [--peers pytorch,openvino,onnxruntime] [--rounds N] [--repeat N] [--threads N]
                  [--cache FOLDER] [--predict MODEL_FOLDER INPUT_FOLDER]... [--commands a,b] [--command_rounds N] [--long] [--folder_model MODEL_FOLDER]

Each round runs every engine once, each in a process of its own, so that a change of the machine's load meets all of them alike.
--commands are whole commands, ours and nnU-Net's: `predict` on each model folder and folder of cases that --predict gives, and those of
`commands.py`. `--networks=` leaves the networks out, `--commands=` the commands.
"""

import argparse
import importlib.util
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import commands
import models

PEER_MODULES = {"pytorch": ["torch", "nnunetv2"], "openvino": ["openvino"], "onnxruntime": ["onnxruntime"]}
HERE = os.path.dirname(os.path.abspath(__file__))


def processor():
    with open("/proc/cpuinfo") as stream:
        return next((line.split(":")[1].strip() for line in stream if line.startswith("model name")), platform.machine())


def available_peers(wanted):
    peers = []
    for peer in wanted:
        missing = [module for module in PEER_MODULES[peer] if importlib.util.find_spec(module) is None]
        if missing:
            print(f"{peer}: left out, Python package {', '.join(missing)} is not installed")
        else:
            peers.append(peer)
    return peers


def run_ours(binary, folder, name, options, threads=None):
    command = [binary, "benchmark", "-m", folder, "-f", "0", "--threads", str(threads or options.threads), "--repeat", str(options.repeat), "--json"]
    answer = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return answer["seconds"], answer["peak_rss_bytes"], answer["gflop_direct"]


def run_peer(peer, folder, name, options):
    _, patch, channels, _, _ = models.NETWORKS[name]
    command = [sys.executable, f"{HERE}/peer.py", peer, folder, str(channels), ",".join(map(str, patch)), str(options.threads), str(options.repeat)]
    answer = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.splitlines()[-1])
    return answer["seconds"], answer["peak_rss_bytes"], None


def compare_network(name, peers, options):
    folder = f"{options.cache}/{name}"
    # In a process of its own: a child's peak memory starts at its parent's.
    subprocess.run([sys.executable, f"{HERE}/models.py", name, folder], check=True, stderr=subprocess.DEVNULL)
    engines = {"nnunetd": lambda: run_ours(options.binary, folder, name, options)}
    if options.threads > 1:
        engines["one thread"] = lambda: run_ours(options.binary, folder, name, options, threads=1)
    if models.NETWORKS[name][0].startswith("UMamba"):
        peers = [peer for peer in peers if peer == "pytorch"]
    for peer in peers:
        engines[peer] = lambda peer=peer: run_peer(peer, folder, name, options)
    seconds, memory, gflop = {engine: [] for engine in engines}, {}, 0
    for _ in range(options.rounds):
        for engine, run in engines.items():
            times, peak, work = run()
            seconds[engine] += times
            memory[engine] = max(memory.get(engine, 0), peak)
            gflop = work or gflop
    print(f"\n{name}: patch {models.NETWORKS[name][1]}, {gflop:.1f} GFLOP counted as direct convolution")
    print(f"  {'engine':<12} {'min s':>8} {'median s':>9} {'GFLOP/s':>8} {'peak MiB':>9} {'x ours (min)':>13} {'x ours (median)':>16}")
    ours_min, ours_median = min(seconds["nnunetd"]), statistics.median(seconds["nnunetd"])
    for engine, times in seconds.items():
        low, middle = min(times), statistics.median(times)
        print(
            f"  {engine:<12} {low:8.3f} {middle:9.3f} {gflop / low:8.0f} {memory[engine] / 2**20:9.0f} "
            f"{low / ours_min:13.2f} {middle / ours_median:16.2f}"
        )


def timed(command):
    """Wall seconds and the largest resident set of the command and of any of its children, one process at a time."""
    before = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, errors = process.communicate()
    seconds = time.perf_counter() - before
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} failed: {errors.decode()[-2000:]}")
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def measured(command):
    """`timed` in a process of its own, so that its peak memory is that of this command alone."""
    code = f"import json,sys; sys.path.insert(0, {HERE!r}); import compare; print(json.dumps(compare.timed(json.loads(sys.argv[1]))))"
    answer = subprocess.run([sys.executable, "-c", code, json.dumps(command)], stdout=subprocess.PIPE, check=True)
    return json.loads(answer.stdout)


def compare_predict(model, cases, options):
    if importlib.util.find_spec("nnunetv2") is None:
        print("predict: nnU-Net's side is left out, Python package nnunetv2 is not installed")
    os.environ.update(OMP_NUM_THREADS=str(options.threads), nnUNet_raw="/nonexistent", nnUNet_preprocessed="/nonexistent", nnUNet_results="/nonexistent")
    folds = sorted(entry[len("fold_"):] for entry in os.listdir(model) if entry.startswith("fold_"))
    results = {"nnunetd": [], "nnunetv2": []}
    with tempfile.TemporaryDirectory() as scratch:
        for _ in range(options.rounds):
            arguments = ["-i", cases, "-m", model, "-f", *folds]
            ours = [options.binary, "predict_from_modelfolder", *arguments, "-o", f"{scratch}/ours"]
            upstream = os.path.join(os.path.dirname(sys.executable), "nnUNetv2_predict_from_modelfolder")
            theirs = [upstream, *arguments, "-o", f"{scratch}/theirs", "-device", "cpu", "--disable_progress_bar"]
            for name, command in (("nnunetd", ours), ("nnunetv2", theirs)):
                if os.path.exists(command[0]) or shutil.which(command[0]):
                    results[name].append(measured(command))
    print(f"\npredict {os.path.basename(model.rstrip('/'))} on {cases}, folds {' '.join(folds)}")
    for name, runs in results.items():
        if runs:
            print(f"  {name:<10} median {statistics.median(r[0] for r in runs):7.2f} s, min {min(r[0] for r in runs):7.2f} s, "
                  f"peak {max(r[1] for r in runs) / 2**20:6.0f} MiB (largest process)")
    if all(results.values()):
        ratio = statistics.median(r[0] for r in results["nnunetv2"]) / statistics.median(r[0] for r in results["nnunetd"])
        memory = max(r[1] for r in results["nnunetd"]) / max(r[1] for r in results["nnunetv2"])
        print(f"  {ratio:.2f} times faster, {100 * memory:.0f} % of the memory")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--networks", default=",".join(models.NETWORKS))
    parser.add_argument("--peers", default="pytorch,openvino,onnxruntime")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--cache", default=os.path.join(tempfile.gettempdir(), "nnunetd-benchmarks"))
    parser.add_argument("--predict", nargs=2, action="append", default=[], metavar=("MODEL_FOLDER", "INPUT_FOLDER"))
    parser.add_argument("--commands", default=",".join(commands.DEFAULT), help=f"of {', '.join(commands.DEFAULT + commands.LONG)}")
    parser.add_argument("--command_rounds", type=int, default=2, help="rounds of --commands, each of minutes")
    parser.add_argument("--long", action="store_true", help="also the commands that take minutes")
    parser.add_argument("--folder_model", help="the model of the command `folder`")
    options = parser.parse_args()
    os.environ.setdefault("NNUNET_CACHE", f"{options.cache}/weights")
    print(f"{processor()}, {options.threads} threads, load {os.getloadavg()[0]:.2f}")
    names = [name for name in options.networks.split(",") if name]
    if names and importlib.util.find_spec("nnunetv2") is None:
        sys.exit("the benchmark networks are made with the Python package nnunetv2, which is not installed (pip install nnunetv2)")
    peers = available_peers([peer for peer in options.peers.split(",") if peer])
    for name in names:
        compare_network(name, peers, options)
    options.has_upstream = importlib.util.find_spec("nnunetv2") is not None
    for name in [name for name in options.commands.split(",") if name] + (commands.LONG if options.long else []):
        if name == "predict":
            for model, cases in options.predict:
                compare_predict(model, cases, options)
        else:
            commands.compare(name, options)


if __name__ == "__main__":
    main()
