# SPDX-License-Identifier: MIT
# Keras' part of the program that start.py begins: what is in a file of Keras 2 or 3. The file is
# read without Keras, as data: its configuration is JSON, and its weights are arrays in HDF5.

CONFIGURATION_MAX = 1 << 24  # bytes
WEIGHTS_MAX = 1 << 31  # bytes of an archive's weights
ELEMENTS_MAX = 1 << 26  # of all arrays
NAMES_MAX = 64  # arrays of one layer
MEMBERS = ["config.json", "metadata.json", "model.weights.h5"]


def import_packages():
    global h5py, numpy
    try:
        import h5py
        import numpy
    except ImportError:
        needs("h5py")


def shown(value):
    """A value of the configuration, in a message."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= 80 else text[:79] + "\N{HORIZONTAL ELLIPSIS}"


class KerasFile:
    """A .keras archive, or a model in HDF5 (.h5)."""

    def __init__(self):
        self.elements = 0
        with open(source, "rb") as file:
            head = file.read(8)
        self.is_archive = head.startswith(b"PK")
        if self.is_archive:
            configuration, self.version = self.open_archive()
        elif head == b"\x89HDF\r\n\x1a\n":
            configuration, self.version = self.open_hdf5()
        else:
            fail(65, "is neither a .keras archive nor an HDF5 file; save it with model.save()")
        if len(configuration) > CONFIGURATION_MAX:
            fail(65, f"has a configuration of {len(configuration)} bytes, expected at most "
                     f"{CONFIGURATION_MAX}")
        try:
            self.configuration = json.loads(configuration)
        except (ValueError, RecursionError) as error:
            fail(65, f"has a configuration that isn't JSON: {error}")
        # Files of the first Keras 2 have no version; those of Keras 3 do.
        self.major = self.version.split(".")[0] or "2"
        if self.major not in ("2", "3"):
            fail(65, f"was saved by Keras {shown(self.version)}, expected 2 or 3; load it with that "
                     "version, and save it with one of these")

    def open_archive(self):
        import zipfile
        try:
            with zipfile.ZipFile(source) as archive:
                names = archive.namelist()
                if sorted(names) != MEMBERS:
                    others = sorted(set(names) - set(MEMBERS)) or ["one of these twice, or not all"]
                    fail(65, f"holds {shown(others[0])}, expected {', '.join(MEMBERS)} "
                             "and nothing else")
                # Python reads no more of a member than its directory says.
                for name, most in zip(MEMBERS, (CONFIGURATION_MAX, CONFIGURATION_MAX, WEIGHTS_MAX)):
                    if archive.getinfo(name).file_size > most:
                        fail(65, f"found {archive.getinfo(name).file_size} bytes of {name}, expected "
                                 f"at most {most}")
                configuration, metadata, self.weights_of_archive = map(archive.read, MEMBERS)
        except zipfile.BadZipFile as error:
            fail(65, f"is no whole .keras archive: {error}")
        metadata = json.loads(metadata)
        version = metadata.get("keras_version") if isinstance(metadata, dict) else None
        return configuration, version if isinstance(version, str) else ""

    def open_hdf5(self):
        import_packages()
        self.root = self.hdf5(source)
        configuration = self.text(self.root, "model_config")
        if configuration is None:
            fail(65, "holds no model_config, as a file of weights alone does; save it with "
                     "model.save()")
        return configuration, self.text(self.root, "keras_version") or ""

    def open_weights(self):
        """Does what needs h5py: many archives are refused by their configuration alone."""
        if self.is_archive:
            import io
            import_packages()
            self.root = self.hdf5(io.BytesIO(self.weights_of_archive))

    @staticmethod
    def hdf5(file):
        try:
            return h5py.File(file, "r")
        except OSError as error:
            fail(65, f"isn't a whole HDF5 file: {error}")

    @staticmethod
    def text(object, name):
        """An attribute that is one text, or None."""
        # An array isn't read, as each element may name the same long text.
        is_one = name in object.attrs and object.attrs.get_id(name).shape == ()
        value = object.attrs[name] if is_one else None
        if isinstance(value, bytes):
            value = value.decode()
        return value if isinstance(value, str) else None

    def names(self, group):
        """The attribute `weight_names`. Keras divides a long one into `weight_names0` and so on."""
        keys, index = ["weight_names"], 0
        if "weight_names" not in group.attrs:
            keys = []
            while f"weight_names{index}" in group.attrs and index < NAMES_MAX:
                keys.append(f"weight_names{index}")
                index += 1
        names = []
        for key in keys:
            # The size is checked first, as each element may name the same long text.
            count = numpy.prod(group.attrs.get_id(key).shape, dtype=float)
            if len(names) + count > NAMES_MAX:
                fail(65, f"'{shown(group.name)}' names more than {NAMES_MAX} arrays")
            names += [name.decode() if isinstance(name, bytes) else str(name)
                      for name in numpy.ravel(group.attrs[key])]
        return names

    def member(self, group, path, kind):
        """A group or an array below a group, or None.

        Links to other places and files aren't followed: a file could make others' data part of the
        model.
        """
        for part in path.split("/"):
            link = group.get(part, getlink=True) if isinstance(group, h5py.Group) else None
            if link is None or part in ("", "."):
                return None
            if not isinstance(link, h5py.HardLink):
                fail(65, f"'{shown(path)}' is a link to another place, expected the weights")
            group = group[part]
        return group if isinstance(group, kind) else None

    def datasets(self, layer):
        """A layer's arrays, in Keras' order."""
        if self.is_archive:
            path = "/".join(["layers", layer.group, *layer.path, "vars"])
            group = self.member(self.root, path, h5py.Group)
            names = [] if group is None else list(map(str, range(min(len(group), NAMES_MAX))))
            saved = None if group is None else self.text(group, "name")
            if saved is not None and saved != layer.saved_name and not layer.path:
                layer.refuse(f"its weights are those of '{shown(saved)}'")
        else:
            path = "model_weights/" + layer.group
            group = self.member(self.root, path, h5py.Group)
            names = [] if group is None else self.names(group)
        found = [self.member(group, name, h5py.Dataset) for name in names]
        for name, dataset in zip(names, found):
            if dataset is None:
                layer.refuse(f"found no array '{shown(name)}' in '{shown(path)}'")
        return found

    def weights(self, layer, shapes, unused=0):
        """A layer's arrays as floats.

        - shapes: None is any size
        - unused: how many more there may be
        """
        found = self.datasets(layer)
        arrays = []
        for dataset, shape in zip(found, shapes):
            arrays.append(self.array(layer, dataset, shape))
        if not len(shapes) <= len(found) <= len(shapes) + unused:
            layer.refuse(f"found {len(found)} arrays of weights, expected {len(shapes)}")
        return arrays

    def array(self, layer, dataset, shape):
        bfloat16 = self.text(dataset, "dtype") == "bfloat16" and dataset.dtype.itemsize == 2
        if not bfloat16 and dataset.dtype.kind != "f":
            if dataset.dtype.kind not in "iu":
                layer.refuse(f"found an array of {dataset.dtype}, expected floats")
            layer.refuse(f"is quantized to {dataset.dtype}; convert the model before that, and `leat "
                         "quantize` the result")
        found = dataset.shape or ()
        if len(found) != len(shape) or any(b not in (None, a) for a, b in zip(found, shape)):
            wanted = [size or "any" for size in shape]
            layer.refuse(f"found an array of shape {list(found)}, expected "
                         f"[{', '.join(map(str, wanted))}]")
        creation = dataset.id.get_create_plist()
        if creation.get_external_count() or creation.get_layout() not in (
                h5py.h5d.COMPACT, h5py.h5d.CONTIGUOUS, h5py.h5d.CHUNKED):
            layer.refuse("its weights are in another file, expected all in one")
        self.elements += int(numpy.prod(found, dtype=float))
        if self.elements > ELEMENTS_MAX:
            layer.refuse(f"found {self.elements} weights so far, expected at most {ELEMENTS_MAX}")
        values = dataset[()]
        if bfloat16:
            values = (numpy.asarray(values).view("<u2").astype("<u4") << 16).view("<f4")
        if dataset.dtype.itemsize > 4:
            note(f"{layer.title}: was rounded from double precision to floats")
        with numpy.errstate(over="ignore"):
            values = numpy.asarray(values, dtype="<f4")
        if not numpy.isfinite(values).all():
            layer.refuse("found a weight that isn't a finite float, expected finite ones; train it "
                         "with a lower rate")
        return values


def note(text):
    if text not in notes:
        notes.append(text)
