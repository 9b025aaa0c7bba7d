# SPDX-License-Identifier: MIT
"""Models of Keras that try to run code, made from a harmless one; Python's own library is enough.

usage: make_hostile.py SEQUENCE.keras FOLDER

Writes FOLDER/NAME.keras, each with a NAME.txt that holds a part of the refusal, and
FOLDER/ignored/NAME.keras, which convert, since Leat doesn't read what is hostile in them.
"""
import copy
import json
import os
import sys
import zipfile

FUNCTION = {"module": "os", "class_name": "function", "config": "abort", "registered_name": "function"}
LAMBDA = {"class_name": "__lambda__", "config": {"value": ["4wAAAAA=", None, None]}}
CLASS = {"module": "subprocess", "class_name": "Popen", "config": {"args": ["touch", "ran"]}}
source, folder = sys.argv[1:3]
with zipfile.ZipFile(source) as archive:
    members = {name: archive.read(name) for name in archive.namelist()}
harmless = json.loads(members["config.json"])


def write(name, words, contents):
    with zipfile.ZipFile(os.path.join(folder, name + ".keras"), "w") as archive:
        for member, data in contents:
            archive.writestr(member, data)
    with open(os.path.join(folder, name + ".txt"), "w") as file:
        print(words, file=file)


def changed(name, words, change, version="3.0"):
    model = copy.deepcopy(harmless)
    lstm = next(layer for layer in model["config"]["layers"] if layer["class_name"] == "LSTM")
    change(model, lstm)
    write(name, words, list({**members, "config.json": json.dumps(model), "metadata.json": json.dumps(
        {"keras_version": version})}.items()))


def in_layer(**members):
    return lambda model, lstm: lstm["config"].update(members)


def layer(class_name, **config):
    return lambda model, lstm: model["config"]["layers"].append(
        {"module": "keras.layers", "class_name": class_name, "registered_name": None,
         "config": {"name": "added", **config}})


NOTHING = "layer 'added' ({}): Leat has nothing like it"
OWN = "is a class of {}, expected one of Keras' own"
changed("lambda", NOTHING.format("Lambda"), layer("Lambda", function=LAMBDA))
changed("torch-module", NOTHING.format("TorchModuleWrapper"), layer("TorchModuleWrapper", module=""))
changed("nested-model", NOTHING.format("Sequential"), layer("Sequential", layers=[]))
for key in ("activation", "recurrent_activation"):
    changed(f"{key}-function", f"{key} is", in_layer(**{key: FUNCTION}))
    changed(f"{key}-lambda", f"{key} is", in_layer(**{key: LAMBDA}))
    changed(f"{key}-list", f"{key} is", in_layer(**{key: [FUNCTION]}))
    changed(f"{key}-code", f"{key} is __import__('os')", in_layer(**{key: "__import__('os')"}))
changed("unknown-function", "unknown is", in_layer(unknown=FUNCTION))
changed("own-module", OWN.format("own"), lambda model, lstm: lstm.update(module="own"))
changed("own-keras", OWN.format("keras_own.layers"), lambda model, lstm: lstm.update(module="keras_own.layers"))
changed("registered", "registered as own>LSTM", lambda model, lstm: lstm.update(registered_name="own>LSTM"))
changed("class-list", "expected an object with a class_name", lambda model, lstm: lstm.update(class_name=["LSTM"]))
changed("own-model", "the model: " + OWN.format("own"), lambda model, lstm: model.update(module="own"))
changed("no-layers", "has no list of at most 4096 layers", lambda model, lstm: model["config"].update(layers=[]))
changed("many-layers", "has no list of at most 4096 layers",
        lambda model, lstm: model["config"].update(layers=[lstm] * 4097))
changed("escape", "layer '\N{REPLACEMENT CHARACTER}[31mred' (Lambda)", layer("Lambda", name="\x1b[31mred"))
changed("long-name", "n\N{HORIZONTAL ELLIPSIS}' (Lambda): Leat has nothing like it", layer("Lambda", name="n" * 100_000))
changed("version", "was saved by Keras 1.2.2, expected 2 or 3", lambda model, lstm: None, "1.2.2")
changed("newer", "was saved by Keras 4.0, expected 2 or 3", lambda model, lstm: None, "4.0")



def many_inputs(model, lstm):
    layers = model["config"]["layers"]
    layers[0]["config"]["batch_shape"] = [None, None, 1 << 24]
    layers.insert(1, {"module": "keras.layers", "class_name": "Activation", "registered_name": None,
                      "config": {"name": "added", "activation": "tanh"}})


changed("identity", "layer 'added' (Activation): is the first layer, and reads 16777216 inputs, expected at "
        "most 4096", many_inputs)

more = list(members.items())
write("deep", "has a configuration that isn't JSON", [
    (name, b"[" * 200_000 if name == "config.json" else data) for name, data in more])
write("npz", "holds model.weights.npz, expected config.json", more + [("model.weights.npz", b"")])
write("assets", "holds assets/added/vocabulary.txt", more + [("assets/added/vocabulary.txt", b"")])
write("large", "bytes of config.json, expected at most 16777216", [
    (name, b" " * 17_000_000 if name == "config.json" else data) for name, data in more])
write("cut", "is no whole .keras archive", more)
with open(os.path.join(folder, "cut.keras"), "rb+") as file:
    file.truncate(2000)
write("no-zip", "is neither a .keras archive nor an HDF5 file", [])
with open(os.path.join(folder, "no-zip.keras"), "wb") as file:
    file.write(b"\x89PNG\r\n\x1a\n")

# What Leat doesn't read may name anything.
os.mkdir(os.path.join(folder, "ignored"))
for key in ("kernel_initializer", "recurrent_regularizer", "bias_constraint", "dtype"):
    for kind, value in (("function", FUNCTION), ("class", CLASS), ("deep", {"a": [{"b": LAMBDA}]})):
        changed(f"ignored/{key}-{kind}", "", in_layer(**{key: value}))
changed("ignored/get-file", "", in_layer(kernel_initializer={
    "module": "keras.utils", "class_name": "get_file", "config": {}, "registered_name": None}))
changed("ignored/build", "", lambda model, lstm: model.update(build_config={"input_shape": FUNCTION}))
changed("ignored/compile", "", lambda model, lstm: model.update(compile_config={"optimizer": CLASS}))
