# Writes the SavedModel that the tests of the native TensorFlow serve: `python3 saved-model.py scaled|whole folder` with tensorflow 2.18.
import sys

import tensorflow as tf


class Scaled(tf.Module):
    """Gives values x weights x factor, and a text of each row."""

    def __init__(self):
        super().__init__()
        self.weights = tf.Variable([[0.5], [-1.0], [2.0]], name="weights")

    @tf.function(
        input_signature=[
            tf.TensorSpec([None, 3], tf.float32, "values"),
            tf.TensorSpec([], tf.int32, "factor"),
        ]
    )
    def serve(self, values, factor):
        scores = values @ self.weights * tf.cast(factor, tf.float32)
        return {"scores": scores, "texts": tf.strings.as_string(scores, precision=2)}


class Whole(tf.Module):
    """Gives sums and maxima of whole numbers, and what is no flag."""

    @tf.function(
        input_signature=[
            tf.TensorSpec([None, 2], tf.int64, "ids"),
            tf.TensorSpec([None, 2], tf.uint8, "pixels"),
            tf.TensorSpec([None], tf.bool, "flags"),
        ]
    )
    def serve(self, ids, pixels, flags):
        sums = tf.reduce_sum(ids, axis=1, keepdims=True) * 1_000_000_000
        brightest = tf.cast(tf.reduce_max(pixels, axis=1, keepdims=True), tf.int32)
        return {"sums": sums, "brightest": brightest, "others": tf.logical_not(flags)}


model = {"scaled": Scaled, "whole": Whole}[sys.argv[1]]()
tf.saved_model.save(model, sys.argv[2], signatures={"serving_default": model.serve})
