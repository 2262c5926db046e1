# Writes the SavedModel that the tests of the native TensorFlow serve: `python3 saved-model.py folder` with tensorflow 2.18.
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


model = Scaled()
tf.saved_model.save(model, sys.argv[1], signatures={"serving_default": model.serve})
