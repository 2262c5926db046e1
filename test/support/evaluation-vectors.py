"""Writes evaluation-vectors.json: figures of scikit-learn and scipy that measureBinary, measureCalibration, binnedKs and populationStability have to give.

Run as `python3 test/support/evaluation-vectors.py > test/support/evaluation-vectors.json`; written with numpy 2.4.6, scipy 1.17.1 and scikit-learn 1.9.1.
"""

import json

import numpy as np
from scipy.optimize import minimize
from scipy.stats import ks_2samp
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score


def recalibration(labels, probabilities):
    """Fits label ~ slope x logit + intercept by maximum likelihood, without a penalty."""
    logits = np.log(probabilities / (1 - probabilities))

    def loss(parameters):
        z = parameters[0] * logits + parameters[1]
        return np.sum(np.logaddexp(0, z) - labels * z)

    def gradient(parameters):
        residual = 1 / (1 + np.exp(-(parameters[0] * logits + parameters[1]))) - labels
        return np.array([np.sum(residual * logits), np.sum(residual)])

    return minimize(loss, [1.0, 0.0], jac=gradient, method="BFGS", options={"gtol": 1e-9}).x


def equal_mass_error(labels, probabilities, bins=10):
    order = np.argsort(probabilities, kind="stable")
    parts = [order[i * len(order) // bins : (i + 1) * len(order) // bins] for i in range(bins)]
    return sum(len(p) * abs(probabilities[p].mean() - labels[p].mean()) for p in parts) / len(order)


def evaluation(seed, rows, sharpness, ties):
    random = np.random.default_rng(seed)
    logits = random.normal(-1.2, 1.1, rows)
    labels = (random.random(rows) < 1 / (1 + np.exp(-logits))).astype(int)
    probabilities = 1 / (1 + np.exp(-(sharpness * logits + 0.1)))
    if ties:
        probabilities = np.round(probabilities * 64) / 64 + 1 / 256
    slope, intercept = recalibration(labels, probabilities)
    return {
        "probabilities": probabilities.tolist(),
        "labels": labels.tolist(),
        "auc": roc_auc_score(labels, probabilities),
        "logLoss": log_loss(labels, probabilities),
        "brier": brier_score_loss(labels, probabilities),
        "ece": float(equal_mass_error(labels, probabilities)),
        "slope": float(slope),
        "intercept": float(intercept),
    }


def drift(seed, shift):
    """Values on a grid coarser than the bins, so that binning loses nothing and the statistic is that of the values."""
    random = np.random.default_rng(seed)
    reference = np.round(random.normal(0, 20, 4000))
    values = np.round(random.normal(shift, 20, 700))
    return {
        "reference": reference.tolist(),
        "values": values.tolist(),
        "ks": float(ks_2samp(reference, values, method="asymp").statistic),
    }


print(
    json.dumps(
        {
            "evaluations": [
                evaluation(1, 400, 1.0, False),
                evaluation(2, 700, 1.8, False),
                evaluation(3, 500, 0.6, True),
            ],
            "drifts": [drift(4, 0), drift(5, 8), drift(6, 60)],
        }
    )
)
