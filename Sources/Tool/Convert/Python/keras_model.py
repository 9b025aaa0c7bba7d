# SPDX-License-Identifier: MIT
# Keras' part of the program that start.py begins, after the other files: makes the modules of
# `leat.layers` from the layers.

# Why there is nothing like a layer, where more can be said.
REASONS = {
    "Bidirectional": "needs the end of the sequence first, which a stream never has; train a layer that "
                     "runs forward",
    "RepeatVector": "begins a second sequence with the last step, and a stream has no last step",
    "Masking": "Leat has nothing like it; leave out the steps that it skips, and take it out of the "
               "model",
    "Embedding": "Leat has nothing like it; look the rows up in your program, and take it out of the "
                 "model",
}
# The smallest deviation by which Keras' Normalization divides, and that as a variance.
DEVIATION_MIN, VARIANCE_MIN = 1e-7, 1e-14


def convert():
    global keras_file
    keras_file = KerasFile()
    metadata["producer"], metadata["producer_version"] = "keras", keras_file.version[:40]
    graph = Graph(keras_file.configuration)
    for step in graph.steps:
        kind = step.layer.kind
        if kind not in HANDLERS:
            step.layer.refuse(REASONS.get(kind, NOTHING))
    keras_file.open_weights()
    Converter(graph.input_shape).convert(graph.steps)


