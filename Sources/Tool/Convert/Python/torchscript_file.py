# SPDX-License-Identifier: MIT
# TorchScript: a program and its tensors, in a zip archive. The tensors are read with the pickle of
# Python's own library, and nothing of the program runs: every class is a `Module` that only keeps
# its attributes. torch isn't needed. The order in an archive NAME:
#
#     NAME/data.pkl           the module, an object whose attributes are tensors and modules
#     NAME/data/0, 1, ...     the storages of its tensors
#     NAME/code/__torch__...  the source of each class, with its constants
#     NAME/byteorder          "little" or "big"; absent in old files, which are little-endian
#
# See torch/csrc/jit/serialization/export_module.cpp and docs/serialization.md of PyTorch.

# Bytes of an element, and its dtype in safetensors.
STORAGES = {"DoubleStorage": (8, "F64"), "FloatStorage": (4, "F32"), "HalfStorage": (2, "F16"),
            "BFloat16Storage": (2, "BF16"), "LongStorage": (8, "I64"), "IntStorage": (4, "I32"),
            "ShortStorage": (2, "I16"), "CharStorage": (1, "I8"), "ByteStorage": (1, "U8"),
            "BoolStorage": (1, "BOOL")}
# Of one file. Tied weights have several names, so tensors may take more bytes than the file.
MOST_DEPTH, MOST_MODULES, MOST_CLASSES, MOST_DIMENSIONS, MOST_TIMES = 64, 65536, 65536, 8, 16


class Module:
    """Stands for an object of the program. `path` is that of its class."""
    path = ""
    attributes = {}

    def __setstate__(self, state):
        self.attributes = state if isinstance(state, dict) else {}


class Tensor:
    """Keeps what was found, which `contents` checks: a copy here could be made a million times."""

    def __init__(self, storage, offset, shape, strides, *others):
        self.storage, self.offset, self.shape, self.strides = storage, offset, shape, strides


class Archive:
    def __init__(self, path):
        import zipfile
        self.zip, self.stored = zipfile.ZipFile(path), zipfile.ZIP_STORED
        self.names = set(self.zip.namelist())
        pickled = [name for name in self.names if name.endswith("data.pkl")]
        self.root = min(pickled, key=len)[:-len("data.pkl")]
        self.left = MOST_TIMES * os.path.getsize(path)
        self.texts, self.storages, self.modules = {}, {}, 0

    def bytes(self, name):
        """Of a file that PyTorch doesn't compress: so no memory is needed that the archive hasn't."""
        if self.root + name not in self.names:
            fail(65, f"is TorchScript without {name}; it is damaged")
        info = self.zip.getinfo(self.root + name)
        if info.compress_type != self.stored:
            fail(65, f"has a compressed {name}, expected one as PyTorch writes it")
        return self.zip.read(info)

    def text(self, name):
        """Of a small file; empty if there is none."""
        if name not in self.texts:
            self.texts[name] = ""
            if self.root + name in self.names:
                info = self.zip.getinfo(self.root + name)
                if info.file_size < 1 << 22:
                    self.texts[name] = self.zip.read(info).decode("utf-8", "replace")
        return self.texts[name]

    def module(self):
        import io
        import pickle
        classes = {}

        class Reader(pickle.Unpickler):
            def find_class(self, package, name):
                path = f"{package}.{name}"
                if path.startswith("__torch__"):
                    if len(classes) > MOST_CLASSES:
                        fail(65, f"has more than {MOST_CLASSES} classes")
                    if path not in classes:
                        classes[path] = type("Module", (Module,), {"path": path})
                    return classes[path]
                if package == "torch" and name in STORAGES:
                    return name
                if path == "torch._utils._rebuild_tensor_v2":
                    return Tensor
                if path == "collections.OrderedDict":  # a tensor's hooks, of which it has none
                    return lambda *arguments: {}
                if package == "torch.jit._pickle":  # lists, and dictionaries with a type
                    return lambda value, *others: value
                if "_rebuild_qtensor" in name:
                    fail(65, "holds quantized tensors; convert the model before that, and "
                             "`leat quantize` the result")
                fail(65, f"needs {path}, expected TorchScript with modules and tensors only")

            def persistent_load(self, identifier):
                return identifier

        return Reader(io.BytesIO(self.bytes("data.pkl"))).load()

    def contents(self, tensor):
        """(dtype, shape, bytes)"""
        kind, storage, key, _, count = tensor.storage
        shape, strides = tensor.shape, tensor.strides
        if not (kind == "storage" and type(storage) is str and storage in STORAGES
                and type(key) is str and len(key) < 100 and type(shape) is type(strides) is tuple
                and len(shape) == len(strides) <= MOST_DIMENSIONS):
            fail(65, "found a tensor that PyTorch doesn't write")
        for number in (count, tensor.offset, *shape, *strides):
            if type(number) is not int or not 0 <= number < 1 << 40:
                fail(65, "found a tensor with a size that is no number below 2^40")
        size, dtype = STORAGES[storage]
        if key not in self.storages:
            self.storages[key] = memoryview(self.bytes(f"data/{key}"))
        data = self.storages[key]
        if len(data) != count * size:
            fail(65, f"found {len(data)} bytes in data/{key}, expected {count * size}")
        last = sum((length - 1) * stride for length, stride in zip(shape, strides))
        elements = 1
        for length in shape:
            elements *= length
        self.left -= elements * size
        if elements and (tensor.offset + last >= count or elements > count) or self.left < 0:
            fail(65, f"found a tensor of shape {list(shape)} that is beyond data/{key}, or too many")
        places, run = [tensor.offset] if elements else [], 1
        # The last axes are often contiguous.
        axes = list(zip(shape, strides))
        while axes and axes[-1][1] == run:
            run *= axes.pop()[0]
        for length, stride in axes:
            places = [place + step * stride for place in places for step in range(length)]
        return dtype, shape, b"".join(data[place * size:(place + run) * size] for place in places)


