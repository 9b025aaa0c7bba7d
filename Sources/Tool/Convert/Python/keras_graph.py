# SPDX-License-Identifier: MIT
# Keras' part of the program that start.py begins: the layers in the order in which a sample passes
# through them, and what each of them reads.

MODELS = {"Sequential", "Functional", "Model"}
LEFT_OUT = {"Dropout", "SpatialDropout1D", "GaussianNoise", "GaussianDropout", "AlphaDropout",
            "ActivityRegularization", "Identity"}
# Layers that compute something else when they are called as in training.
OF_TRAINING = LEFT_OUT | {"BatchNormalization", "BatchNormalizationV1"}
# The layer, and what `a + b` becomes in Keras 2 and 3.
SUMS = {"Add", "TFOpLambda"}
PLUS = {"__operators__.add", "math.add"}
LAYERS_OF_SEVERAL = {"Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract",
                     "Attention", "AdditiveAttention", "MultiHeadAttention"}
LAYERS_MAX = 4096


class Step:
    """A layer, and the names of the layers whose outputs it reads; None is the model's input."""

    def __init__(self, layer, sources):
        self.layer, self.sources = layer, sources


class Graph:
    """`steps` is a chain: each one reads what the one before gives, and an Add earlier ones, too."""

    def __init__(self, model):
        kind = model.get("class_name") if isinstance(model, dict) else None
        if not isinstance(kind, str) or kind not in MODELS:
            fail(65, f"is a {shown(kind)}, expected a Sequential or Functional model")
        check_class("the model", model)
        config = model.get("config")
        entries = config if isinstance(config, list) else isinstance(config, dict) and config.get(
            "layers")
        if not isinstance(entries, list) or not 0 < len(entries) <= LAYERS_MAX:
            fail(65, f"has no list of at most {LAYERS_MAX} layers")
        self.layers = [Layer(entry) for entry in entries]
        self.name_groups()
        self.input_shape = None
        if kind == "Sequential":
            self.steps = self.sequential(config, model)
        else:
            self.steps = self.functional(entries, config)

    def name_groups(self):
        """The groups of the weights: an archive's are the classes, numbered; others the names."""
        counts, is_archive = {}, keras_file.is_archive
        for layer in self.layers:
            name = snake_case(layer.kind)
            count = counts[name] = counts.get(name, -1) + 1
            layer.group = (name if count == 0 else f"{name}_{count}") if is_archive else layer.name

    def sequential(self, config, model):
        first = self.layers[0].config
        shapes = [first.get("batch_input_shape"), first.get("batch_shape")]
        for place in (config, model.get("build_config")):
            if isinstance(place, dict):
                shapes += [place.get("build_input_shape"), place.get("input_shape")]
        self.input_shape = next((shape for shape in shapes if isinstance(shape, list)), None)
        previous, steps = None, []
        for layer in self.layers:
            if layer.kind == "InputLayer" or self.is_left_out(layer):
                continue
            steps.append(Step(layer, [previous]))
            previous = layer.name
        return steps

    def is_left_out(self, layer):
        if layer.kind not in LEFT_OUT:
            return False
        note(f"{layer.title}: changes nothing when a model is run; left out")
        return True

    # --- models of the functional interface ------------------------------------

    def functional(self, entries, config):
        inputs, outputs = (references(config.get(key)) for key in ("input_layers", "output_layers"))
        for what, found in (("inputs", inputs), ("outputs", outputs)):
            if len(found) != 1:
                fail(65, f"found {len(found)} {what}, expected one; make a model of one input and one "
                         "output from its layers, and save that")
        # Keras lists each layer after those that it reads.
        self.value_of, self.depth, read = {}, {}, {}
        for layer, entry in zip(self.layers, entries):
            if layer.name in self.value_of:
                layer.refuse("there are two layers of this name, expected one")
            if layer.name == inputs[0][0]:
                self.input_shape = layer.config.get("batch_input_shape",
                                                    layer.config.get("batch_shape"))
                self.value_of[layer.name], self.depth[None] = None, 0
            else:
                read[layer.name] = entry.get("inbound_nodes")
                self.place(layer, read[layer.name])
        last = outputs[0]
        if last[0] not in self.value_of or last[2] != 0:
            fail(65, f"its output is [{shown(last[2])}] of layer '{shown(last[0])}', expected "
                     "the first one of a layer; the states are in Leat's stream")
        return self.chain(self.value_of[last[0]])

    def place(self, layer, nodes):
        """Finds what a layer reads, and how many layers are before it on the longest way."""
        nodes = nodes if isinstance(nodes, list) else []
        found = [] if len(nodes) != 1 else references(nodes)
        sources = [self.value_of.get(name, layer) for name, _, _ in found]
        self.value_of[layer.name] = layer.name
        layer.problem, layer.sources = None, sources
        if len(nodes) != 1:
            layer.problem = f"is used {len(nodes)} times, expected once; Leat's layers form a chain"
        elif layer in sources or not sources:
            layer.problem = "found nothing that it reads, expected a layer listed before it"
        elif any(tensor != 0 for _, _, tensor in found):
            layer.problem = "reads the state of another layer; Leat's layers form a chain"
        elif is_training(nodes) and differs_in_training(layer.kind, layer.config):
            layer.problem = ("is called with training=True, expected False: Leat computes what a layer "
                             "does after training")
        elif layer.kind in SUMS:
            pass
        elif layer.kind in LAYERS_OF_SEVERAL:
            layer.problem = ("takes the outputs of several layers; Leat's layers form a chain, in "
                             "which only an Add takes an earlier one")
        elif len(sources) != 1:
            layer.problem = (f"reads {len(sources)} values, expected one, as its state is in Leat's "
                             "stream; Leat's layers form a chain")
        elif self.is_left_out(layer):
            self.value_of[layer.name] = sources[0]
        known = [self.depth.get(name, 0) for name in sources if name is not layer]
        self.depth[layer.name] = 1 + max(known, default=0)

    def chain(self, output):
        needed, steps, at_depth = {output}, [], {}
        for layer in reversed(self.layers):
            if layer.name not in needed or self.value_of[layer.name] != layer.name:
                if layer.kind not in LEFT_OUT and self.value_of[layer.name] is not None:
                    note(f"{layer.title}: the output doesn't need it; left out")
                continue
            if layer.problem:
                layer.refuse(layer.problem)
            other = at_depth.setdefault(self.depth[layer.name], layer)
            if other is not layer:
                other.refuse(f"runs beside '{shown(layer.name)}'; Leat's layers form a chain, in "
                             "which only an Add takes an earlier value")
            needed.update(layer.sources)
            # The one before is the first of what an Add reads.
            sources = sorted(layer.sources, key=lambda name: -self.depth[name])
            steps.insert(0, Step(layer, sources))
        return steps


def references(value):
    """The tensors that a part of the configuration names: (layer, node, output) each."""
    if isinstance(value, dict):
        if value.get("class_name") == "__keras_tensor__":
            config = value.get("config")
            return references(config.get("keras_history") if isinstance(config, dict) else None)
        return [found for item in value.values() for found in references(item)]
    if not isinstance(value, list):
        return []
    if len(value) >= 3 and isinstance(value[0], str) and isinstance(value[1], int):
        return [tuple(value[:3])] + references(value[3:])
    return [found for item in value for found in references(item)]


def is_training(node):
    """Whether a call has training=True."""
    if isinstance(node, dict):
        return node.get("training") not in (None, False) or any(map(is_training, node.values()))
    return isinstance(node, list) and any(map(is_training, node))


def differs_in_training(kind, config):
    """Whether a layer, or one inside of it, computes something else in training."""
    if kind in OF_TRAINING or config.get("dropout") or config.get("recurrent_dropout"):
        return True
    inner = [config.get(key) for key in ("layer", "cell")]
    return any(isinstance(entry, dict) and isinstance(entry.get("config"), dict)
               and differs_in_training(str(entry.get("class_name")), entry["config"])
               for entry in inner)
