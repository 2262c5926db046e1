"""Trains gradient-boosted trees with LightGBM by the contract of an external trainer.

Reads spec.json and data.parquet where it runs, and writes model.onnx and metrics.json there. The same input gives the same bytes: one thread,
fixed seeds, and a graph that is written node by node.
"""

import json

import lightgbm
import numpy
import pyarrow.parquet
from onnx_trees import write_onnx


def main():
    with open("spec.json", encoding="utf8") as file:
        spec = json.load(file)
    columns = spec["columns"]
    table = pyarrow.parquet.read_table(spec["data"])
    features = numpy.column_stack(
        [table[name].to_numpy().astype(numpy.float32) for name in spec["features"]]
    )
    labels = table[columns["label"]].to_numpy()
    is_train = table[columns["split"]].to_numpy(zero_copy_only=False) == "train"
    parameters = dict(spec["parameters"])
    rounds = int(parameters.pop("rounds"))
    booster = lightgbm.train(
        {
            "objective": "binary",
            "seed": spec["seed"] % 2**31,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": 1,
            "verbosity": -1,
            **parameters,
        },
        lightgbm.Dataset(features[is_train], labels[is_train], feature_name=list(spec["features"])),
        num_boost_round=rounds,
    )
    write_onnx(booster, spec)
    # What it says of itself; mlmesh measures again with the model that was written.
    probabilities = booster.predict(features[~is_train])
    known = labels[~is_train]
    chance = numpy.where(known == 1, probabilities, 1 - probabilities)
    with open(spec["metrics"], "w", encoding="utf8") as file:
        json.dump({"log_loss": float(-numpy.log(chance).mean()), "trees": booster.num_trees()}, file)


main()
