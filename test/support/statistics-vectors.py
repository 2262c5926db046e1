"""Writes statistics-vectors.json: figures of scipy that the monitor's statistics have to give within 1e-9, relative.

Run as `python3 test/support/statistics-vectors.py > test/support/statistics-vectors.json`; written with numpy 2.4.6 and scipy 1.17.1. Samples are made by formulas that
every language computes alike, so that they need not be stored:
a sample (rows, step, offset, modulus, shift, grid) has the values ((i * step + offset) % modulus) / modulus + shift, floor(value * grid) / grid where a grid is given.
"""

import json
import sys
import warnings

import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon
from scipy.special import gammaincc, gammaln

# An exact method that gives up and falls back would write a wrong vector.
warnings.simplefilter("error")


def sample(rows, step, offset, modulus, shift=0.0, grid=None):
    values = ((np.arange(rows, dtype=np.int64) * step + offset) % modulus) / modulus + shift
    return values if grid is None else np.floor(values * grid) / grid


def two_samples(left, right, method):
    found = stats.ks_2samp(sample(**left), sample(**right), method=method)
    return {"left": left, "right": right, "method": method, "statistic": float(found.statistic), "pValue": float(found.pvalue)}


def kolmogorov_smirnov():
    def pair(m, n, shift, grid=None):
        modulus = 1_000_003
        left = {"rows": m, "step": 7919, "offset": 13, "modulus": modulus, "shift": 0.0, "grid": grid}
        right = {"rows": n, "step": 104_729, "offset": 101, "modulus": modulus, "shift": shift, "grid": grid}
        return left, right

    shifts = [0.0, 0.02, 0.07, 0.2, 0.45, 1.5]
    small = [(1, 2), (3, 4), (6, 9), (10, 10), (11, 17), (64, 48), (97, 101), (150, 150), (400, 37), (512, 768), (1500, 1499)]
    cases = [two_samples(*pair(m, n, shift), "exact") for m, n in small for shift in shifts]
    cases += [two_samples(*pair(m, n, shift, 16), "exact") for m, n in [(20, 30), (300, 200)] for shift in shifts]
    large = [(12, 10), (2, 2), (7, 13), (99, 99), (100, 101), (281, 280), (900, 700), (20_001, 60), (30_000, 2_000), (50_000, 50_000)]
    cases += [two_samples(*pair(m, n, shift), "asymp") for m, n in large for shift in shifts]
    cases += [two_samples(*pair(m, n, 0.05), "auto") for m, n in [(10_000, 100), (10_001, 100), (100, 10_001)]]
    return cases


def kolmogorov_tails():
    counts = [1, 2, 3, 10, 77, 139, 140, 141, 500, 5_000, 99_999, 100_001, 1_000_000]
    roots = [0.05, 0.2, 0.35, 0.5, 0.7, 0.86, 1.0, 1.3, 1.45, 1.5, 1.9, 2.05, 3.0, 6.0, 15.0, 19.1]
    points = [(count, root / count**0.5) for count in counts for root in roots]
    points += [(count, share) for count in (2, 9, 140, 300) for share in (0.1, 0.49, 0.5, 0.77, 0.999, 1.0)]
    points += [(count, times / count) for count in (5, 141, 4_000) for times in (0.4, 0.5, 0.51, 0.8, 1.0, 1.2)]
    return [[count, distance, float(stats.kstwo.sf(distance, count))] for count, distance in points]


