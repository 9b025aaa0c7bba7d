# SPDX-License-Identifier: MIT
# Keras' part of the program that start.py begins: checks the configuration in a file before Keras
# makes objects of it. A configuration names classes and functions. Some of them run code from the
# file (a Lambda in .h5 does) or import a named module. So only names in these lists are accepted.

LAYERS_LEFT_OUT = {"Dropout", "SpatialDropout1D", "GaussianNoise", "GaussianDropout", "Identity",
                   "AlphaDropout", "ActivityRegularization"}
LAYERS = LAYERS_LEFT_OUT | {"InputLayer", "Normalization", "LSTM", "TimeDistributed", "Dense",
                            "Activation", "ReLU", "Softmax"}
LAYERS_OF_SEVERAL = {"Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply",
                     "Subtract"}
MODELS = {"Sequential", "Functional", "Model"}
POLICIES = {"Policy", "DTypePolicy", "FloatDTypePolicy", "QuantizedDTypePolicy", "DTypePolicyMap"}
QUANTIZERS = {"AbsMaxQuantizer", "Int8QuantizationConfig", "Int4QuantizationConfig",
              "Float8QuantizationConfig"}

# Module to classes; files before Keras 2.12 name no modules. Leat uses the layers only; the rest is
# data: shapes, and what training used.
KNOWN = {
    "keras": MODELS | POLICIES,
    "keras.models": MODELS,
    "keras.src.models.sequential": {"Sequential"},
    "keras.src.models.functional": {"Functional"},
    "keras.src.engine.functional": {"Functional"},
    "keras.engine.functional": {"Functional"},
    "keras.layers": LAYERS,
    "keras.dtype_policies": POLICIES,
    "keras.mixed_precision": POLICIES,
    "keras.quantizers": QUANTIZERS,
    "keras.initializers": {
        "Zeros", "Ones", "Constant", "Identity", "IdentityInitializer", "RandomNormal",
        "RandomUniform", "TruncatedNormal", "VarianceScaling", "GlorotNormal", "GlorotUniform",
        "HeNormal", "HeUniform", "LecunNormal", "LecunUniform", "Orthogonal",
        "OrthogonalInitializer"},
    "keras.random": {"SeedGenerator"},
    "keras.regularizers": {"L1", "L2", "L1L2", "OrthogonalRegularizer"},
    "keras.constraints": {"MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"},
}
KNOWN[None] = set().union(*KNOWN.values(), {"__keras_tensor__", "__tuple__", "TensorShape"})

CONFIGURATION_MAX = 1 << 24


def check_configuration():
    """Refuses a file that names anything else."""
    if source.endswith(".keras"):
        model = configuration_of_keras()
        model.pop("compile_config", None)  # Keras doesn't load it
    elif source.endswith((".h5", ".hdf5")):
        model = configuration_of_h5()
    else:
        fail(65, "expected a name that ends in .keras, .h5 or .hdf5, by which Keras knows the format")
    title = "the model"
    check_class(title, title, model)
    if model["class_name"] not in MODELS:
        fail(65, f"is a {model['class_name']}, expected a Sequential or Functional model")
    config = model["config"]
    for layer in config["layers"] if isinstance(config, dict) else config:
        check_layer(layer)
    check_names(title, title, model)


def configuration_of_keras():
    import zipfile
    expected = ["config.json", "metadata.json", "model.weights.h5"]
    try:
        with zipfile.ZipFile(source) as archive:
            if sorted(archive.namelist()) != expected:
                others = sorted(set(archive.namelist()) - set(expected)) or ["one of these twice"]
                fail(65, f"holds {others[0]}, expected {', '.join(expected)} and nothing else")
            size = archive.getinfo("config.json").file_size
            if size > CONFIGURATION_MAX:
                fail(65, f"found {size} bytes of config.json, expected at most {CONFIGURATION_MAX}")
            return json.loads(archive.read("config.json"))
    except zipfile.BadZipFile:
        fail(65, "isn't a .keras file, which is a zip archive")


def configuration_of_h5():
    try:
        import h5py
    except ImportError:
        needs("keras h5py tensorflow")
    try:
        with h5py.File(source, "r") as file:
            text = file.attrs.get("model_config")
    except OSError as error:
        fail(65, f"isn't an HDF5 file: {error}")
    if text is None:
        fail(65, "holds no model_config, as a file of weights alone does; save it with model.save()")
    return json.loads(text)


def check_layer(layer):
    name = layer["class_name"]
    title = f"layer '{layer['config'].get('name')}' ({name})"
    if name == "Bidirectional":
        fail(65, f"{title}: needs the end of the sequence first, which a stream never has; train a "
                  "forward LSTM")
    if name in LAYERS_OF_SEVERAL:
        fail(65, f"{title}: takes the outputs of several layers; Leat's layers form a chain")
    inner = layer["config"].get("layer")
    if name not in LAYERS or name == "TimeDistributed" and inner["class_name"] != "Dense":
        fail(65, f"{title}: Leat has nothing like it; expected Normalization, LSTM, Dense, "
                  "Activation, in this order; take it out of the model and compute it outside of Leat")
    check_names(title, title, layer)


def check_names(title, what, value):
    """Checks all classes that are named anywhere in a value."""
    if what in ("activation", "recurrent_activation") and not isinstance(value, (str, type(None))):
        kind = value.get("class_name") if isinstance(value, dict) else type(value).__name__
        fail(65, f"{title}: {what} is an object, {kind!r}, expected a name: it could run code; "
                  "train it with one of Keras' own")
    elif isinstance(value, list):
        for item in value:
            check_names(title, what, item)
    elif isinstance(value, dict):
        if "class_name" in value:
            check_class(title, what, value)
        for key, item in value.items():
            check_names(title, key, item)


def check_class(title, what, value):
    if not isinstance(value, dict):
        fail(65, f"{title}: is no object with a class_name")
    name, module = value.get("class_name"), value.get("module")
    registered = value.get("registered_name")
    known = KNOWN.get(module, ()) if isinstance(module, (str, type(None))) else ()
    own = f" registered as {registered!r}" if registered not in (None, name) else ""
    if own or not isinstance(name, str) or name not in known:
        names = f"{name!r} of {module!r}{own}"
        fail(65, f"{title}: {what} is {names}, which is none of Keras' classes that are loaded: it "
                  "could run code; take it out of the model")
