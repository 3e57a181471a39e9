"""Every kind of model that nnU-Net v2 trains, predicted by nnU-Net and by ours: how many voxels differ, and who refuses what.

usage: variants.py NNUNET_BINARY [--only PREFIX,...] [--work FOLDER] [--continue] [--list]

For each variant of variants_table.py nnunetv2 (a Python package that must be there) plans, trains for a moment and writes a small
model, and both programs predict its cases. nnU-Net sums logits in float16; it is also run with float32 sums, which ours must equal:
two voxels of a million may differ, and probabilities by 1e-5. Models are kept in the work folder; --continue leaves out the rows that
were good before. Everything from the start takes about an hour on two cores.
"""

import argparse
import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

import numpy as np
from variants_data import read_labels, write_case
from variants_table import CASES, VARIANTS

MAXIMUM_DIFFERENCE = 2e-6
MAXIMUM_PROBABILITY_DIFFERENCE = 1e-5
# Exit statuses with which ours refuses with words; others are crashes.
REFUSALS = (64, 65, 66, 70, 73, 78)
GOOD = ("equal", "equal but for float16", "explained", "refused by both", "not trainable")


def prepare(options):
    """Before nnunetv2 is imported, which reads its folders and its numbers of processes."""
    for variable, folder in (("nnUNet_raw", "raw"), ("nnUNet_preprocessed", "preprocessed"), ("nnUNet_results", "results")):
        os.environ[variable] = f"{options.work}/{folder}"
        os.makedirs(os.environ[variable], exist_ok=True)
    os.environ.update(nnUNet_n_proc_DA="0", nnUNet_def_n_proc="1", nnUNet_compile="f", NNUNET_CACHE=f"{options.work}/weights")


def run_ours(binary, model, cases, output, variant, previous, probabilities):
    """None, or the text and status of a refusal."""
    command = [binary, "predict_from_modelfolder", "-i", cases, "-o", output, "-m", model, "--disable_progress_bar"]
    command += ["-f", *map(str, variant["folds"])]
    command += ["-prev_stage_predictions", previous] if previous else []
    command += ["--save_probabilities"] if probabilities else []
    command += [] if variant["options"].get("use_mirroring", True) else ["--disable_tta"]
    command += ["-step_size", str(variant["options"].get("tile_step_size", 0.5))]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    if result.returncode == 0:
        return None
    text = " ".join(line for line in result.stdout.splitlines() if "rror" in line) or result.stdout
    return ("" if result.returncode in REFUSALS else f"CRASH {result.returncode}: ") + re.sub(r"\s+", " ", text)[-400:]


def run_upstream(*arguments, **options):
    """None, or the error with its message."""
    import variants_upstream

    try:
        variants_upstream.predict(*arguments, **options)
    except Exception as error:
        traceback.print_exc()
        return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


def compare_labels(one, other, ending):
    """Voxels that differ, voxels, labels in `one`, and what is wrong with the files."""
    differ, voxels, labels, wrong = 0, 0, set(), []
    names = sorted(name for name in os.listdir(one) if name.endswith(ending))
    for name in names:
        if not os.path.exists(f"{other}/{name}"):
            wrong.append(f"{name} is missing")
            continue
        (a, place), (b, other_place) = read_labels(f"{one}/{name}"), read_labels(f"{other}/{name}")
        if a.shape != b.shape or a.dtype != b.dtype:
            wrong.append(f"{name}: {a.shape} {a.dtype}, ours {b.shape} {b.dtype}")
            continue
        if len(place) != len(other_place) or not np.allclose(place, other_place, atol=1e-5):
            wrong.append(f"{name}: another place, {np.round(place, 4).tolist()}, ours {np.round(other_place, 4).tolist()}")
        differ, voxels, labels = differ + int((a != b).sum()), voxels + a.size, labels | set(np.unique(a).tolist())
    return differ, voxels, labels, wrong


def probability_difference(one, other):
    largest = 0.0
    for name in (name for name in os.listdir(one) if name.endswith(".npz")):
        a, b = np.load(f"{one}/{name}")["probabilities"], np.load(f"{other}/{name}")["probabilities"]
        largest = max(largest, float(np.abs(a.astype(np.float64) - b).max()) if a.shape == b.shape else float("inf"))
    return largest


def judge(row, variant, upstream_error, our_error):
    """The verdict of a row in which one of the two programs, or both, refuse."""
    row["detail"] = f"nnunetv2: {upstream_error or 'runs'}; ours: {our_error or 'runs'}"
    refusing = "ours" if our_error and not upstream_error else "nnunetv2" if upstream_error and not our_error else None
    if our_error and our_error.startswith("CRASH"):
        return "CRASH"
    if refusing is None:
        return "refused by both"
    if variant["refuses"] == refusing:
        row["detail"] = f"{variant['because']}; {row['detail']}"
        return "explained"
    return "ONLY OURS REFUSES" if refusing == "ours" else "ONLY NNUNETV2 REFUSES"


def first_stage_labels(model, cases, variant):
    """The folder of nnU-Net's own label maps of a cascade's first stage, which both programs then start from."""
    import variants_upstream

    labels = f"{model}/{variant['cases']}"
    if not os.path.exists(labels):
        variants_upstream.predict(model, cases, f"{labels}.part", {**variant, "options": {}})
        os.rename(f"{labels}.part", labels)
    return labels