def special():
    xs = [1e-9, 0.01, 0.3, 0.9999, 1.5, 3.7, 12.0, 47.5, 300.0, 690.0]
    return {
        "logGamma": [[x, float(gammaln(x))] for x in [1e-8, 0.01, 0.5, 1.7, 2.5, 15.9, 16.1, 300.5, 1e6, 1e12]],
        "gammaUpper": [[a, x, float(gammaincc(a, x))] for a in [0.5, 1.0, 2.5, 10.0, 63.5, 500.0] for x in xs],
        "normalUpper": [[z, float(stats.norm.sf(z))] for z in [-6.0, -1.2, 0.0, 1e-5, 0.7, 1.96, 3.1, 8.0, 20.0, 37.0]],
        "normalUpperQuantile": [[p, float(stats.norm.isf(p))] for p in [1e-300, 1e-20, 1e-4, 0.025, 0.3, 0.5001, 0.9, 0.99999]],
        "binomialDensity": [
            [k, n, p, float(stats.binom.pmf(k, n, p))]
            for n, p in [(1, 0.3), (10, 0.5), (2_000, 0.01), (1_000_000, 0.25)]
            for k in {0, 1, n // 100, n // 4, n // 2, n}
        ],
    }


def bin_counts(seed, bins, rows, tilt):
    """Multinomial counts over bins whose shares a tilt bends, some of them empty."""
    random = np.random.default_rng(seed)
    shares = np.exp(tilt * np.linspace(-1, 1, bins) ** 3) / bins
    return random.multinomial(rows, shares / shares.sum())


def stability(reference, counts):
    """Population stability over tenths of the reference, by the middles of its bins, with half a row for each tenth that is used."""
    middles = np.cumsum(reference) - reference / 2
    tenths = np.minimum(9, np.floor(middles / reference.sum() * 10)).astype(int)
    used = np.unique(tenths)
    p, q = (np.array([side[tenths == tenth].sum() + 0.5 for tenth in used]) for side in (reference, counts))
    p, q = p / p.sum(), q / q.sum()
    return np.sum((q - p) * np.log(q / p))


def distances():
    cases = []
    for seed, bins, reference_rows, rows, tilt in [(1, 2, 50, 30, 0.0), (2, 12, 5_000, 600, 0.0), (3, 128, 9_000, 700, 0.9), (4, 40, 100_000, 40_000, 3.0), (5, 128, 300, 12, -2.0)]:
        reference = bin_counts(seed, bins, reference_rows, 0.0)
        counts = bin_counts(seed + 100, bins, rows, tilt)
        edges = np.cumsum(1 + (np.arange(bins + 1) * 7 % 5)) / 8
        middles = (edges[:-1] + edges[1:]) / 2
        used = reference + counts > 0
        chi = stats.chi2_contingency(np.array([reference[used], counts[used]]), correction=False)
        effective = rows * 0.37
        weighted = stats.chi2_contingency(np.array([reference[used], counts[used] * 0.37]), correction=False)
        cases.append({
            "edges": edges.tolist(),
            "reference": reference.tolist(),
            "counts": counts.tolist(),
            "stability": float(stability(reference, counts)),
            "jensenShannon": float(jensenshannon(reference, counts, base=2)),
            "wasserstein": float(stats.wasserstein_distance(middles, middles, reference, counts)),
            "chiSquare": {"statistic": float(chi.statistic), "degrees": int(chi.dof), "pValue": float(chi.pvalue)},
            "effectiveRows": effective,
            "weightedChiSquare": {"statistic": float(weighted.statistic), "degrees": int(weighted.dof), "pValue": float(weighted.pvalue)},
        })
    return cases


def shares():
    def compared(a, m, b, n):
        table = np.array([[a, m - a], [b, n - b]])
        chi = stats.chi2_contingency(table, correction=False)
        return [a, m, b, n, float(chi.pvalue), float(stats.fisher_exact(table[::-1], alternative="greater").pvalue)]

    return [
        compared(a, m, b, n)
        for a, m, b, n in [(1, 10, 3, 10), (40, 1_000, 61, 900), (0, 200_000, 3, 900), (0, 50, 50, 60), (3, 7, 0, 9), (500, 100_000, 40, 3_000), (900_000, 1_000_000, 8_000, 9_000)]
    ]


def false_discovery():
    random = np.random.default_rng(11)
    lists = [[0.02], [0.5, 0.5, 0.5], [0.01, 0.04, 0.03, 0.2], (random.random(60) ** 3).tolist(), [0.0, 1.0, 1e-300, 0.05]]
    return [{"pValues": p, "adjusted": stats.false_discovery_control(p).tolist()} for p in lists]


def scored(seed, rows, grid):
    random = np.random.default_rng(seed)
    labels = (random.random(rows) < 0.3).astype(int)
    first = np.round(1 / (1 + np.exp(-(labels - 0.8 + random.normal(0, 1.2, rows)))), grid)
    second = np.round(np.clip(first + random.normal(0, 0.15, rows), 0, 1), grid)
    return labels, first, second


def delong():
    """DeLong's variance by its definition: all pairs of a positive and a negative."""

    def components(scores, labels):
        positives, negatives = scores[labels == 1], scores[labels == 0]
        wins = (positives[:, None] > negatives[None, :]) + 0.5 * (positives[:, None] == negatives[None, :])
        return wins.mean(axis=1), wins.mean(axis=0)

    def variance(positive, negative):
        return np.var(positive, ddof=1) / len(positive) + np.var(negative, ddof=1) / len(negative)

    cases = []
    for seed, rows, grid in [(21, 60, 6), (22, 400, 1), (23, 150, 2)]:
        labels, first, second = scored(seed, rows, grid)
        (p1, n1), (p2, n2) = components(first, labels), components(second, labels)
        variance1 = variance(p1, n1)
        cases.append({
            "labels": labels.tolist(), "first": first.tolist(), "second": second.tolist(),
            "auc": float(p1.mean()), "variance": float(variance1),
            "upper95": float(min(1, p1.mean() + stats.norm.isf(0.025) * variance1**0.5)),
            "difference": float(p2.mean() - p1.mean()), "differenceVariance": float(variance(p2 - p1, n2 - n1)),
            "observedOverExpected": float(labels.sum() / first.sum()),
            "observedUpper95": float((labels.sum() + stats.norm.isf(0.025) * np.sqrt((first * (1 - first)).sum())) / first.sum()),
        })
    return cases


def lifts():
    """With one request an entity the lift is the coefficient of the cohort in a regression on cohort and covariate."""
    cases = []
    for seed, rows, share in [(31, 200, 0.5), (32, 900, 0.8)]:
        random = np.random.default_rng(seed)
        cohort = (random.random(rows) < share).astype(int)
        covariate = random.normal(2, 1, rows)
        value = 0.3 * cohort + 0.9 * covariate + random.normal(0, 0.5, rows)
        design = np.column_stack([np.ones(rows), cohort, covariate])
        coefficients = np.linalg.lstsq(design, value, rcond=None)[0]
        adjusted = value - coefficients[2] * covariate
        variance = sum(np.var(adjusted[cohort == arm], ddof=1) / np.sum(cohort == arm) for arm in (0, 1))
        plain = sum(np.var(value[cohort == arm], ddof=1) / np.sum(cohort == arm) for arm in (0, 1))
        cases.append({
            "cohort": cohort.tolist(), "covariate": covariate.tolist(), "value": value.tolist(),
            "lift": float(coefficients[1]), "liftVariance": float(variance), "varianceLeft": float(variance / plain),
        })
    return cases


def sequences():
    """Bounds of asymptotic confidence sequences, by the formulas of Waudby-Smith et al. 2021, and the least alpha at which the upper bound lies on a value."""
    from scipy.optimize import brentq

    def rho_squared(alpha, planned):
        return (-2 * np.log(alpha) + np.log(1 - 2 * np.log(alpha))) / planned

    def upper(count, mean, variance, rho2, alpha):
        grown = count * rho2
        return mean + np.sqrt(variance * 2 * (grown + 1) / (count**2 * rho2) * np.log(1 + np.sqrt(grown + 1) / (2 * alpha)))

    cases = []
    for count, mean, variance, alpha, planned, bound in [(100, 0.02, 0.05, 0.05, 6_000, 0.1), (6_000, 0.001, 0.05, 0.05, 6_000, 0.01), (1e6, -3.0, 40.0, 0.001, 5_000, -2.97)]:
        rho2 = rho_squared(alpha, planned)
        two = np.sqrt(variance * 2 * (count * rho2 + 1) / (count**2 * rho2) * np.log(np.sqrt(count * rho2 + 1) / alpha))
        spent = brentq(lambda log: upper(count, mean, variance, rho2, np.exp(log)) - bound, -60, 5, xtol=1e-14, rtol=1e-14)
        cases.append({
            "count": count, "mean": mean, "variance": variance, "alpha": alpha, "planned": planned, "bound": bound,
            "upper": float(upper(count, mean, variance, rho2, alpha)), "twoSidedUpper": float(mean + two), "pValue": float(min(1, np.exp(spent))),
        })
    return cases


def sample_ratios():
    """Evidence against the wanted share: the beta-binomial over the binomial likelihood."""
    cases = []
    for model, control, share in [(510, 490, 0.5), (5_300, 4_700, 0.5), (9_600, 400, 0.95), (0, 3, 0.5)]:
        beta = stats.betabinom(model + control, 1_000 * share, 1_000 * (1 - share)).logpmf(model)
        evidence = beta - stats.binom(model + control, share).logpmf(model)
        total = model + control
        p = stats.chisquare([model, control], [total * share, total * (1 - share)]).pvalue
        cases.append({"model": model, "control": control, "share": share, "pValue": float(p), "anytimePValue": float(min(1, np.exp(-evidence)))})
    return cases


json.dump(
    {
        "kolmogorovSmirnov": kolmogorov_smirnov(),
        "kolmogorovTails": kolmogorov_tails(),
        "special": special(),
        "distances": distances(),
        "shares": shares(),
        "falseDiscovery": false_discovery(),
        "delong": delong(),
        "lifts": lifts(),
        "sequences": sequences(),
        "sampleRatios": sample_ratios(),
    },
    sys.stdout,
)
sys.stdout.write("\n")
