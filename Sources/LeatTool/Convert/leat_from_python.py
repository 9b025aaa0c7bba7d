# SPDX-License-Identifier: MIT
"""Reads a model of PyTorch or Keras and writes its tensors as `leat convert` wants them.

usage: python3 - pytorch|keras IN OUT [trust] [layers]
OUT becomes a safetensors file, or, with an exit status that isn't 0, the reason as a text.
"""
import json
import os
import struct
import sys

sys.path = [folder for folder in sys.path if folder]  # not what lies in the working directory
framework, source, result = sys.argv[1:4]
options = sys.argv[4:]
tensors, parts, notes, metadata = {}, [], [], {}  # tensors: name -> (dtype, shape, bytes)


def leave(status, reason):
    with open(result, "w") as file:
        file.write(reason)
    sys.exit(status)


def needs(packages):
    leave(69, f"this needs Python packages that {sys.executable} doesn't have: {sys.exc_info()[1]}; "
              f"pip install {packages}, or name another Python with --python")


def write():
    header, body = {"__metadata__": {**metadata, "parts": json.dumps(parts),
                                     "notes": json.dumps(notes)}}, b""
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": list(shape),
                        "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    with open(result, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)


def from_pytorch():
    try:
        import ctypes
        import pickle
        import zipfile
        import torch
    except ImportError:
        needs("torch")
    metadata["producer"], metadata["producer_version"] = "torch", torch.__version__
    if zipfile.is_zipfile(source) and any(name.endswith("constants.pkl")
                                          for name in zipfile.ZipFile(source).namelist()):
        leave(65, "is TorchScript; save the model's state_dict(), or export it with torch.onnx.export")
    try:
        loaded = torch.load(source, map_location="cpu", weights_only="trust" not in options)
    except pickle.UnpicklingError as error:
        leave(65, "holds Python objects, and to load those runs code from the file: save "
                  "model.state_dict() instead, or, if you trust the file, give --trust "
                  f"({str(error).strip().splitlines()[0]})")
    if isinstance(loaded, torch.nn.Module):
        check_modules(loaded, torch.nn)
        loaded = loaded.state_dict()
    if not isinstance(loaded, dict):
        leave(65, f"holds a {type(loaded).__name__}, expected a state_dict")
    for key in ("state_dict", "model_state_dict", "model"):
        if isinstance(loaded.get(key), dict):
            others = ", ".join(repr(name) for name in loaded if name != key)
            notes.append(f"the state_dict is {key!r} of the file; left out: {others or 'nothing'}")
            loaded = loaded[key]
            break
    for name, tensor in loaded.items():
        if not isinstance(tensor, torch.Tensor):
            leave(65, f"'{name}' is a {type(tensor).__name__}, expected a tensor: save state_dict()")
        if tensor.is_quantized:
            leave(65, f"'{name}' is quantized; begin with the model before, then `leat quantize`")
        if tensor.dtype == torch.float64:
            notes.append(f"'{name}' was rounded from double precision to floats")
            tensor = tensor.float()
        kinds = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}
        if tensor.dtype not in kinds:
            leave(65, f"'{name}' is {tensor.dtype}, expected float32, float16, bfloat16 or float64")
        tensor = tensor.detach().contiguous()
        data = ctypes.string_at(tensor.data_ptr(), tensor.numel() * tensor.element_size())
        tensors[name] = (kinds[tensor.dtype], tensor.shape, data)
        parts.append({"source": name, "tensors": [name]})
    if "layers" not in options:
        check_order(list(tensors))


def check_order(names):
    # Whatever is made first in __init__() stands first, and most often runs first, too.
    recurrent = [index for index, name in enumerate(names) if name.endswith("weight_ih_l0")]
    for name in names[:recurrent[-1]] if recurrent else []:
        if len(tensors[name][1]) == 2 and name.split(".")[-1] == "weight":
            leave(65, f"'{name}' stands before the LSTM in the state_dict, and Leat runs LSTM layers "
                      "first; if it really comes behind it, say so with --layers \"lstm head\"")


def check_modules(model, nn):
    for name, module in model.named_modules():
        title = f"module '{name}' ({type(module).__name__})"
        owns = any(True for _ in module.parameters(recurse=False))
        if isinstance(module, (nn.Dropout, nn.Identity)):
            notes.append(f"{title}: changes nothing when a model is run; left out")
        elif type(module).__module__ == "torch.nn.modules.activation" and "layers" not in options:
            leave(65, f"{title}: where it stands is in forward(), which can't be read: name the "
                      "layers with --layers \"lstm head:sigmoid\", or export the model with "
                      "torch.onnx.export")
        elif owns and type(module).__module__.startswith("torch.nn") and not isinstance(
                module, (nn.LSTM, nn.Linear)):
            leave(65, f"{title}: Leat runs nn.LSTM and nn.Linear; train the model with those")


def from_keras():
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
        model = keras.models.load_model(source, compile=False)
    except (ValueError, TypeError, OSError) as error:
        leave(65, f"Keras can't load it: {str(error).strip().splitlines()[0]}")
    Keras(keras, numpy).convert(model)