def measure(row, scratch, ending):
    """Compares what both programs wrote, and gives the verdict."""
    single, half, ours, ours_with_probabilities = (f"{scratch}/{name}" for name in ("float32", "float16", "ours", "probabilities"))
    row["half"], row["voxels"], labels, wrong = compare_labels(half, ours, ending)
    row["single"] = compare_labels(single, ours, ending)[0]
    row["upstream"] = compare_labels(half, single, ending)[0]
    row["probability"] = probability_difference(single, ours_with_probabilities)
    row["labels"] = len(labels)
    row["detail"] = "; ".join(wrong)
    with_probabilities = compare_labels(single, ours_with_probabilities, ending)[0]
    limit = MAXIMUM_DIFFERENCE * row["voxels"]
    if wrong or row["probability"] > MAXIMUM_PROBABILITY_DIFFERENCE or with_probabilities > limit:
        return "DIFFERS"
    if row["half"] == 0:
        return "equal"
    return "equal but for float16" if row["single"] <= limit else "DIFFERS"


def compare(variant, model, first_stage, options, row):
    """Predicts the variant's cases with both programs, and gives the verdict."""
    import variants_upstream

    dataset = variants_upstream.dataset_of(variant["data"])
    scratch = f"{options.work}/cases/{variant['name'].replace('/', '_')}"
    shutil.rmtree(scratch, ignore_errors=True)
    cases = f"{scratch}/in"
    os.makedirs(cases)
    for number, case in enumerate(CASES[variant["cases"]]):
        write_case(f"{variant['cases']}{number}", case, {**dataset, **variant["written"]}, cases)
    previous = first_stage_labels(first_stage, cases, variant) if first_stage else None
    runs = (("float16", "ours", False), ("float32", "probabilities", True))
    for upstream_output, our_output, probabilities in runs:
        upstream_error = run_upstream(
            model, cases, f"{scratch}/{upstream_output}", variant, previous, probabilities=probabilities, float32=probabilities)
        our_error = run_ours(options.binary, model, cases, f"{scratch}/{our_output}", variant, previous, probabilities)
        if upstream_error or our_error:
            return judge(row, variant, upstream_error, our_error)
    return measure(row, scratch, dataset["ending"])


def run(variant, options):
    import variants_upstream

    row = {"name": variant["name"], "detail": ""}
    trained_by = {key: variant[key] for key in ("data", "trainer", "planner", "configuration", "plans", "network", "folds", "is_small")}
    identifier = "plans" + hashlib.sha256(json.dumps(trained_by, sort_keys=True).encode()).hexdigest()[:10]
    try:
        *before, model = variants_upstream.trained(options.work, variant, identifier)
    except Exception as error:
        traceback.print_exc()
        expected = variant["refuses"] == "training"
        row["verdict"] = "not trainable" if expected else "NOT TRAINED"
        row["detail"] = f"nnunetv2: {type(error).__name__}: {' '.join(str(error).split())[:200]}"
        return row
    if variant["after"] or variant["checkpoint"] or variant["folder"]:
        copied = f"{options.work}/changed/{variant['name'].replace('/', '_')}/{variant['folder'] or os.path.basename(model)}"
        variants_upstream.changed_copy(model, copied, variant)
        model = copied
    try:
        row["verdict"] = compare(variant, model, before[0] if before else None, options, row)
    except Exception as error:
        traceback.print_exc()
        row.update(verdict="NOT COMPARED", detail=f"{type(error).__name__}: {error}")
    return row


def show(row):
    if "half" in row:
        counts = f"{row['half']} of {row['voxels']} voxels differ, {row['single']} from float32 sums (nnU-Net itself {row['upstream']})"
        counts += f", probability {row['probability']:.0e}, {row['labels']} labels"
    else:
        counts = ""
    print(f"{row['name']:<57} {row['verdict']:<22} {counts} {row['detail']} [{row['seconds']:.0f} s]", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--only", default="")
    parser.add_argument("--work", default=os.path.join(tempfile.gettempdir(), "nnunetd-variants"))
    parser.add_argument("--continue", dest="goes_on", action="store_true")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    wanted = [variant for variant in VARIANTS if variant["name"].startswith(tuple(options.only.split(",")))]
    if options.list:
        print("\n".join(variant["name"] for variant in wanted))
        return
    options.work, options.binary = os.path.abspath(options.work), os.path.abspath(options.binary)
    prepare(options)
    os.makedirs(f"{options.work}/rows", exist_ok=True)
    counts, bad = {}, []
    for variant in wanted:
        slug = variant["name"].replace("/", "_")
        record = f"{options.work}/rows/{slug}.json"
        if options.goes_on and os.path.exists(record):
            with open(record) as stream:
                row = json.load(stream)
            if row["verdict"] in GOOD:
                counts[row["verdict"]] = counts.get(row["verdict"], 0) + 1
                continue
        started = time.monotonic()
        with open(f"{options.work}/rows/{slug}.log", "w") as log, contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
            row = run(variant, options)
        row["seconds"] = time.monotonic() - started
        with open(record, "w") as stream:
            json.dump(row, stream)
        show(row)
        counts[row["verdict"]] = counts.get(row["verdict"], 0) + 1
        if row["verdict"] not in GOOD:
            bad.append(row)
    print(f"\n{sum(counts.values())} variants: " + ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items())))
    for row in bad:
        print(f"  {row['name']}: {row['verdict']} {row['detail']}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
