# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""The tensors and metadata of a model file whose list of layers is given by
hand."""

import re

import torch

from .errors import ConversionError
from .torch_arguments import contents

KINDS = (
    torch.nn.RNNBase,
    torch.nn.RNNCellBase,
    torch.nn.Linear,
    torch.nn.BatchNorm1d,
    torch.nn.PReLU,
)
# Tensors that may be in any module.
ANYWHERE = {
    "input_mean",
    "input_std",
    "input_min",
    "input_range",
    "output_mean",
    "output_std",
    "output_min",
    "output_range",
    "h0",
    "c0",
    "h_0",
    "c_0",
}


def by_hand(module, layers):
    """The tensors and the metadata.

    - layers: the value of `leat.layers`
    """
    if not isinstance(layers, str):
        raise TypeError(
            'layers: expected text, as "lstm head:tanh", found '
            f"{type(layers).__name__}"
        )
    tensors, metadata = {}, {"leat.layers": layers, "leat.format": "2"}
    modules = dict(module.named_modules())
    for entry in layers.split():
        name = re.split("[:=]", entry)[0]
        if name == "" or name.startswith("+"):
            continue
        inner = modules.get("" if name == "." else name)
        if not isinstance(inner, KINDS):
            known = ", ".join(
                repr(path or ".")
                for path, found in modules.items()
                if isinstance(found, KINDS)
            )
            what = (
                "there is no module of this name"
                if inner is None
                else f"it is an nn.{type(inner).__name__}"
            )
            raise ConversionError(
                f"layers= names '{name}', but {what}; expected one of "
                f"{known or 'none'}"
            )
        prefix = "" if name == "." else name + "."
        for key in tensors_of(inner):
            tensors[prefix + key] = contents(getattr(inner, key))
        if isinstance(inner, torch.nn.BatchNorm1d):
            metadata[f"leat.{name}.eps"] = repr(inner.eps)
        elif getattr(inner, "nonlinearity", "tanh") != "tanh":
            metadata[f"leat.{name}.nonlinearity"] = inner.nonlinearity
    for path, tensor in [*module.named_parameters(), *module.named_buffers()]:
        if path.split(".")[-1] in ANYWHERE:
            tensors[path] = contents(tensor)
    return tensors, metadata


def tensors_of(module):
    if isinstance(module, torch.nn.RNNBase):
        return module._flat_weights_names
    words = (
        "weight",
        "bias",
        "running_mean",
        "running_var",
        "weight_ih",
        "weight_hh",
        "bias_ih",
        "bias_hh",
    )
    return [
        word
        for word in words
        if getattr(module, word, None) is not None
        and isinstance(getattr(module, word), torch.Tensor)
    ]
