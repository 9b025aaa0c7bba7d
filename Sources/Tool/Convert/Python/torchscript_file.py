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
MOST_DEPTH, MOST_MODULES = 64, 65536


class Module:
    """Stands for an object of the program. `path` is that of its class."""
    path = ""
    attributes = {}

    def __setstate__(self, state):
        self.attributes = state if isinstance(state, dict) else {}


class Tensor:
    def __init__(self, storage, offset, shape, strides, *others):
        self.storage, self.offset = storage, offset
        self.shape, self.strides = tuple(shape), tuple(strides)


class Archive:
    def __init__(self, path):
        import zipfile
        self.zip = zipfile.ZipFile(path)
        pickled = [name for name in self.zip.namelist() if name.endswith("data.pkl")]
        self.root = min(pickled, key=len)[:-len("data.pkl")]

    def info(self, name):
        try:
            return self.zip.getinfo(self.root + name)
        except KeyError:
            fail(65, f"is TorchScript without {name}; it is damaged")

    def text(self, name):
        """Of a small file; empty if there is none."""
        if self.root + name not in self.zip.namelist():
            return ""
        info = self.info(name)
        return self.zip.read(info).decode("utf-8", "replace") if info.file_size < 1 << 24 else ""

    def module(self):
        import io
        import pickle

        class Reader(pickle.Unpickler):
            def find_class(self, package, name):
                if package.startswith("__torch__"):
                    return type("Module", (Module,), {"path": f"{package}.{name}"})
                if package == "torch" and name in STORAGES:
                    return name
                if (package, name) == ("torch._utils", "_rebuild_tensor_v2"):
                    return Tensor
                if (package, name) == ("collections", "OrderedDict"):
                    return dict
                if package == "torch.jit._pickle":  # lists, and dictionaries with a type
                    return lambda value, *others: value
                if "_rebuild_qtensor" in name:
                    fail(65, "holds quantized tensors; convert the model before that, and "
                             "`leat quantize` the result")
                fail(65, f"needs {package}.{name}, expected TorchScript with modules and tensors only")

            def persistent_load(self, identifier):
                return identifier

        info = self.info("data.pkl")
        if info.file_size > 1 << 28:
            fail(65, f"has a data.pkl of {info.file_size} bytes, expected at most {1 << 28}")
        return Reader(io.BytesIO(self.zip.read(info))).load()

    def contents(self, tensor):
        """(dtype, shape, bytes)"""
        kind, storage, key, place, count = tensor.storage
        size, dtype = STORAGES[storage]
        for number in (count, tensor.offset, *tensor.shape, *tensor.strides):
            if type(number) is not int or not 0 <= number < 1 << 40:
                fail(65, f"found {number!r:.40} in a tensor, expected a size")
        if kind != "storage" or len(tensor.shape) != len(tensor.strides):
            fail(65, "found a tensor whose shape and strides differ in length")
        info = self.info(f"data/{key}")
        if info.file_size != count * size:
            fail(65, f"found {info.file_size} bytes in data/{key}, expected {count * size}")
        last = sum((length - 1) * stride for length, stride in zip(tensor.shape, tensor.strides))
        elements = 1
        for length in tensor.shape:
            elements *= length
        if elements and (tensor.offset + last >= count or elements > count):
            fail(65, f"found a tensor of shape {list(tensor.shape)} that is beyond data/{key}")
        data = memoryview(self.zip.read(info))
        places, run = [tensor.offset] if elements else [], 1
        # The last axes are often contiguous.
        axes = list(zip(tensor.shape, tensor.strides))
        while axes and axes[-1][1] == run:
            run *= axes.pop()[0]
        for length, stride in axes:
            places = [place + step * stride for place in places for step in range(length)]
        return dtype, tensor.shape, b"".join(
            data[place * size:(place + run) * size] for place in places)


def convert_script():
    """Fills `tensors`, under the names that state_dict() would give them."""
    archive = Archive(source)
    if "big" in archive.text("byteorder"):
        fail(65, "was written on a big-endian machine, expected a little-endian one")
    metadata["producer"] = "torch"
    read_module(archive, archive.module(), "", 0, [])
    if not tensors:
        fail(65, "is TorchScript without parameters: torch.jit.freeze() makes them constants without "
                  "names; save the model's state_dict(), or TorchScript before it is frozen")
    notes.append("TorchScript: only its tensors were read; what forward() does with them was not")


def read_module(archive, module, prefix, depth, seen):
    """- seen: the prefixes of the modules so far. One module may be in many places of others."""
    if not isinstance(module, Module):
        fail(65, f"holds a {type(module).__name__}, expected a module")
    seen.append(prefix)
    if depth > MOST_DEPTH or len(seen) > MOST_MODULES:
        fail(65, f"has more than {MOST_MODULES} modules, or more than {MOST_DEPTH} in one another")
    kind = re.sub(r"\.___torch_mangle_\d+", "", module.path).removeprefix("__torch__.")
    owns = any(isinstance(value, Tensor) for value in module.attributes.values())
    check_module(prefix[:-1], kind, owns)
    for name, value in module.attributes.items():
        if isinstance(value, Tensor):
            tensors[prefix + name] = archive.contents(value)
        elif isinstance(value, Module):
            read_module(archive, value, f"{prefix}{name}.", depth + 1, seen)
    say_constants(archive.text(f"code/{module.path.rpartition('.')[0].replace('.', '/')}.py"),
                  module.path.rpartition(".")[2], prefix[:-1])


def say_constants(program, kind, name):
    """What a module's tensors don't show is a constant of its class, or in a call of a traced one."""
    body = program.partition(f"class {kind}(Module):")[2].partition("\nclass ")[0]
    for argument, pattern in (
            ("eps", r"\beps : Final\[float\] = ([0-9.e-]+)"),
            ("eps", r"torch\.batch_norm\(.*, ([0-9.e-]+), (?:True|False)\)"),
            ("nonlinearity", r'\bmode : Final\[str\] = "RNN_(RELU|TANH)"'),
            ("nonlinearity", r"torch\.rnn_(relu|tanh)\(")):
        found = re.search(pattern, body)
        if found and (kind.startswith("BatchNorm") if argument == "eps" else kind == "RNN"):
            keep(name, argument, found.group(1).lower())