class Keras:
    def __init__(self, keras, numpy):
        self.layers, self.numpy, self.sequential = keras.layers, numpy, keras.Sequential
        self.to_numpy = keras.ops.convert_to_numpy
        self.recurrent, self.linear, self.order = [], [], []

    def convert(self, model):
        if len(model.outputs) != 1:
            leave(65, f"has {len(model.outputs)} outputs, expected one")
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
            leave(65, "there is no LSTM in it")
        for kind, members in (("lstm", self.recurrent), ("linear", self.linear)):
            for index, (title, arrays, activation) in enumerate(members, 1):
                name = kind if len(members) == 1 else f"{kind}{index}"
                self.put(title, {f"{name}.{key}": array for key, array in arrays.items()})
                self.order.append(f"{name}:{activation}" if activation else name)
        metadata["leat.layers"] = " ".join(self.order)

    def refuse(self, reason):
        leave(65, f"{self.title}: {reason}")

    def weights(self, layer, count):
        """So many, and a bias if it has one."""
        if getattr(layer, "quantization_mode", None):
            self.refuse(f"is quantized to {layer.quantization_mode}; begin with the model before that, "
                        "and `leat quantize` the result")
        weights = [self.numpy.asarray(weight) for weight in layer.get_weights()]
        if getattr(layer, "lora_enabled", False):
            notes.append(f"{self.title}: LoRA's matrices were added to the kernel")
            weights = [self.to_numpy(layer.kernel)] + (
                [self.to_numpy(layer.bias)] if layer.use_bias else [])
        if len(weights) != count + layer.use_bias:
            self.refuse(f"has {len(weights)} arrays of weights, expected {count + layer.use_bias}")
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
        if name in ("Dropout", "SpatialDropout1D", "GaussianNoise", "GaussianDropout", "Identity",
                    "AlphaDropout", "ActivityRegularization"):
            notes.append(f"{self.title}: changes nothing when a model is run; left out")
        elif name == "Normalization":
            self.normalize(layer)
        elif name == "LSTM":
            self.lstm(layer)
        elif name == "TimeDistributed" and type(layer.layer).__name__ == "Dense":
            self.dense(layer.layer)
        elif name == "Dense":
            self.dense(layer)
        elif name == "Activation":
            self.activate(layer.activation.__name__)
        elif name == "ReLU" and (layer.max_value, layer.negative_slope, layer.threshold) == (None, 0, 0):
            self.activate("relu")
        elif name == "Softmax" and layer.axis == -1:
            self.activate("softmax")
        elif name == "Bidirectional":
            self.refuse("needs the end of the sequence first, which a stream never has; train a "
                        "forward LSTM")
        else:
            self.refuse("Leat has nothing like it; expected Normalization, LSTM, Dense, Activation, "
                        "in this order; take it out of the model and do it around Leat")

    def normalize(self, layer):
        if self.recurrent or "input_mean" in tensors:
            self.refuse("behind another layer; Leat has one normalizer, before the LSTM")
        if layer.invert or tuple(layer.axis) not in ((-1,), (2,)):
            self.refuse(f"axis {layer.axis}, invert {layer.invert}, expected the last axis, not inverted")
        mean, variance = (self.numpy.asarray(layer.mean).reshape(-1),
                          self.numpy.asarray(layer.variance).reshape(-1))
        # As Keras computes it: never below its epsilon.
        self.put(self.title, {"input_mean": mean, "input_std": self.numpy.maximum(
            self.numpy.sqrt(variance), self.numpy.float32(1e-7))})

    def lstm(self, layer):
        if self.linear:
            self.refuse("behind a Dense layer; Leat runs all LSTM layers first")
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
            notes.append(f"{self.title}: puts out the last step; Leat gives the same of every step")
        # Keras' gates are i, f, c, o, which are PyTorch's i, f, g, o.
        weights = self.weights(layer, 2)
        arrays = {"weight_ih_l0": weights[0].T, "weight_hh_l0": weights[1].T}
        if layer.use_bias:
            arrays.update(bias_ih_l0=weights[2], bias_hh_l0=self.numpy.zeros_like(weights[2]))
        self.recurrent.append((self.title, arrays, None))

    def dense(self, layer):
        if not self.recurrent:
            self.refuse("before the LSTM; Leat runs all LSTM layers first, then the linear ones")
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
            self.refuse("before the LSTM; Leat has activations behind linear layers only")
        if not self.linear or self.linear[-1][2]:
            # Leat's activations belong to linear layers: this one changes nothing.
            rows = (self.linear or self.recurrent)[-1][1]
            size = rows["weight"].shape[0] if self.linear else rows["weight_hh_l0"].shape[1]
            self.linear.append((self.title, {"weight": self.numpy.eye(size)}, None))
        title, arrays, _ = self.linear[-1]
        self.linear[-1] = (title, arrays, name)


try:
    {"pytorch": from_pytorch, "keras": from_keras}[framework]()
    write()
except Exception as error:  # what is left is no model, or a model that its own framework can't read
    leave(65, f"{type(error).__name__}: {str(error).strip().splitlines()[:1]}")
