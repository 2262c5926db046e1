"""Writes the trees of a LightGBM booster as ONNX."""

import numpy
from onnx import TensorProto, checker, helper


def write_onnx(booster, spec):
    """Writes a TreeEnsembleRegressor and a Sigmoid: `features` [batch, n] to `probability` [batch, 1]."""
    count = len(spec["features"])
    trees = helper.make_node(
        "TreeEnsembleRegressor",
        ["features"],
        ["logit"],
        domain="ai.onnx.ml",
        n_targets=1,
        aggregate_function="SUM",
        post_transform="NONE",
        **tree_attributes(booster),
    )
    sigmoid = helper.make_node("Sigmoid", ["logit"], ["probability"])
    graph = helper.make_graph(
        [trees, sigmoid],
        spec["model"],
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", count])],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["batch", 1])],
    )
    # The newest pair that every ONNX Runtime since 1.13 reads.
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="mlmesh")
    checker.check_model(model)
    with open(spec["artifact"], "wb") as file:
        file.write(model.SerializeToString(deterministic=True))


def tree_attributes(booster):
    nodes = {
        name: []
        for name in (
            "treeids",
            "nodeids",
            "featureids",
            "modes",
            "values",
            "truenodeids",
            "falsenodeids",
        )
    }
    targets = {name: [] for name in ("treeids", "nodeids", "ids", "weights")}
    for tree, info in enumerate(booster.dump_model()["tree_info"]):
        add_tree(tree, info["tree_structure"], nodes, targets)
    return {
        **{f"nodes_{name}": values for name, values in nodes.items()},
        **{f"target_{name}": values for name, values in targets.items()},
    }


def add_tree(tree, root, nodes, targets):
    """Numbers the nodes of a tree in the order in which they are met."""
    waiting = [root]
    number = 0
    while number < len(waiting):
        node = waiting[number]
        is_leaf = "leaf_value" in node
        if not is_leaf and (node["decision_type"] != "<=" or node["missing_type"] != "None"):
            raise ValueError(f"wanted splits by <= without missing values, got {node}")
        left = 0 if is_leaf else len(waiting)
        if not is_leaf:
            waiting += [node["left_child"], node["right_child"]]
        nodes["treeids"].append(tree)
        nodes["nodeids"].append(number)
        nodes["featureids"].append(0 if is_leaf else node["split_feature"])
        nodes["modes"].append("LEAF" if is_leaf else "BRANCH_LEQ")
        nodes["values"].append(0.0 if is_leaf else float32_at_most(node["threshold"]))
        nodes["truenodeids"].append(left)
        nodes["falsenodeids"].append(0 if is_leaf else left + 1)
        if is_leaf:
            targets["treeids"].append(tree)
            targets["nodeids"].append(number)
            targets["ids"].append(0)
            targets["weights"].append(float(node["leaf_value"]))
        number += 1


def float32_at_most(threshold):
    """Gives the greatest float32 that is not above a double: for features in float32 both split alike, to the last row."""
    rounded = numpy.float32(threshold)
    if float(rounded) > threshold:
        rounded = numpy.nextafter(rounded, numpy.float32("-inf"))
    return float(rounded)
