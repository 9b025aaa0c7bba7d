# SPDX-License-Identifier: MIT
"""Models of Keras that try to run code, made from a harmless one; Python's own library is enough.

usage: make_hostile.py SEQUENCE.keras FOLDER

Writes FOLDER/NAME.keras, each with a NAME.txt that holds a part of the refusal.
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


def changed(name, words, change):
    model = copy.deepcopy(harmless)
    lstm = next(layer for layer in model["config"]["layers"] if layer["class_name"] == "LSTM")
    change(model, lstm)
    write(name, words, list({**members, "config.json": json.dumps(model)}.items()))


def in_layer(**members):
    return lambda model, lstm: lstm["config"].update(members)


def layer(class_name, **config):
    return lambda model, lstm: model["config"]["layers"].append(
        {"module": "keras.layers", "class_name": class_name, "registered_name": None,
         "config": {"name": "added", **config}})


LOADED = "which is none of Keras' classes that are loaded: it could run code"
NOTHING = "layer 'added' ({}): Leat has nothing like it"
changed("lambda", NOTHING.format("Lambda"), layer("Lambda", function=LAMBDA))
changed("torch-module", NOTHING.format("TorchModuleWrapper"), layer("TorchModuleWrapper", module=""))
changed("nested-model", NOTHING.format("Sequential"), layer("Sequential", layers=[]))
changed("wrapped-lambda", NOTHING.format("TimeDistributed"), layer(
    "TimeDistributed", layer={"module": "keras.layers", "class_name": "Lambda", "config": {}}))
changed("inside-wrapped", LOADED, layer("TimeDistributed", layer={
    "module": "keras.layers", "class_name": "Dense", "config": {"kernel_initializer": CLASS}}))
for key in ("activation", "recurrent_activation"):
    changed(f"{key}-function", f"{key} is an object, 'function', expected a name", in_layer(**{key: FUNCTION}))
changed("activation-lambda", "activation is an object, '__lambda__', expected a name",
        in_layer(activation=LAMBDA))
changed("activation-list", "activation is an object, 'list', expected a name",
        in_layer(activation=[FUNCTION]))
for key in ("kernel_initializer", "recurrent_regularizer", "bias_constraint", "dtype", "unknown"):
    changed(f"{key}-function", f"{key} is 'function' of 'os', {LOADED}", in_layer(**{key: FUNCTION}))
    changed(f"{key}-class", f"{key} is 'Popen' of 'subprocess', {LOADED}", in_layer(**{key: CLASS}))
    changed(f"{key}-deep", f"{LOADED}", in_layer(**{key: {"a": [{"b": LAMBDA}]}}))
changed("get-file", "'get_file' of 'keras.utils', " + LOADED, in_layer(kernel_initializer={
    "module": "keras.utils", "class_name": "get_file", "config": {}, "registered_name": None}))
changed("own-module", "'LSTM' of 'own', " + LOADED, lambda model, lstm: lstm.update(module="own"))
changed("registered", "'LSTM' of 'keras.layers' registered as 'own>LSTM'",
        lambda model, lstm: lstm.update(registered_name="own>LSTM"))
changed("class-list", LOADED, in_layer(dtype={"class_name": ["LSTM"]}))
changed("own-model", "the model is 'Sequential' of 'own', " + LOADED,
        lambda model, lstm: model.update(module="own"))
changed("build", LOADED, lambda model, lstm: model.update(build_config={"input_shape": FUNCTION}))
changed("escape", "layer '\N{REPLACEMENT CHARACTER}[31mred' (Lambda)", layer("Lambda", name="\x1b[31mred"))
more = list(members.items())
write("npz", "holds model.weights.npz, expected config.json", more + [("model.weights.npz", b"")])
write("assets", "holds assets/added/vocabulary.txt", more + [("assets/added/vocabulary.txt", b"")])
write("no-zip", "isn't a .keras file", [])
with open(os.path.join(folder, "no-zip.keras"), "wb") as file:
    file.write(b"\x89HDF\r\n\x1a\n")
