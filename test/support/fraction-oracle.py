"""Reads windows of doubles as hexadecimal texts, one JSON object a line, and gives their aggregates, rounded once by Python's own integers."""

import json
import math
import sys
from fractions import Fraction


def nearest(value):
    """The double nearest to a fraction: the division of two integers is rounded correctly. None beyond the range."""
    try:
        return (value.numerator / value.denominator).hex()
    except OverflowError:
        return None


def nearest_root(value):
    """The double nearest to the root of a fraction, through the root of an integer with more than twice the bits."""
    if value == 0:
        return (0.0).hex()
    shift = 240 + max(0, value.denominator.bit_length() - value.numerator.bit_length())
    shift += shift % 2
    scaled = (value.numerator << shift) // value.denominator
    root = math.isqrt(scaled)
    is_exact = root * root == scaled and (scaled * value.denominator == value.numerator << shift)
    # One more bit, which is not 0, stands for all that was cut off.
    return nearest(Fraction(2 * root + (0 if is_exact else 1), 2 << (shift // 2)))


def moments(xs):
    n = len(xs)
    mean = sum(xs) / n
    second, third, fourth = (sum((x - mean) ** power for x in xs) for power in (2, 3, 4))
    result = {"sum": nearest(sum(xs)), "mean": nearest(mean)}
    if n >= 2:
        result["variance"] = nearest(second / (n - 1))
        result["stddev"] = nearest_root(second / (n - 1))
    if second != 0:
        spread = second / n
        square = (third / n) ** 2 / spread**3
        root = nearest_root(square)
        result["skew"] = ((1 if third > 0 else -1) * float.fromhex(root) + 0.0).hex()
        result["kurtosis"] = nearest((fourth / n) / spread**2 - 3)
    return result


for line in sys.stdin:
    xs = [float.fromhex(text) for text in json.loads(line)]
    answer = moments([Fraction(x) for x in xs])
    try:
        answer["fsum"] = (math.fsum(xs) + 0.0).hex()
    except OverflowError:
        answer["fsum"] = None
    print(json.dumps(answer))