class Converter(Modules):
    """What each kind of layer becomes."""

    def convert(self, steps):
        for index, step in enumerate(steps):
            self.is_end = index == len(steps) - 1
            self.add(step.layer, step.sources)
            self.values[step.layer.name] = self.value
            self.last_stamps[self.value.owner] = self.value.stamp
        if not any("weight_ih_l0" in module.arrays for module in self.modules):
            fail(65, "there is no LSTM, GRU or SimpleRNN in it")
        self.note_window()
        self.write()

    def note_window(self):
        """Says how to get what Keras gives for one run, if that is the last step's, or of a fixed number
        of steps: then the model was trained on windows."""
        if self.is_stateful or self.steps == 1 or not (self.steps or self.value.is_last):
            return
        if self.steps:
            note(f"Keras begins each run with zeros; leat run --window {self.steps} gives the output of "
                 f"each window of {self.steps} steps")
        else:
            note("Keras begins each run with zeros; leat run --window W gives the output of each window "
                 "of W steps, where W is the number of steps in training")

    def add(self, layer, sources):
        if layer.kind in SUMS:
            self.sum(layer, sources[1:])
        else:
            HANDLERS[layer.kind](self, layer)
        layer.check_arguments()

    # --- recurrent layers ------------------------------------------------------

    def recurrent(self, layer):
        if layer.flag("go_backwards"):
            layer.refuse("go_backwards is True, expected False: it needs the end of the sequence "
                         "first")
        if self.value.steps == 0 or self.value.is_last:
            layer.refuse("comes after a layer that gives only the last step, expected "
                         "return_sequences=True in that one")
        is_time_major = layer.flag("time_major")
        if self.is_time_major not in (None, is_time_major):
            layer.refuse(f"time_major is {is_time_major}, and {self.is_time_major} in a layer before "
                         "it; expected the same in all")
        self.is_time_major = is_time_major
        layer.flag("return_state")  # a state that another layer reads is refused
        if not any("weight_ih_l0" in module.arrays for module in self.modules):
            self.steps = self.value.steps
        if layer.flag("stateful"):
            self.is_stateful = True
            note(f"{layer.title}: stateful, as every stream of Leat is; it begins with zeros")
        is_last = not layer.flag("return_sequences")
        if is_last:
            note(f"{layer.title}: gives the last step; Leat gives one for every step")
        cell = layer
        if layer.kind == "RNN":
            cell = layer.inner("cell")
            if cell.kind not in CELLS:
                cell.refuse("expected an LSTMCell, GRUCell or SimpleRNNCell")
        kind, arrays, arguments = recurrent(cell, self.value.size)
        if cell is not layer:
            cell.check_arguments()
        if self.value.size is None:
            self.value.size = arrays["weight_ih_l0"].shape[1]
        self.add_module(layer, kind, arrays, arrays["weight_hh_l0"].shape[1], arguments)
        self.value.is_last = is_last
        if is_last:
            self.value.steps = 0

    def layer_of_cell(self, layer):
        # In an archive LSTM, GRU and SimpleRNN keep their weights in a cell.
        layer.path = [*layer.path, "cell"]
        self.recurrent(layer)

    # --- layers of each step ---------------------------------------------------

    def dense(self, layer):
        units, has_bias = layer.whole("units"), layer.flag("use_bias", True)
        if layer.get("lora_rank") is not None:
            if not keras_file.is_archive:
                layer.refuse("has LoRA's matrices beside its kernel; save the model as .keras, where "
                             "Keras adds them to it")
            note(f"{layer.title}: LoRA's matrices were added to the kernel")
        for unused in ("lora_alpha", "quantization_config"):
            layer.get(unused)
        kernel, *bias = keras_file.weights(layer, [(self.value.size, units)] + [(units,)] * has_bias)
        arrays = {"weight": kernel.T}
        if has_bias:
            arrays["bias"] = bias[0]
        if self.value.size is None:
            self.value.size = kernel.shape[0]
        self.add_module(layer, "linear", arrays, units)
        self.activate(layer, activation(layer, self.rank(layer)))

    def activation_layer(self, layer):
        self.activate(layer, activation_of_layer(layer, self.rank(layer)))

    def prelu(self, layer):
        layer.get("shared_axes")
        alpha, = keras_file.weights(layer, [(None,) * self.rank(layer)])
        rows = alpha.reshape(-1, alpha.shape[-1])
        if not (rows == rows[0]).all():
            layer.refuse(f"has a slope for each of {len(rows)} steps, expected the same for all of "
                         "them; train it with shared_axes=[1]")
        self.add_scale(layer, "prelu", {"weight": rows[0]})

    def sum(self, layer, others):
        if layer.kind == "TFOpLambda":
            function = layer.get("function")
            if function not in PLUS:
                layer.refuse(f"is the operation {shown(function)}; Leat has nothing like it; expected "
                             "an addition of two layers")
        if not others:
            layer.refuse("adds something that no layer gives, expected outputs of two layers")
        for name in others:
            other = self.values[name]
            if other.owner is self.value.owner:
                layer.refuse("adds two values of one layer; Leat's layers form a chain, in which an "
                             "Add takes the output of an earlier one")
            if other.stamp != self.last_stamps[other.owner]:
                layer.refuse(f"adds what '{shown(name or 'the input')}' gives before the activation, "
                             "normalization or sum that follows; expected what the next layer reads")
            if other.size != self.value.size or (other.steps == 0) != (self.value.steps == 0):
                layer.refuse(f"adds {other.size} features to {self.value.size}, expected the same "
                             "number, of each step")
            self.entries.append((other.owner,))
            self.value = self.value.next()

    def time_distributed(self, layer):
        inner = layer.inner("layer")
        if inner.kind in LEFT_OUT:
            note(f"{layer.title}: changes nothing when a model is run; left out")
            return
        if inner.kind not in OF_EACH_STEP:
            inner.refuse(NOTHING)
        self.add(inner, [])

    # --- normalization ---------------------------------------------------------

    def batch_normalization(self, layer):
        layer.expect_last_axis(layer.axes(), self.rank(layer))
        if layer.flag("renorm"):
            layer.refuse("renorm is True, expected False; train it without")
        for unused in ("renorm_momentum", "renorm_clipping"):
            layer.get(unused)
        epsilon = layer.number("epsilon", 0.001)
        names = [name for name, key in (("weight", "scale"), ("bias", "center"))
                 if layer.flag(key, True)] + ["running_mean", "running_var"]
        found = keras_file.weights(layer, [(self.value.size,)] * len(names))
        arrays = dict(zip(names, found))
        if len(names) == 3:  # PyTorch has both or neither
            arrays.setdefault("weight", numpy.ones_like(found[0]))
            arrays.setdefault("bias", numpy.zeros_like(found[0]))
        self.add_scale(layer, "batch_norm", arrays, {"eps": decimal(epsilon)})

    def normalization(self, layer):
        axes, mean, variance = layer.axes(), layer.numbers("mean"), layer.numbers("variance")
        if axes:
            layer.expect_last_axis(axes, self.rank(layer))
        if mean is None:
            shape = (self.value.size,) if axes else ()
            mean, variance = keras_file.weights(layer, [shape, shape], unused=1)
        elif variance is None:
            layer.refuse("has a mean without a variance, expected both")
        mean = numpy.array(mean, dtype="f8").reshape(-1)
        variance = numpy.maximum(numpy.array(variance, dtype="f8").reshape(-1), 0)
        deviation = numpy.maximum(numpy.sqrt(variance), DEVIATION_MIN)
        if layer.flag("invert"):
            self.scale(layer, deviation, mean)
        elif not self.normalize(layer, mean, deviation):
            self.add_scale(layer, "batch_norm", {
                "running_mean": mean, "running_var": numpy.maximum(variance - VARIANCE_MIN, 0)},
                {"eps": decimal(VARIANCE_MIN)})

    def rescaling(self, layer):
        scale = numpy.array(layer.numbers("scale") or [1.0])
        offset = numpy.array(layer.numbers("offset") or [0.0])
        if (scale <= 0).any() or not self.normalize(layer, -offset / scale, 1 / scale):
            self.scale(layer, scale, offset)

    def normalize(self, layer, mean, deviation):
        """(x - mean) / deviation, if nothing came before."""
        if self.modules or self.normalizer:
            return False
        self.check_count(layer, mean, deviation)
        self.normalizer = (layer.title, mean, deviation)
        self.value = self.value.next()
        return True

    def scale(self, layer, factor, shift):
        """x * factor + shift."""
        self.check_count(layer, factor, shift)
        if self.is_end and self.value.owner and (factor > 0).all():
            self.denormalizer = (layer.title, shift, factor)
            return
        count = numpy.ones(max(len(factor), len(shift)))
        self.add_scale(layer, "batch_norm", {
            "weight": count * factor, "bias": count * shift, "running_mean": 0 * count,
            "running_var": count}, {"eps": decimal(VARIANCE_MIN)})

    def check_count(self, layer, *arrays):
        for array in arrays:
            if len(array) not in (1, self.value.size or len(array)):
                layer.refuse(f"found {len(array)} numbers, expected {self.value.size}")
            if self.value.size is None and len(array) > 1:
                self.value.size = len(array)

    # --- shapes ----------------------------------------------------------------

    def flatten(self, layer):
        if self.value.steps not in (0, 1):
            steps = self.value.steps or "all"
            layer.refuse(f"makes one row of {steps} steps, expected each step's features, one step at "
                         "a time")
        self.value = self.value.of_steps(0)

    def reshape(self, layer):
        target, size = layer.get("target_shape"), self.value.size
        steps = self.value.steps
        if isinstance(target, list) and self.makes_steps(layer, target):
            return
        if target in ([size], [-1]) and steps in (0, 1):
            self.value = self.value.of_steps(0)
        elif target in ([1, size], [1, -1], [-1, size]) and steps in (0, 1):
            self.value = self.value.of_steps(1)
        elif steps == 0 or size is None or target not in ([steps, size], [-1, size]):
            layer.refuse(f"target_shape is {shown(target)}, expected one that keeps steps and "
                         "features as they are")

    def makes_steps(self, layer, target):
        """Whether it divides the model's input, one row, into steps, which Leat gets one by one."""
        is_input = self.value.owner is None and self.value.stamp == 0 and self.value.steps == 0
        if not (is_input and len(target) == 2 and all(
                isinstance(size, int) and size > 0 for size in target)
                and target[0] > 1 and target[0] * target[1] == self.value.size):
            return False
        note(f"{layer.title}: makes {target[0]} steps of one row of {self.value.size} numbers; give Leat "
             f"{target[1]} numbers for each step")
        self.inputs = target[1]
        self.value = Value(None, 0, target[1], target[0])
        return True


OF_EACH_STEP = {
    "Dense": Converter.dense, "PReLU": Converter.prelu,
    "BatchNormalization": Converter.batch_normalization,
    "BatchNormalizationV1": Converter.batch_normalization,
    "Normalization": Converter.normalization, "Rescaling": Converter.rescaling,
    **{kind: Converter.activation_layer for kind in ACTIVATION_LAYERS},
}
HANDLERS = {
    **OF_EACH_STEP, "LSTM": Converter.layer_of_cell, "GRU": Converter.layer_of_cell,
    "SimpleRNN": Converter.layer_of_cell, "RNN": Converter.recurrent,
    "CuDNNLSTM": Converter.recurrent, "CuDNNGRU": Converter.recurrent,
    "TimeDistributed": Converter.time_distributed, "Flatten": Converter.flatten,
    "Reshape": Converter.reshape, **{kind: Converter.sum for kind in SUMS},
}