def convert_script():
    """Fills `tensors`, under the names that state_dict() would give them."""
    for option in options:
        if option == "trust" or option.startswith("key="):
            fail(64, f"--{option.partition('=')[0]} has no effect on TorchScript, which is never run")
    archive = Archive(source)
    if "big" in archive.text("byteorder"):
        fail(65, "was written on a big-endian machine, expected a little-endian one")
    metadata["producer"] = "torch"
    read_module(archive, archive.module(), "", 0)
    if not tensors:
        fail(65, "is TorchScript without parameters: torch.jit.freeze() makes them constants without "
                  "names; save the model's state_dict(), or TorchScript before it is frozen")
    notes.append("TorchScript: only its tensors were read; what forward() does with them was not")


def read_module(archive, module, prefix, depth):
    if not isinstance(module, Module):
        fail(65, f"holds a {type(module).__name__}, expected a module")
    # One module may be in many places of others.
    archive.modules += 1
    if depth > MOST_DEPTH or archive.modules > MOST_MODULES:
        fail(65, f"has more than {MOST_MODULES} modules, or more than {MOST_DEPTH} in one another")
    kind = re.sub(r"\.___torch_mangle_\d+", "", module.path).removeprefix("__torch__.")
    owns = any(isinstance(value, Tensor) for value in module.attributes.values())
    check_module(prefix[:-1], kind, owns)
    for name, value in module.attributes.items():
        if isinstance(value, Tensor):
            if prefix + name in tensors:
                fail(65, f"has two tensors named '{(prefix + name)[:80]}'")
            tensors[prefix + name] = archive.contents(value)
        elif isinstance(value, Module):
            read_module(archive, value, f"{prefix}{name}.", depth + 1)
    say_constants(archive.text(f"code/{module.path.rpartition('.')[0].replace('.', '/')}.py"),
                  module.path.rpartition(".")[2], prefix[:-1])


# What a module's tensors don't show is a constant of its class, or in a call of a traced one.
CONSTANTS = (("BatchNorm1d", "eps", r"\beps : Final\[float\] = ([0-9.e-]+)"),
             ("BatchNorm1d", "eps", r"torch\.batch_norm\(.{,400}, ([0-9.e-]+), (?:True|False)\)"),
             ("RNN", "nonlinearity", r'\bmode : Final\[str\] = "RNN_(RELU|TANH)"'),
             ("RNN", "nonlinearity", r"torch\.rnn_(relu|tanh)\("),
             ("RNNCell", "nonlinearity", r'\bnonlinearity : Final\[str\] = "(relu|tanh)"'),
             ("RNNCell", "nonlinearity", r"torch\.(?:rnn_)?(relu|tanh)(?:_cell)?\("))


def say_constants(program, kind, name):
    body = program.partition(f"class {kind}(Module):")[2].partition("\nclass ")[0]
    for module, argument, pattern in CONSTANTS:
        found = re.search(pattern, body) if module == kind else None
        if found:
            keep(name, argument, found.group(1).lower())
