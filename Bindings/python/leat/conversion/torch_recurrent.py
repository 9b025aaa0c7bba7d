# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""nn.LSTM, nn.GRU, nn.RNN and their cells.

A module may be called once for the sequence, or for each step with the state of
the step before. Both make one value. Its state after a step is ids, too: h of
the last layer is the value itself.
"""

import torch

from .network import Refused, Value
from .torch_arguments import columns, contents, key_of

KINDS = {"lstm": "lstm", "gru": "gru", "rnn_tanh": "rnn", "rnn_relu": "rnn"}
WORDS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


class Module:
    """A recurrent module of the trace.

    - value: what it puts out
    - states: h and c of each layer as values
    - initial: h0 and c0, [layers, size]
    """

    def __init__(self, value, states, initial):
        self.value, self.states, self.initial = value, states, initial

    def ids(self, elements, batch, step):
        """The ids of h, and of c, after a step: [layers, batch, size] each."""
        rows = batch * elements.steps + step
        return [
            torch.stack([elements.ids(value, rows) for value in values])
            for values in self.states
        ]


def sequence(trace, name, args, kwargs, result):
    if not isinstance(args[3], bool):
        raise Refused(
            "it reads a packed sequence; give example= without lengths, so "
            "that it isn't packed"
        )
    (
        input,
        state,
        weights,
        has_bias,
        layers,
        dropout,
        train,
        bidirectional,
        batch_first,
    ) = args
    if bidirectional:
        raise Refused(
            "a bidirectional module needs the end of the sequence first, "
            "which a stream never has; train one that runs forward"
        )
    if train and dropout:
        raise Refused(
            "it is called in training, with dropout; call it after eval()"
        )
    state = [state] if isinstance(state, torch.Tensor) else list(state)
    ids = trace.ids(input)
    if ids is None:
        raise Refused("its input doesn't come from the module's input")
    per_layer = len(weights) // layers
    words = WORDS[: 4 if has_bias else 2] + ("weight_hr",) * (per_layer % 2)
    tensors = {
        f"{words[index % per_layer]}_l{index // per_layer}": weight
        for index, weight in enumerate(weights)
    }
    outputs = step(
        trace,
        name,
        ids.transpose(0, 1) if batch_first else ids,
        state,
        tensors,
        layers,
    )
    output, *states = outputs
    trace.track(result[0], output.transpose(0, 1) if batch_first else output)
    for tensor, ids in zip(result[1:], states):
        trace.track(tensor, ids)
        trace.states += [ids, ids.squeeze(1)]


def cell(trace, name, args, kwargs, result):
    input, state, *weights = args
    state = [state] if isinstance(state, torch.Tensor) else list(state)
    ids = trace.ids(input)
    if ids is None:
        raise Refused("its input doesn't come from the module's input")
    tensors = {
        f"{word}_l0": weight
        for word, weight in zip(WORDS, weights)
        if weight is not None
    }
    known = [trace.ids(tensor) for tensor in state]
    lifted = [tensor.unsqueeze(0) for tensor in state]
    for tensor, found in zip(lifted, known):
        if found is not None:
            trace.track(tensor, found.unsqueeze(0))
    _, *states = step(
        trace, name.removesuffix("_cell"), ids.unsqueeze(0), lifted, tensors, 1
    )
    results = [result] if isinstance(result, torch.Tensor) else result
    for tensor, ids in zip(results, states):
        trace.track(tensor, ids.squeeze(0))
        trace.states.append(ids.squeeze(0))


def step(trace, name, ids, state, tensors, layers):
    """The ids of the output and of the states, for input ids of [steps, batch,
    features]."""
    elements = trace.elements
    if any(map(trace.is_tracked, tensors.values())):
        raise Refused(
            "its weights are computed from the input, expected constant ones"
        )
    source, rows, features = elements.rows(ids)
    first, batch = order(elements, rows)
    weights = {key: contents(tensor) for key, tensor in tensors.items()}
    weights["weight_ih_l0"] = columns(
        tensors["weight_ih_l0"], features, source.size
    )
    hidden = weights["weight_hh_l0"].shape[0] // {"lstm": 4, "gru": 3}.get(
        name, 1
    )
    size = (
        weights["weight_hr_l0"].shape[0]
        if "weight_hr_l0" in weights
        else hidden
    )
    sizes = [size, hidden] if name == "lstm" else [size]
    module = trace.recurrent.get(
        key := (name, source, key_of(*tensors.values(), features))
    )
    if module is None:
        if first != 0:
            raise Refused(
                f"its first step is step {first} of the sequence, expected "
                "step 0"
            )
        module = trace.recurrent[key] = make(
            trace, name, source, weights, sizes, layers, state
        )
    if first == 0:
        check_initial(trace, module, state)
    else:
        check_state(trace, module.ids(elements, batch, first - 1), state, first)
    last = first + ids.shape[0] - 1
    return [
        elements.ids(module.value, rows),
        *module.ids(elements, batch, last),
    ]


def order(elements, rows):
    """The first step and the sequences of rows [steps, batch]; refused unless
    steps follow each other."""
    steps, batch = rows % elements.steps, rows // elements.steps
    expected = steps[:1, :1] + torch.arange(len(steps)).unsqueeze(1)
    if not (steps == expected).all() or not (batch == batch[:1]).all():
        hint = ""
        if (steps == steps[:1]).all() and not (batch == batch[:1]).all():
            hint = ": the batch is where it expects the steps; see batch_first"
        raise Refused(
            "its steps aren't those of the input, one after the other" + hint
        )
    return int(steps[0, 0]), batch[0]


def make(trace, name, source, weights, sizes, layers, state):
    initial = [constant(trace, tensor) for tensor in state]
    if any(array.any() for array in initial):
        weights.update(zip(("h0", "c0"), initial))
    arguments = {"nonlinearity": "relu"} if name == "rnn_relu" else {}
    # A plain key would be that of the same weights, called again for another
    # state.
    value = trace.value(
        ("module", len(trace.recurrent)),
        KINDS[name],
        sizes[0],
        [source],
        name,
        tensors=weights,
        arguments=arguments,
    )
    states = []
    for word, size in zip("hc", sizes):
        inner = [
            trace.elements.add(
                Value(
                    "state",
                    size,
                    [source],
                    f"the {word} of layer {layer} of {value.title}",
                )
            )
            for layer in range(layers)
        ]
        if word == "h":
            inner[-1] = value
        states.append(inner)
    return Module(value, states, initial)


def constant(trace, tensor):
    """An initial state as an array of [layers, size], the same for the whole
    batch."""
    if trace.is_tracked(tensor):
        raise Refused(
            "it begins with a state that comes from other values; a stream "
            "begins with a constant state"
        )
    if id(tensor) in trace.remembered and tensor.any():
        raise Refused(
            "it begins with a state that it kept from an earlier run; reset "
            "the module first, as by setting the state to None"
        )
    tensor = tensor.detach()
    if not (tensor == tensor[:, :1]).all():
        raise Refused(
            "its initial state isn't the same for all of the batch, as if it "
            "were random; expected a constant one"
        )
    return contents(tensor[:, 0])


def check_initial(trace, module, state):
    for tensor, known in zip(state, module.initial):
        if not (constant(trace, tensor) == known).all():
            raise Refused(
                "it is called for step 0 with several initial states, "
                "expected one"
            )


def check_state(trace, expected, state, first):
    for tensor, ids in zip(state, expected):
        found = trace.ids(tensor)
        if found is None or not torch.equal(found.reshape(ids.shape), ids):
            raise Refused(
                f"it begins step {first} with another state than its own "
                f"after step {first - 1}; a stream keeps its state"
            )


OPERATIONS = {
    "lstm": sequence,
    "gru": sequence,
    "rnn_tanh": sequence,
    "rnn_relu": sequence,
    "lstm_cell": cell,
    "gru_cell": cell,
    "rnn_tanh_cell": cell,
    "rnn_relu_cell": cell,
}
