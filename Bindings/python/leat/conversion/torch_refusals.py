# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""Why Leat has nothing like a function of PyTorch, in words that help."""

from . import torch_activations
from .network import Refused
from .torch_arguments import bound

# Why there is nothing like a function, where more can be said.
REASONS = {
    "layer_norm": "Leat has nothing like a layer norm; train it with "
    "nn.BatchNorm1d, or without",
    "group_norm": "Leat has nothing like a group norm; train it with "
    "nn.BatchNorm1d, or without",
    "instance_norm": "an instance norm needs the whole sequence first; train "
    "it with nn.BatchNorm1d, or without",
    "embedding": "Leat has nothing like an embedding; look the rows up in "
    "your program, and convert the rest",
    "conv1d": "a convolution reads several steps at once; compute it in your "
    "program, and convert the rest",
    "scaled_dot_product_attention": "attention reads all steps at once, and "
    "a stream has no end",
    "multi_head_attention_forward": "attention reads all steps at once, and "
    "a stream has no end",
    "_pack_padded_sequence": "it packs sequences; give example= without "
    "lengths, so that they aren't packed",
    "cumsum": "it adds over all steps; Leat has only recurrent modules for "
    "this",
    "mean": "a mean reads several steps or features; take a step, or the "
    "last one",
    "sum": "a sum over a dimension reads several steps or features; take a "
    "step, or the last one",
}
for word in ("gt", "ge", "lt", "le", "eq", "ne", "isnan", "isfinite", "where"):
    REASONS[word] = (
        "it decides by values, and Leat computes the same for all; do it in "
        "your program, before or after the model"
    )
for word in (
    "selu",
    "mish",
    "logsigmoid",
    "log_sigmoid",
    "tanhshrink",
    "celu",
    "glu",
    "exp",
    "sin",
    "cos",
    "hardshrink",
    "softshrink",
    "softmin",
    "rrelu",
    "threshold",
):
    REASONS[word] = f"Leat has no {word}; train it with one of: " + ", ".join(
        torch_activations.WORDS
    )


def reason(name):
    return REASONS.get(
        name,
        f"Leat has nothing like {name}(); compute it in your program and "
        "convert the rest, or, if the module is a chain of layers all the "
        "same, give the list with layers=",
    )


def check_dropout(name, args, kwargs):
    if "dropout" not in name:
        return
    found = bound(args, kwargs, "input p training", p=0.5, training=True)
    if found.training and found.p:
        raise Refused(
            "dropout is called with training=True, so that it acts after "
            "training, too; pass training=self.training"
        )
