"""Trains two models on made-up flights and exports them as their libraries do: a scikit-learn pipeline over texts and whole numbers by skl2onnx, and
gradient-boosted trees of LightGBM by onnxmltools. Writes pipeline.onnx, trees.onnx and expected.json, which has requests and the libraries' own answers.
Usage: export_models.py <folder>"""

import json
import pathlib
import sys

import lightgbm
import numpy
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType as TreesFloat
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import Int64TensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

ROWS = 2_000
ASKED = 64


def pipeline(chance, folder):
    """Texts and whole numbers in, a class and its probabilities out."""
    carrier = chance.choice(["AA", "DL", "UA", "WN"], size=ROWS)
    hour = chance.integers(0, 24, size=ROWS)
    late = (chance.random(ROWS) < 0.1 + 0.02 * hour + 0.2 * (carrier == "UA")).astype(numpy.int64)
    rows = numpy.column_stack([carrier.astype(object), hour.astype(object)])
    model = Pipeline([
        ("columns", ColumnTransformer([
            ("carrier", OneHotEncoder(), [0]),
            ("hour", "passthrough", [1]),
        ], sparse_threshold=0)),
        ("forest", RandomForestClassifier(n_estimators=20, max_depth=6, random_state=7)),
    ])
    model.fit(rows, late)
    exported = convert_sklearn(
        model,
        initial_types=[("carrier", StringTensorType([None, 1])), ("hour", Int64TensorType([None, 1]))],
        options={id(model): {"zipmap": False}},
        target_opset={"": 21, "ai.onnx.ml": 3},
    )
    (folder / "pipeline.onnx").write_bytes(exported.SerializeToString())
    asked = rows[:ASKED]
    return {
        "carrier": [str(text) for text in asked[:, 0]],
        "hour": [int(value) for value in asked[:, 1]],
        "labels": model.predict(asked).tolist(),
        "probabilities": model.predict_proba(asked).ravel().tolist(),
    }


def trees(chance, folder):
    """Numbers in, a class and its probabilities out."""
    columns = 6
    rows = chance.normal(size=(ROWS, columns)).astype(numpy.float32)
    late = (rows[:, 0] + rows[:, 1] * rows[:, 2] + chance.normal(size=ROWS) > 0.5).astype(numpy.int64)
    model = lightgbm.LGBMClassifier(
        n_estimators=30, num_leaves=15, random_state=7, n_jobs=1, deterministic=True, verbose=-1
    )
    model.fit(rows, late)
    exported = convert_lightgbm(
        model, initial_types=[("features", TreesFloat([None, columns]))], zipmap=False, target_opset=15
    )
    (folder / "trees.onnx").write_bytes(exported.SerializeToString())
    asked = rows[:ASKED]
    return {
        "features": asked.ravel().tolist(),
        "columns": columns,
        "labels": model.predict(asked).tolist(),
        "probabilities": model.predict_proba(asked).ravel().tolist(),
    }


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    chance = numpy.random.default_rng(7)
    expected = {"pipeline": pipeline(chance, folder), "trees": trees(chance, folder)}
    (folder / "expected.json").write_text(json.dumps(expected))


main()
