# SPDX-License-Identifier: MIT
# PyTorch's part of the program that start.py begins. What the tensors mean, the tool finds out.

# In older versions a file of weights can run code: see GHSA-53q9-r3pm-6pq6 (before 2.6) and
# CVE-2026-24747 (before 2.10).
FIRST_SAFE_TORCH = (2, 10)
KNOWN_MODULES = ("LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell", "Linear", "BatchNorm1d",
                 "PReLU")
USUAL_KEYS = ("state_dict", "model_state_dict", "model")
OBJECTS = ("holds Python objects, and to load those runs code from the file: save model.state_dict() "
           "instead, or, if you trust the file, give --trust")


class LeftOut:
    """Stands for an object in the file: its class is not imported, and its code does not run."""

    def __init__(self, *arguments):
        pass

    def __setstate__(self, state):
        pass


def convert():
    import ctypes
    # torch.load() gives such a file to torch.jit.load(), which may run code.
    if check_archive():
        return convert_script()
    try:
        import torch
    except ImportError:
        needs("torch")
    metadata["producer"], metadata["producer_version"] = "torch", torch.__version__
    trusted = "trust" in options
    if not trusted and version(torch.__version__) < FIRST_SAFE_TORCH:
        fail(69, f"torch {torch.__version__} of {sys.executable} can be made to run code by a file of "
                  "weights, expected 2.10 or newer: pip install -U torch, or name another Python with "
                  "--python, or, if you trust the file, give --trust")
    dictionary = chosen(load(torch, trusted), torch)
    kinds = {torch.float64: "F64", torch.float32: "F32", torch.float16: "F16",
             torch.bfloat16: "BF16", torch.int64: "I64", torch.int32: "I32", torch.int16: "I16",
             torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL"}
    for name, tensor in dictionary.items():
        if not isinstance(tensor, torch.Tensor):
            fail(65, f"'{name}' is a {type(tensor).__name__}, expected a tensor: save state_dict()")
        if tensor.is_quantized:
            fail(65, f"'{name}' is quantized; convert the model before that, and `leat quantize` "
                     "the result")
        if tensor.dtype not in kinds:
            fail(65, f"'{name}' is {tensor.dtype}, expected float32, float16, bfloat16 or float64")
        tensor = tensor.detach().contiguous()
        data = ctypes.string_at(tensor.data_ptr(), tensor.numel() * tensor.element_size())
        tensors[name] = (kinds[tensor.dtype], tensor.shape, data)


def version(text):
    """(2, 10) of "2.10.0+cpu"."""
    return tuple(int("".join(filter(str.isdigit, part)) or 0) for part in text.split(".")[:2])


def check_archive():
    """Whether the file is TorchScript."""
    import zipfile
    if not zipfile.is_zipfile(source):
        return False
    names = zipfile.ZipFile(source).namelist()
    if not any(name.endswith("data.pkl") for name in names):
        shown = ", ".join(repr(name) for name in names[:3]) + (", …" if len(names) > 3 else "")
        fail(65, f"is a zip archive of {shown or 'nothing'}, expected one that torch.save() wrote, "
                  "with data.pkl: if the model is in it, unpack it first")
    return any(name.endswith("constants.pkl") for name in names)


def load(torch, trusted):
    import pickle
    import warnings
    warnings.simplefilter("ignore")
    try:
        return torch.load(source, map_location="cpu", weights_only=not trusted)
    except pickle.UnpicklingError as error:
        names = blocked(torch)
        if not names:
            if "GLOBAL" in str(error) or "class" in str(error):
                fail(65, OBJECTS)
            not_torch()
    except (EOFError, IndexError, KeyError, OSError, RuntimeError, ValueError):
        not_torch()
    # Numbers of NumPy, a Namespace and so on, beside the tensors.
    try:
        with torch.serialization.safe_globals([(LeftOut, name) for name in names]):
            loaded = torch.load(source, map_location="cpu", weights_only=True)
    except Exception:
        fail(65, f"{OBJECTS} ({', '.join(names)})")
    if not isinstance(loaded, dict):
        fail(65, f"{OBJECTS} ({', '.join(names)})")
    notes.append(f"objects in the file were not loaded: {', '.join(names)}")
    return loaded


def blocked(torch):
    """The names of what the file would import, and PyTorch doesn't know as harmless."""
    try:
        return sorted(torch.serialization.get_unsafe_globals_in_checkpoint(source))
    except Exception:  # of the old format, or damaged
        return []


def not_torch():
    fail(65, "isn't a file that torch.save() wrote, or it is damaged or cut short")


def chosen(loaded, torch):
    """The dictionary of tensors: the file's own, the one under --key, or under one of the usual keys."""
    if isinstance(loaded, torch.nn.Module):
        return state_dict_of(loaded, torch)
    if not isinstance(loaded, dict):
        fail(65, f"holds a {type(loaded).__name__}, expected a state_dict")
    key = next((option[len("key="):] for option in options if option.startswith("key=")), None)
    found = dict(dictionaries(loaded, "", torch, set()))
    if key is None:
        key = next((usual for usual in USUAL_KEYS
                    if isinstance(loaded.get(usual), (dict, torch.nn.Module))), None)
    if key is None and any(isinstance(value, torch.Tensor) for value in loaded.values()):
        return loaded
    if key in found or key is not None and isinstance(loaded.get(key), dict):
        others = ", ".join(repr(str(name)) for name in loaded if str(name) != key)
        notes.append(f"the state_dict is {key!r} of the file; left out: {others or 'nothing'}")
        return state_dict_of(found[key] if key in found else loaded[key], torch)
    if not found:
        keys = ", ".join(repr(str(name)) for name in loaded)
        fail(65, f"holds no dictionary of tensors, only {keys or 'nothing'}, expected a state_dict")
    sought = " or ".join(repr(usual) for usual in USUAL_KEYS) if key is None else repr(key)
    listed = ", ".join(
        f"'{name}' ({len(value)} tensors)" if isinstance(value, dict)
        else f"'{name}' (a {type(value).__name__})" for name, value in found.items())
    fail(65, f"found no dictionary {sought}; the file has {listed}: choose with "
              f"--key {quoted(next(iter(found)))}")


def state_dict_of(value, torch):
    """Of a dictionary or a whole model, which is checked first."""
    if isinstance(value, dict):
        return value
    check_modules(value)
    keep_arguments(value, torch.nn)
    return value.state_dict()


def dictionaries(value, path, torch, seen):
    """Those that hold a tensor, and whole models, with their keys joined by dots.

    - seen: the ids of those that were searched, as one dictionary may be in many places of others
    """
    if id(value) in seen:
        return
    seen.add(id(value))
    if path and any(isinstance(inner, torch.Tensor) for inner in value.values()):
        yield path, value
        return
    for name, inner in value.items():
        inner_path = f"{path}.{name}" if path else str(name)
        if isinstance(inner, dict):
            yield from dictionaries(inner, inner_path, torch, seen)
        elif isinstance(inner, torch.nn.Module):
            yield inner_path, inner


def quoted(word):
    return word if all(letter.isalnum() or letter in "._-" for letter in word) else f'"{word}"'


def check_modules(model):
    for name, module in model.named_modules():
        check_module(name, f"{type(module).__module__}.{type(module).__qualname__}",
                     any(True for _ in module.parameters(recurse=False)))


def check_module(name, path, owns):
    """Refuses a module of torch.nn that Leat doesn't run.

    - path: of its class
    - owns: whether it has parameters of its own
    """
    package, _, kind = path.rpartition(".")
    title = f"module '{name}' ({kind})"
    if not package.startswith("torch.nn.modules"):
        return
    if kind.startswith("Dropout") or kind == "Identity":
        notes.append(f"{title}: changes nothing when a model is run; left out")
    elif package.startswith("torch.nn.modules.activation") and not owns and "layers" not in options:
        fail(65, f"{title}: its place is in forward(), which can't be read: name the layers "
                  "with --layers \"lstm head:sigmoid\", or export the model with "
                  "torch.onnx.export")
    elif owns and kind not in KNOWN_MODULES:
        fail(65, f"{title}: Leat runs LSTMs, GRUs, RNNs, nn.Linear, nn.BatchNorm1d and nn.PReLU; "
                 "train the model with those")


def keep_arguments(model, nn):
    """What a state_dict doesn't show, and the modules do."""
    # A module may be in several places, and its tensors have a name for each.
    for name, module in model.named_modules(remove_duplicate=False):
        if isinstance(module, nn.RNN):
            # forward() reads `mode`.
            keep(name, "nonlinearity", {"RNN_TANH": "tanh", "RNN_RELU": "relu"}.get(
                module.mode, module.mode))
        elif isinstance(module, nn.RNNCell):
            keep(name, "nonlinearity", module.nonlinearity)
        elif isinstance(module, nn.BatchNorm1d):
            keep(name, "eps", module.eps)


def keep(name, argument, value):
    metadata[f"leat.{name or '.'}.{argument}"] = str(value)
