# SPDX-License-Identifier: MIT
"""HDF5 files that try to make other files part of a model, or to exhaust memory, made from a harmless
one. Needs h5py.

usage: make_hostile_h5.py LAST.h5 FOLDER

Writes FOLDER/NAME.h5, each with a NAME.txt that holds a part of the refusal.
"""
import os
import shutil
import struct
import sys

import h5py
import numpy

source, folder = sys.argv[1:3]
LAYER = "model_weights/lstm_1"


def changed(name, words, change):
    made = os.path.join(folder, name + ".h5")
    shutil.copy(source, made)
    with h5py.File(made, "r+") as file:
        change(file)
    with open(os.path.join(folder, name + ".txt"), "w") as file:
        print(words, file=file)


def kernel(file):
    """The group and the name of the LSTM's first array."""
    name = file[LAYER].attrs["weight_names"][0]
    return file[LAYER], name.decode() if isinstance(name, bytes) else name


def replaced(**options):
    def change(file):
        group, name = kernel(file)
        shape, dtype = group[name].shape, options.pop("dtype", "f4")
        del group[name]
        group.create_dataset(name, options.pop("shape", shape), dtype, **options)
    return change


def linked(link):
    def change(file):
        group, name = kernel(file)
        del group[name]
        group[name] = link
    return change


def virtual(file):
    group, name = kernel(file)
    layout = h5py.VirtualLayout(group[name].shape, "f4")
    layout[:] = h5py.VirtualSource(os.path.join(folder, "secret.h5"), "secret", group[name].shape)
    del group[name]
    group.create_virtual_dataset(name, layout)


def larger(file):
    text = file.attrs["model_config"]
    text = text.decode() if isinstance(text, bytes) else text
    file.attrs["model_config"] = text.replace('"units": 5', '"units": 16777216')
    replaced(shape=(3, 1 << 26), chunks=(1, 1 << 10))(file)


def value(number):
    def change(file):
        group, name = kernel(file)
        group[name][0, 0] = number
    return change


def named(names):
    def change(file):
        file[LAYER].attrs["weight_names"] = names
    return change


def in_parts(file):
    """Names that Keras would divide, as they were too long for one attribute."""
    attributes = file[LAYER].attrs
    del attributes["weight_names"]
    for index in range(5):
        attributes[f"weight_names{index}"] = ["kernel"] * 13


def repeated(name, words):
    """An attribute of 4,000 texts that are all the same 2 MiB of the file."""
    text = "x" * (1 << 21)
    changed(name, words, lambda file: file.attrs.__setitem__("model_config", numpy.array(
        [text] + ["y"] * 3999, dtype=h5py.string_dtype())))
    with open(os.path.join(folder, name + ".h5"), "rb+") as file:
        data = file.read()
        # An element is the text's length, the heap's address, and its number in there.
        place = data.index(struct.pack("<I", len(text)))
        while data[place + 16:place + 20] != struct.pack("<I", 1):
            place = data.index(struct.pack("<I", len(text)), place + 1)
        file.seek(place)
        file.write(data[place:place + 16] * 4000)


with h5py.File(os.path.join(folder, "secret.h5"), "w") as file:
    file["secret"] = numpy.full((3, 20), 0.5, "f4")
with open(os.path.join(folder, "secret.txt"), "w") as file:
    print("holds no model_config, as a file of weights alone does", file=file)
with open(os.path.join(folder, "secret"), "wb") as file:
    file.write(b"secret" * 100)

TITLE = "layer 'lstm_1' (LSTM): "
ELSEWHERE = TITLE + "its weights are in another file, expected all in one"
LINK = "is a link to another place, expected the weights"
changed("external-link", LINK, linked(h5py.ExternalLink("secret.h5", "/secret")))
changed("soft-link", LINK, linked(h5py.SoftLink("/model_weights/dense_1")))
changed("external-data", ELSEWHERE, replaced(external=[(os.path.join(folder, "secret"), 0, 240)]))
changed("virtual", ELSEWHERE, virtual)
changed("shape", TITLE + "found an array of shape [20, 3], expected [3, 20]", replaced(shape=(20, 3)))
changed("rank", TITLE + "found an array of shape [60], expected [3, 20]", replaced(shape=(60,)))
changed("integers", TITLE + "is quantized to int8", replaced(dtype="i1"))
changed("text", TITLE + "found an array of object, expected floats", replaced(dtype=h5py.string_dtype()))
changed("huge", TITLE + "found 201326592 weights so far, expected at most 67108864", larger)
changed("nan", TITLE + "found a weight that isn't a finite float", value(numpy.nan))
changed("double", TITLE + "found a weight that isn't a finite float",
        replaced(dtype="f8", data=numpy.full((3, 20), 1e300)))
changed("no-array", TITLE + "found no array 'nothing' in 'model_weights/lstm_1'", named(["nothing"] * 3))
changed("outside", TITLE + "found no array '../dense/bias'", named(["../dense/bias"] * 3))
changed("fewer", TITLE + "found 2 arrays of weights, expected 3", lambda file: named(
    file[LAYER].attrs["weight_names"][:2])(file))
changed("many-names", "names more than 64 arrays", named(["kernel"] * 65))
changed("many-parts", "names more than 64 arrays", in_parts)
changed("no-group", TITLE + "found 0 arrays of weights, expected 3", lambda file: file.__delitem__(LAYER))
changed("keras-1", "was saved by Keras 1.2.2, expected 2 or 3",
        lambda file: file.attrs.__setitem__("keras_version", "1.2.2"))
changed("weights-alone", "holds no model_config, as a file of weights alone does",
        lambda file: file.attrs.__delitem__("model_config"))
repeated("repeated-text", "holds no model_config")
changed("cut-short", "isn't a whole HDF5 file", lambda file: None)
with open(os.path.join(folder, "cut-short.h5"), "rb+") as file:
    file.truncate(4000)
