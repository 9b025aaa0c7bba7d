# SPDX-License-Identifier: MIT
# Keras' part of the program that start.py begins, after keras_configuration.py.


def convert():
    check_configuration()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "KERAS_BACKEND" not in os.environ:
        from importlib.util import find_spec
        found = [name for name in ("tensorflow", "torch", "jax") if find_spec(name)]
        os.environ["KERAS_BACKEND"] = found[0] if found else "tensorflow"
    try:
        import h5py  # noqa: F401, Keras reads its files with it
        import keras
        import numpy
    except ImportError:
        needs("keras h5py tensorflow")
    metadata["producer"], metadata["producer_version"] = "keras", keras.__version__
    try:
        model = keras.models.load_model(source, compile=False, safe_mode=True)
    except (ValueError, TypeError, OSError) as error:
        fail(65, f"Keras can't load it: {str(error).strip().splitlines()[0]}")
    Keras(keras, numpy).convert(model)


class Keras:
    def __init__(self, keras, numpy):
        self.layers, self.numpy, self.sequential = keras.layers, numpy, keras.Sequential
        self.to_numpy = keras.ops.convert_to_numpy
        self.recurrent, self.linear, self.order = [], [], []

    def convert(self, model):
        if len(model.outputs) != 1:
            fail(65, f"found {len(model.outputs)} outputs, expected one")
        previous = None
        for layer in model.layers:
            self.name, self.title = layer.name, f"layer '{layer.name}' ({type(layer).__name__})"
            if not (previous is None or isinstance(model, self.sequential)
                    or layer.input is previous.output):
                self.refuse("its input isn't the output of the layer before; Leat's layers form a "
                            "chain")
            previous = layer
            self.add(layer)
        if not (isinstance(model, self.sequential) or model.outputs[0] is previous.output):
            self.refuse("its output isn't the model's; Leat's layers form a chain")
        if not self.recurrent:
            fail(65, "there is no LSTM in it")
        for kind, members in (("lstm", self.recurrent), ("linear", self.linear)):
            for index, (title, arrays, activation) in enumerate(members, 1):
                name = kind if len(members) == 1 else f"{kind}{index}"
                self.put(title, {f"{name}.{key}": array for key, array in arrays.items()})
                self.order.append(f"{name}:{activation}" if activation else name)
        metadata["leat.layers"] = " ".join(self.order)

    def refuse(self, reason):
        fail(65, f"{self.title}: {reason}")

    def weights(self, layer, count):
        """A layer's arrays: this many matrices, and a bias if it has one."""
        if getattr(layer, "quantization_mode", None):
            self.refuse(f"is quantized to {layer.quantization_mode}; convert the model before "
                        "that, and `leat quantize` the result")
        weights = [self.numpy.asarray(weight) for weight in layer.get_weights()]
        if getattr(layer, "lora_enabled", False):
            notes.append(f"{self.title}: LoRA's matrices were added to the kernel")
            weights = [self.to_numpy(layer.kernel)] + (
                [self.to_numpy(layer.bias)] if layer.use_bias else [])
        if len(weights) != count + layer.use_bias:
            self.refuse(f"found {len(weights)} arrays of weights, expected {count + layer.use_bias}")
        return weights

    def put(self, title, arrays):
        for name, array in arrays.items():
            array = self.numpy.ascontiguousarray(array, dtype="<f4")
            tensors[name] = ("F32", array.shape, array.tobytes())
        parts.append({"source": title, "tensors": list(arrays)})

    def add(self, layer):
        kinds, name = self.layers, type(layer).__name__
        if isinstance(layer, kinds.InputLayer):
            return
        if name in LAYERS_LEFT_OUT:
            notes.append(f"{self.title}: changes nothing when a model is run; left out")
        elif name == "Normalization":
            self.normalize(layer)
        elif name == "LSTM":
            self.lstm(layer)
        elif name == "TimeDistributed":
            self.dense(layer.layer)
        elif name == "Dense":
            self.dense(layer)
        elif name == "Activation":
            self.activate(layer.activation.__name__)
        elif name == "ReLU" and (layer.max_value, layer.negative_slope, layer.threshold) == (None, 0, 0):
            self.activate("relu")
        elif name == "Softmax" and layer.axis == -1:
            self.activate("softmax")
        else:
            self.refuse("Leat has nothing like it; expected ReLU without limit, slope and threshold, "
                        "or Softmax over the last axis")

    def normalize(self, layer):
        if self.recurrent or "input_mean" in tensors:
            self.refuse("comes after another layer, expected one normalizer before the LSTM")
        if layer.invert or tuple(layer.axis) not in ((-1,), (2,)):
            self.refuse(f"found axis {layer.axis}, invert {layer.invert}, expected the last axis, not "
                        "inverted")
        mean, variance = (self.numpy.asarray(layer.mean).reshape(-1),
                          self.numpy.asarray(layer.variance).reshape(-1))
        # Keras divides by its epsilon at least.
        self.put(self.title, {"input_mean": mean, "input_std": self.numpy.maximum(
            self.numpy.sqrt(variance), self.numpy.float32(1e-7))})

    def lstm(self, layer):
        if self.linear:
            self.refuse("comes after a Dense layer, expected LSTM layers, then Dense layers")
        for argument, wanted in (("activation", "tanh"), ("recurrent_activation", "sigmoid")):
            found = getattr(layer, argument).__name__
            if found != wanted:
                self.refuse(f"{argument} is {found}, expected {wanted}; train it with that")
        if layer.go_backwards:
            self.refuse("go_backwards is True, expected False: it needs the end of the sequence first")
        if layer.return_state:
            self.refuse("return_state is True, expected False: Leat's stream holds the state")
        if layer.stateful:
            notes.append(f"{self.title}: stateful, as every stream of Leat is; it begins with zeros")
        if not layer.return_sequences:
            notes.append(f"{self.title}: gives the last step; Leat gives one for every step")
        # Keras' gates are i, f, c, o, which are PyTorch's i, f, g, o.
        weights = self.weights(layer, 2)
        arrays = {"weight_ih_l0": weights[0].T, "weight_hh_l0": weights[1].T}
        if layer.use_bias:
            arrays.update(bias_ih_l0=weights[2], bias_hh_l0=self.numpy.zeros_like(weights[2]))
        self.recurrent.append((self.title, arrays, None))

    def dense(self, layer):
        if not self.recurrent:
            self.refuse("comes before the LSTM, expected LSTM layers, then Dense layers")
        weights = self.weights(layer, 1)
        arrays = {"weight": weights[0].T}
        if layer.use_bias:
            arrays["bias"] = weights[1]
        self.linear.append((self.title, arrays, None))
        self.activate(layer.activation.__name__)

    def activate(self, name):
        if name == "linear":
            return
        if name not in ("relu", "sigmoid", "tanh", "softmax"):
            self.refuse(f"activation is {name}, expected relu, sigmoid, tanh or softmax")
        if not self.recurrent:
            self.refuse("comes before the LSTM, expected after a layer")
        if not self.linear or self.linear[-1][2]:
            # In Leat's files activations belong to linear layers: this one passes each value on.
            rows = (self.linear or self.recurrent)[-1][1]
            size = rows["weight"].shape[0] if self.linear else rows["weight_hh_l0"].shape[1]
            self.linear.append((self.title, {"weight": self.numpy.eye(size)}, None))
        title, arrays, _ = self.linear[-1]
        self.linear[-1] = (title, arrays, name)
