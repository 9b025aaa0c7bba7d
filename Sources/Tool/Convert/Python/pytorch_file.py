# SPDX-License-Identifier: MIT
# PyTorch's part of the program that start.py begins.

# In older versions a file of weights can run code: see GHSA-53q9-r3pm-6pq6 (before 2.6) and
# CVE-2026-24747 (before 2.10).
FIRST_SAFE_TORCH = (2, 10)


def convert():
    import ctypes
    import pickle
    import zipfile
    # torch.load() gives such a file to torch.jit.load(), which may run code.
    if zipfile.is_zipfile(source) and any(name.endswith("constants.pkl")
                                          for name in zipfile.ZipFile(source).namelist()):
        fail(65, "is TorchScript, which is a program and is not run; save the model's state_dict(), "
                  "or export it with torch.onnx.export")
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
    try:
        loaded = torch.load(source, map_location="cpu", weights_only=not trusted)
    except pickle.UnpicklingError as error:
        fail(65, "holds Python objects, and to load those runs code from the file: save "
                  "model.state_dict() instead, or, if you trust the file, give --trust "
                  f"({str(error).strip().splitlines()[0]})")
    if isinstance(loaded, torch.nn.Module):
        check_modules(loaded, torch.nn)
        loaded = loaded.state_dict()
    if not isinstance(loaded, dict):
        fail(65, f"holds a {type(loaded).__name__}, expected a state_dict")
    for key in ("state_dict", "model_state_dict", "model"):
        if isinstance(loaded.get(key), dict):
            others = ", ".join(repr(name) for name in loaded if name != key)
            notes.append(f"the state_dict is {key!r} of the file; left out: {others or 'nothing'}")
            loaded = loaded[key]
            break
    for name, tensor in loaded.items():
        if not isinstance(tensor, torch.Tensor):
            fail(65, f"'{name}' is a {type(tensor).__name__}, expected a tensor: save state_dict()")
        if tensor.is_quantized:
            fail(65, f"'{name}' is quantized; convert the model before that, and `leat quantize` "
                     "the result")
        if tensor.dtype == torch.float64:
            notes.append(f"'{name}' was rounded from double precision to floats")
            tensor = tensor.float()
        kinds = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}
        if tensor.dtype not in kinds:
            fail(65, f"'{name}' is {tensor.dtype}, expected float32, float16, bfloat16 or float64")
        tensor = tensor.detach().contiguous()
        data = ctypes.string_at(tensor.data_ptr(), tensor.numel() * tensor.element_size())
        tensors[name] = (kinds[tensor.dtype], tensor.shape, data)
        parts.append({"source": name, "tensors": [name]})
    if "layers" not in options:
        check_order(list(tensors))


def version(text):
    """(2, 10) of "2.10.0+cpu"."""
    return tuple(int("".join(filter(str.isdigit, part)) or 0) for part in text.split(".")[:2])


def check_order(names):
    # Modules are in the order of __init__(), in which they most often run.
    recurrent = [index for index, name in enumerate(names) if name.endswith("weight_ih_l0")]
    for name in names[:recurrent[-1]] if recurrent else []:
        if len(tensors[name][1]) == 2 and name.split(".")[-1] == "weight":
            fail(65, f"'{name}' comes before the LSTM in the state_dict, expected after it; if it runs "
                      "after the LSTM, say so with --layers \"lstm head\"")


def check_modules(model, nn):
    for name, module in model.named_modules():
        title = f"module '{name}' ({type(module).__name__})"
        owns = any(True for _ in module.parameters(recurse=False))
        if isinstance(module, (nn.Dropout, nn.Identity)):
            notes.append(f"{title}: changes nothing when a model is run; left out")
        elif type(module).__module__ == "torch.nn.modules.activation" and "layers" not in options:
            fail(65, f"{title}: its place is in forward(), which can't be read: name the layers "
                      "with --layers \"lstm head:sigmoid\", or export the model with "
                      "torch.onnx.export")
        elif owns and type(module).__module__.startswith("torch.nn") and not isinstance(
                module, (nn.LSTM, nn.Linear)):
            fail(65, f"{title}: Leat runs nn.LSTM and nn.Linear; train the model with those")
