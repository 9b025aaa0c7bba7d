# SPDX-License-Identifier: MIT
"""Make the model files that Leat must refuse, and odd ones it must accept.

    python3 Tests/Refused/make_refused.py                 both folders of models
    python3 Tests/Refused/make_refused.py --differential  differential.bin

Every file is shown to the official reader (needs safetensors 0.8.0 and numpy),
and its verdict is written down. README.md says what the files hold.

A refused file has one fault and is whole otherwise: a reader that misses the
one check accepts it.
"""
import itertools
import json
import pathlib
import random
import re
import shutil
import struct
import sys
import tempfile

import numpy as np
import safetensors

REFUSED = pathlib.Path(__file__).parent
ACCEPTED = REFUSED.parent / "Accepted"
FORMAT, MODEL = "LEAT_E_FORMAT", "LEAT_E_MODEL"
UNSUPPORTED, NEWER = "LEAT_E_UNSUPPORTED", "LEAT_E_NEWER"
AT = "header byte"  # a fault of syntax: the message says where


def accepted_by_official(file):
    try:
        safetensors.deserialize(file)
        return True
    except safetensors.SafetensorError:
        return False


# --- Files --------------------------------------------------------------------

def f32(*shape, first=None):
    """A float32 tensor of small values; `first` replaces the first."""
    count = 1
    for size in shape:
        count *= size
    values = [(7 * i % 13 - 6) / 16 for i in range(count)]
    if first is not None:
        values[0] = first
    return "F32", list(shape), struct.pack(f"<{count}f", *values)


def filled(value, *shape, first=None):
    dtype, shape, data = f32(*shape)
    data = struct.pack("<f", value) * (len(data) // 4)
    if first is not None:
        data = struct.pack("<f", first) + data[4:]
    return dtype, shape, data


def i8(*shape, first=None):
    """The same of integers."""
    count = 1
    for size in shape:
        count *= size
    values = [(70 * i % 131 - 65) for i in range(count)]
    if first is not None:
        values[0] = first
    return "I8", list(shape), struct.pack(f"{count}b", *values)


def quantised(tensors, *names, scale=1 / 256):
    """Some matrices as integers, with a scale for each row."""
    made = dict(tensors)
    for name in names:
        _, shape, _ = tensors[name]
        made[name] = i8(*shape)
        made[name + "_scale"] = filled(scale, shape[0])
    return made


def lstm(prefix="lstm.", inputs=1, hidden=1, proj=0, layers=1, bias=True,
         gates=4):
    out, tensors = proj or hidden, {}
    for k in range(layers):
        rows = gates * hidden
        tensors[f"{prefix}weight_ih_l{k}"] = f32(rows, out if k else inputs)
        tensors[f"{prefix}weight_hh_l{k}"] = f32(rows, out)
        if bias:
            tensors[f"{prefix}bias_ih_l{k}"] = f32(rows)
            tensors[f"{prefix}bias_hh_l{k}"] = f32(rows)
        if proj:
            tensors[f"{prefix}weight_hr_l{k}"] = f32(proj, hidden)
    return tensors


def rnn(prefix="rnn.", inputs=1, hidden=1, **options):
    return lstm(prefix, inputs, hidden, gates=1, **options)


def gru(prefix="gru.", inputs=1, hidden=1, **options):
    return lstm(prefix, inputs, hidden, gates=3, **options)


def batch_norm(name="bn", size=1, affine=True):
    tensors = {f"{name}.running_mean": f32(size),
               f"{name}.running_var": filled(0.5, size),
               f"{name}.num_batches_tracked":
                   ("I64", [], struct.pack("<q", 7))}
    if affine:
        tensors.update({f"{name}.weight": f32(size), f"{name}.bias": f32(size)})
    return tensors


def linear(name="fc", inputs=1, outputs=1):
    return {f"{name}.weight": f32(outputs, inputs),
            f"{name}.bias": f32(outputs)}


PLAIN = {**lstm(), **linear()}


# A module whose longest tensor name has 256 bytes, as many as Leat reads.
NAME_OF_256 = "x" + "é" * 121


def without(tensors, *names):
    return {k: v for k, v in tensors.items() if k not in names}


def renamed(tensors, old, new):
    return {k.replace(old, new): v for k, v in tensors.items()}


def header_of(tensors, metadata=None):
    header, end = {}, 0
    if metadata is not None:
        header["__metadata__"] = metadata
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape,
                        "data_offsets": [end, end + len(data)]}
        end += len(data)
    return json.dumps(header, separators=(",", ":"), ensure_ascii=False)


def data_of(tensors):
    return b"".join(data for _, _, data in tensors.values())


def pack(header, data, length=None):
    if isinstance(header, str):
        header = header.encode()
    length = len(header) if length is None else length
    return struct.pack("<Q", length) + header + data


def build(tensors, metadata=None):
    return pack(header_of(tensors, metadata), data_of(tensors))


PLAIN_HEADER, PLAIN_DATA = header_of(PLAIN), data_of(PLAIN)


def edit(old, new):
    """The plain file with one place of its header's text changed."""
    header, old = PLAIN_HEADER.encode(), old.encode()
    new = new.encode() if isinstance(new, str) else new
    assert header.count(old) == 1, old
    return pack(header.replace(old, new), PLAIN_DATA)


def field(value):
    """The plain file with one more field in the entry of fc.weight."""
    return edit('"fc.weight":{', '"fc.weight":{"note":' + value + ",")


def meta(text):
    """The plain file with `text` as its __metadata__."""
    return pack('{"__metadata__":' + text + "," + PLAIN_HEADER[1:], PLAIN_DATA)


def lstm_meta(**keys):
    return build(PLAIN, {f"leat.lstm.{k}": v for k, v in keys.items()})


def moved(name, by, data):
    """The plain file, `name` and all after it moved in the data section."""
    header, move = json.loads(PLAIN_HEADER), 0
    for key, entry in header.items():
        move = by if key == name else move
        entry["data_offsets"] = [x + move for x in entry["data_offsets"]]
    return pack(json.dumps(header), data)


# --- What the official reader refuses -----------------------------------------

ENTRY = '"fc.bias":{"dtype":"F32","shape":[1],"data_offsets":[68,72]}'
assert ENTRY in PLAIN_HEADER


def raw_field(octets):
    """field() with a string of these raw bytes."""
    return edit('"fc.weight":{', b'"fc.weight":{"note":"%s",' % octets)


def entry(text):
    return edit(ENTRY, '"fc.bias":' + text)


def fields(dtype='"F32"', shape="[1]", data_offsets="[68,72]"):
    values = {"dtype": dtype, "shape": shape, "data_offsets": data_offsets}
    return entry("{" + ",".join(f'"{k}":{v}' for k, v in values.items() if v)
                 + "}")


def official_refuses():
    plain = build(PLAIN)
    size = len(PLAIN_HEADER)

    def length(n):
        return struct.pack("<Q", n) + plain[8:]

    def header(text):
        return pack(text, PLAIN_DATA)

    # The file and its header.
    yield "file-empty", "", b""
    yield "file-7-bytes", "", plain[:7]
    yield "header-absent", "header", plain[:8]
    yield "header-cut", "header", plain[:8 + size - 1]
    yield "header-length-0", "header", length(0)
    yield "header-length-short", AT, length(size - 1)
    yield "header-length-long", "header", length(size + 4)
    yield "header-length-beyond-file", "header", length(len(plain) - 7)
    yield "header-length-100000001", "header", length(100_000_001)
    yield "header-length-2-63", "header", length(1 << 63)
    yield "header-length-wraps", "header", length((1 << 64) - 8)
    yield "header-length-max", "header", length((1 << 64) - 1)
    yield "header-length-big-endian", "header", plain[:8][::-1] + plain[8:]

    # UTF-8.
    for name, octets in (("ff", b"\xff"), ("lone-continuation", b"\x80"),
                         ("overlong", b"\xc0\x80"),
                         ("overlong-3", b"\xe0\x9f\xbf"),
                         ("surrogate", b"\xed\xa0\x80"),
                         ("beyond-10ffff", b"\xf4\x90\x80\x80"),
                         ("cut", b"\xe2\x82")):
        yield f"utf8-{name}", "UTF-8", raw_field(octets)
    yield "utf8-in-name", "UTF-8", edit("fc.bias", b"f\xe9.bias")
    yield "utf16-header", "", pack(PLAIN_HEADER.encode("utf-16-le"), PLAIN_DATA)

    # JSON.
    yield "json-array", AT, header("[" + PLAIN_HEADER + "]")
    yield "json-null", AT, header("null")
    yield "json-spaces", AT, header("   ")
    yield "json-bom", AT, header("\ufeff" + PLAIN_HEADER)
    yield "json-trailing-comma", AT, header(PLAIN_HEADER[:-1] + ",}")
    yield "json-trailing-comma-array", AT, fields(shape="[1,]")
    yield "json-leading-comma", AT, header("{," + PLAIN_HEADER[1:])
    yield "json-double-comma", AT, fields(data_offsets="[68,,72]")
    yield "json-no-comma", AT, fields(data_offsets="[68 72]")
    yield "json-no-colon", AT, edit('"fc.bias":', '"fc.bias"')
    yield "json-comment", AT, header(PLAIN_HEADER[:-1] + "/* x */}")
    yield "json-line-comment", AT, header(PLAIN_HEADER + "//")
    yield "json-unclosed", AT, header(PLAIN_HEADER[:-1])
    yield "json-wrong-close", AT, fields(shape="[1}")
    yield "json-unclosed-string", AT, header(PLAIN_HEADER[:-1] + ',"x')
    yield "json-single-quotes", AT, edit('"fc.bias"', "'fc.bias'")
    yield "json-bare-key", AT, edit('"fc.bias"', "fc.bias")
    yield "json-key-number", AT, field('{1:2}')
    yield "json-key-null", AT, field('{null:2}')
    yield "json-nul-padding", AT, header(PLAIN_HEADER + "\0\0\0")
    yield "json-second-value", AT, header(PLAIN_HEADER + "{}")
    yield "json-text-after", AT, header(PLAIN_HEADER + " x")
    yield "json-form-feed", AT, header("{\f" + PLAIN_HEADER[1:])
    yield "json-vertical-tab", AT, header(PLAIN_HEADER + "\v")
    yield "json-no-break-space", AT, header("{\u00a0" + PLAIN_HEADER[1:])
    for name, value in (
            ("nan", "NaN"), ("infinity", "Infinity"), ("nul", "nul"),
            ("true-capital", "True"), ("empty-value", ""),
            ("leading-zero", "01"), ("minus-leading-zero", "-01"),
            ("plus", "+1"), ("minus", "-"), ("no-fraction", "1."),
            ("no-integer", ".5"), ("no-exponent", "1e"),
            ("no-exponent-digits", "1e+"), ("hexadecimal", "0x10"),
            ("underscore", "1_000"), ("number-1e309", "1e309"),
            ("number-minus-1e309", "-1e309"),
            ("number-310-digits", "1" * 310),
            ("number-1.8e308", "1.8e308"),
            ("number-309-nines", "9" * 309),
            ("number-700-digits-e-300", "9" * 700 + "e-300"),
            ("number-0.001e400", "0.001e400"),
            ("number-huge-exponent", "1e99999999999999999999"),
            ("control-character", '"a\nb"'), ("control-nul", '"a\0b"'),
            ("control-1f", '"\x1f"'),
            ("lone-surrogate", r'"\ud800"'),
            ("low-surrogate-first", r'"\udc00\ud800"'),
            ("surrogate-and-letter", r'"\ud800\u0041"'),
            ("surrogate-and-text", r'"\ud800 abcdef"'),
            ("two-high-surrogates", r'"\ud800\ud800"'),
            ("bad-escape", r'"\x41"'), ("capital-u-escape", r'"\U0041"'),
            ("short-unicode-escape", r'"\u004"'),
            ("bad-unicode-escape", r'"\u00g1"'),
            ("signed-unicode-escape", r'"\u+041"'),
            ("depth-128", "[" * 126 + "]" * 126),
            ("depth-128-objects", '{"a":' * 126 + "1" + "}" * 126),
            ("depth-200", "[" * 200 + "]" * 200),
            ("depth-5000-unclosed", "[" * 5000)):
        yield f"json-{name}", AT, field(value)
    yield ("json-lone-surrogate-in-name", AT,
           edit('"fc.bias"', r'"\udfff.bias"'))

    # __metadata__.
    for name, text in (
            ("number", '{"a":1}'), ("null", '{"a":null}'),
            ("object", '{"a":{}}'), ("array", '{"a":["b"]}'),
            ("true", '{"a":true}')):
        yield f"metadata-{name}", AT, meta(text)
    for name, text in (
            ("array", "[]"), ("pairs", '[["a","b"]]'), ("string", '"a"'),
            ("number", "1"), ("false", "false")):
        yield f"metadata-is-{name}", "__metadata__", meta(text)
    second = '{"__metadata__":{"a":"b"},' + PLAIN_HEADER[1:-1]
    for name, text in (("", '"__metadata__":{"a":"b"}'),
                       ("-null", '"__metadata__":null'),
                       ("-escaped", r'"\u005f_metadata__":{"c":"d"}')):
        yield (f"metadata-twice{name}", "__metadata__",
               header(second + "," + text + "}"))
    yield ("metadata-escaped-number", AT,
           header(r'{"__metadat\u0061__":{"a":1},' + PLAIN_HEADER[1:]))

    # A tensor's entry.
    for name, text in (
            ("null", "null"), ("number", "1"), ("string", '"F32"'),
            ("array-of-2", '["F32",[1]]'),
            ("array-of-4", '["F32",[1],[68,72],0]'),
            ("array-in-order-of-names", '[[68,72],"F32",[1]]')):
        yield f"entry-{name}", AT, entry(text)
    yield "entry-empty", "fc.bias", entry("{}")
    for key in ("dtype", "shape", "data_offsets"):
        yield f"entry-no-{key}", "fc.bias", fields(**{key: ""})
    whole = ENTRY.removeprefix('"fc.bias":')[:-1]
    for key, text in (("dtype", '"F32"'), ("shape", "[1]"),
                      ("data_offsets", "[68,72]")):
        yield (f"entry-two-{key}", "fc.bias",
               entry(f'{whole},"{key}":{text}}}'))
    yield ("entry-two-shape-escaped", "fc.bias",
           entry(whole + r',"sh\u0061pe":[1]}'))
    yield "entry-field-capital", "fc.bias", edit(
        '"fc.bias":{"dtype"', '"fc.bias":{"Dtype"')

    for name, value in (
            ("unknown", '"F33"'), ("lower-case", '"f32"'), ("empty", '""'),
            ("padded", '"F32 "'), ("torch", '"float32"')):
        yield f"dtype-{name}", "fc.bias", fields(dtype=value)
    for name, value in (
            ("null", "null"), ("number", "11"), ("array", '["F32"]'),
            ("object-empty", "{}"), ("object-number", '{"F32":1}'),
            ("object-of-two", '{"F32":null,"F16":null}')):
        yield f"dtype-{name}", AT, fields(dtype=value)
    for name, value in (
            ("4.0", "[1.0]"), ("1e0", "[1e0]"), ("minus-0", "[1,-0]"),
            ("minus-1", "[-1]"), ("string", '["1"]'), ("null", "null"),
            ("number", "1"), ("nested", "[[1]]"), ("true", "[true]"),
            ("object", "{}"), ("2-64", "[0,18446744073709551616]"),
            ("2-64-and-1", "[18446744073709551617]")):
        yield f"shape-{name}", AT, fields(shape=value)
    for name, value in (
            ("none", "[]"), ("one", "[68]"), ("three", "[68,72,72]"),
            ("float", "[68.0,72]"), ("exponent", "[68,72e0]"),
            ("string", '["68","72"]'), ("null", "null"),
            ("null-end", "[68,null]"), ("minus", "[-68,72]"),
            ("object", '{"begin":68,"end":72}'),
            ("2-64", "[68,18446744073709551688]")):
        yield f"offsets-{name}", AT, fields(data_offsets=value)
    for name, value in (
            ("wrap", "[68,18446744073709551615]"),
            ("beyond-file", "[68,76]"), ("end-before-begin", "[68,64]"),
            ("swapped", "[72,68]")):
        yield f"offsets-{name}", "fc.bias", fields(data_offsets=value)

    # The data section.
    four = bytes(4)
    yield ("data-hole", "fc.weight",
           moved("fc.weight", 4, PLAIN_DATA[:64] + four + PLAIN_DATA[64:]))
    yield ("data-overlap", "fc.weight",
           moved("fc.weight", -4, PLAIN_DATA[:64] + PLAIN_DATA[68:]))
    yield ("data-shared", "lstm.bias_",
           moved("lstm.bias_hh_l0", -16,
                 PLAIN_DATA[:48] + PLAIN_DATA[64:]))
    yield ("data-not-from-0", "lstm.weight_ih_l0",
           moved("lstm.weight_ih_l0", 4, four + PLAIN_DATA))
    yield "data-trailing-byte", "bytes", plain + b"\0"
    yield "data-cut", "bytes", plain[:-1]
    yield "data-absent", "bytes", plain[:8 + size]
    yield ("size-too-long", "fc.bias",
           pack(PLAIN_HEADER.replace("[68,72]", "[68,76]"), PLAIN_DATA + four))
    yield ("size-too-short", "fc.bias",
           pack(PLAIN_HEADER.replace("[68,72]", "[68,70]"), PLAIN_DATA[:-2]))
    yield "size-of-dtype", "fc.bias", fields(dtype='"F16"')
    yield "size-of-shape", "fc.bias", fields(shape="[2]")
    # Each comes out at 1, 4 bytes or 32 bits when it wraps, so as it should be.
    for name, shape in (("product", "[3,12297829382473034411]"),
                        ("bytes", "[4611686018427387905]"),
                        ("bits", "[576460752303423489]")):
        yield f"size-overflow-{name}", "fc.bias", fields(shape=shape)
    # And these at nothing.
    for name, shape in (("product-0", "[4294967296,4294967296]"),
                        ("product-then-0", "[4294967296,4294967296,0]"),
                        ("bytes-0", "[4611686018427387904]"),
                        ("bits-0", "[576460752303423488]")):
        yield f"size-overflow-{name}", "empty", edit(
            ENTRY, f'{ENTRY},"empty":{{"dtype":"F32","shape":{shape},'
            '"data_offsets":[72,72]}')
    sub_byte = {**PLAIN, "fc.bias": ("F4", [3], bytes(2))}
    yield "size-half-byte", "fc.bias", build(sub_byte)


# --- What only Leat refuses ---------------------------------------------------

def stricter():
    """What safetensors' description rules out but its reader reads."""
    yield "first-byte-space", FORMAT, "{", pack(" " + PLAIN_HEADER, PLAIN_DATA)
    yield "first-byte-newline", FORMAT, "{", pack("\n" + PLAIN_HEADER,
                                                  PLAIN_DATA)
    twice = '"fc.bias":{"dtype":"F32","shape":[9],"data_offsets":[0,36]},'
    escaped = twice.replace("fc.bias", r"fc.bi\u0061s")
    yield "key-twice", FORMAT, "fc.bias", edit(ENTRY, twice + ENTRY)
    yield "key-twice-same", FORMAT, "fc.bias", edit(ENTRY, ENTRY + "," + ENTRY)
    yield "key-twice-escaped", FORMAT, "fc.bias", edit(ENTRY, escaped + ENTRY)
    yield "metadata-key-twice", FORMAT, "leat.format", meta(
        '{"leat.format":"2","leat.format":"1"}')
    yield ("metadata-key-twice-escaped", FORMAT, "leat.format",
           meta(r'{"leat.form\u0061t":"2","leat.format":"1"}'))
    yield ("name-nul", FORMAT, "NUL",
           pack(PLAIN_HEADER.replace("lstm.", r"ls\u0000tm."), PLAIN_DATA))


def architecture():
    two = lstm(layers=2)
    both = {**lstm("a."), **lstm("b.")}
    order = {"leat.layers": "a b"}

    def changed(name, tensor, tensors=PLAIN, metadata=None):
        assert name in tensors
        return build({**tensors, name: tensor}, metadata)

    def missing(name, tensors=PLAIN):
        assert name in tensors
        return build(without(tensors, name))

    def added(metadata=None, tensors=PLAIN, **more):
        return build({**tensors, **more}, metadata)

    # Which tensors there are.
    yield "lstm-none", MODEL, "LSTM", build(linear())
    yield "lstm-none-empty", MODEL, "LSTM", build({})
    yield "lstm-none-metadata", MODEL, "LSTM", build({}, {"a": "b"})
    reverse = renamed(lstm(), "_l0", "_l0_reverse")
    yield ("bidirectional", UNSUPPORTED, "lstm.weight_ih_l0_reverse",
           build({**lstm(), **reverse}))
    yield ("bidirectional-head", UNSUPPORTED, "lstm.weight_ih_l0_reverse",
           build({**lstm(), **reverse, **linear(inputs=2)}))
    for name in lstm():
        yield f"missing-{name[5:-3]}", MODEL, name[5:], missing(name)
    for name in list(two)[4:]:
        yield f"missing-{name[5:]}", MODEL, name[5:], missing(name, two)
    yield ("missing-layer-0", MODEL, "weight_ih_l0",
           build(renamed(lstm(), "_l0", "_l1")))
    yield ("missing-layer-1", MODEL, "weight_ih_l1",
           build({**lstm(), **renamed(lstm(), "_l0", "_l2")}))
    yield ("missing-biases-layer-1", MODEL, "_l1",
           build(without(two, "lstm.bias_ih_l1", "lstm.bias_hh_l1")))
    yield ("missing-biases-layer-0", MODEL, "_l1",
           build(without(two, "lstm.bias_ih_l0", "lstm.bias_hh_l0")))
    yield ("missing-weight_hr_l1", MODEL, "_l1",
           missing("lstm.weight_hr_l1", lstm(hidden=2, proj=1, layers=2)))
    yield ("layer-01", MODEL, "_l01",
           build({**lstm(), **renamed(lstm(), "_l0", "_l01")}))
    for number in (1 << 32, (1 << 32) + 1, (1 << 64) + 1):
        yield (f"layer-{number}", MODEL, "weight_ih_l",
               build({**lstm(), **renamed(lstm(), "_l0", f"_l{number}")}))
    yield "unused", MODEL, "scale", added(scale=f32(1))
    yield "unused-empty", MODEL, "scale", added(scale=f32(0))
    yield "unused-empty-name", MODEL, "", added(**{"": f32(1)})
    yield ("unused-i64", MODEL, "bn.counter",
           added(**{"bn.counter": ("I64", [], bytes(8))}))
    yield ("unused-other-prefix", MODEL, "2 recurrent",
           added(**{"old.bias_ih_l0": f32(4)}))
    yield "unused-weight_hr", MODEL, "_l1", added(
        **{"lstm.weight_hr_l1": f32(1, 1)})
    yield ("unused-format-characters", MODEL, "%s%n%99999d",
           added(**{"%s%n%99999d": f32(1)}))
    # The message has 240 bytes, and may not be cut inside a character.
    for pad in ("", "x"):
        yield (f"unused-long-name{pad}", MODEL, pad + "é" * 30,
               added(**{pad + "é" * 120: f32(1)}))
    yield ("name-257-bytes", UNSUPPORTED, "éé",
           build(renamed(PLAIN, "lstm.", NAME_OF_256 + "x.")))
    yield "linear-bias-only", MODEL, "fc.bias", missing("fc.weight")
    yield "tensors-257", UNSUPPORTED, "256", added(
        tensors=lstm(layers=64), **{"fc.weight": f32(1, 1)})
    many = {k: v for i in range(128) for k, v in linear(f"fc{i}").items()
            if k.endswith("weight")}
    yield "modules-129", UNSUPPORTED, "modules, activations and sums, expected at most 128", build(
        {**lstm(bias=False), **many})
    yield "activations-128", UNSUPPORTED, "modules, activations and sums, expected at most 128", build(
        lstm(), {"leat.format": "2", "leat.layers": "lstm" + " :relu" * 128})
    yield "layers-129", UNSUPPORTED, "at most 128 layers", build(
        lstm(layers=65, bias=False),
        {"leat.format": "2", "leat.layers": "lstm" + " :relu" * 64})

    # Shapes.
    yield ("rows-6", MODEL, "lstm.weight_ih_l0",
           build({"lstm.weight_ih_l0": f32(6, 1), "lstm.bias_ih_l0": f32(6),
                  "lstm.weight_hh_l0": f32(6, 1), "lstm.bias_hh_l0": f32(6)}))
    yield ("hidden-disagrees", MODEL, "lstm.weight_hh_l0",
           changed("lstm.weight_hh_l0", f32(8, 2), lstm()))
    yield ("hidden-columns", MODEL, "lstm.weight_hh_l0",
           changed("lstm.weight_hh_l0", f32(4, 2), lstm()))
    yield ("hidden-transposed", MODEL, "lstm.weight_hh_l0",
           changed("lstm.weight_hh_l0", f32(2, 8), lstm(hidden=2)))
    for name in ("bias_ih_l0", "bias_hh_l0"):
        name = "lstm." + name
        yield f"{name[5:12]}-length", MODEL, name, changed(name, f32(5))
        yield f"{name[5:12]}-rank", MODEL, name, changed(name, f32(4, 1))
    yield ("weight_ih-rank-1", MODEL, "lstm.weight_ih_l0",
           changed("lstm.weight_ih_l0", f32(4)))
    yield ("weight_ih-rank-3", MODEL, "lstm.weight_ih_l0",
           changed("lstm.weight_ih_l0", f32(4, 1, 1)))
    yield ("weight_hh-rank-0", MODEL, "lstm.weight_hh_l0",
           changed("lstm.weight_hh_l0", f32()))
    yield ("bias-rank-1000", MODEL, "lstm.bias_ih_l0",
           changed("lstm.bias_ih_l0", f32(4, *[1] * 999)))
    yield ("layer-1-input", MODEL, "lstm.weight_ih_l1",
           changed("lstm.weight_ih_l1", f32(4, 2), two))
    yield ("layer-1-hidden", MODEL, "_l1",
           build({**lstm(), "lstm.weight_ih_l1": f32(8, 1),
                  "lstm.weight_hh_l1": f32(8, 2), "lstm.bias_ih_l1": f32(8),
                  "lstm.bias_hh_l1": f32(8)}))
    proj = lstm(hidden=3, proj=2)
    yield ("projection-transposed", MODEL, "lstm.weight_hr_l0",
           changed("lstm.weight_hr_l0", f32(3, 2), proj))
    yield ("projection-columns", MODEL, "lstm.weight_hr_l0",
           changed("lstm.weight_hr_l0", f32(2, 4), proj))
    yield ("projection-rank", MODEL, "lstm.weight_hr_l0",
           changed("lstm.weight_hr_l0", f32(6), proj))
    yield ("projection-not-smaller", MODEL, "lstm.weight_hr_l0",
           build({**lstm(hidden=3), "lstm.weight_hr_l0": f32(3, 3)}))
    yield ("projection-hidden", MODEL, "lstm.weight_hh_l0",
           changed("lstm.weight_hh_l0", f32(12, 3), proj))
    yield ("projection-layer-1-input", MODEL, "lstm.weight_ih_l1",
           changed("lstm.weight_ih_l1", f32(12, 3),
                   lstm(hidden=3, proj=2, layers=2)))
    yield ("stacked-input", MODEL, "b.weight_ih_l0",
           build({**lstm("a.", hidden=2), **lstm("b.")}, order))
    yield ("linear-in_features", MODEL, "fc.weight",
           changed("fc.weight", f32(1, 2)))
    yield ("linear-in_features-of-projection", MODEL, "fc.weight",
           build({**proj, **linear(inputs=3)}))
    yield "linear-rank", MODEL, "fc.weight", changed("fc.weight", f32(1))
    yield "linear-bias-length", MODEL, "fc.bias", changed("fc.bias", f32(2))
    yield "linear-bias-rank", MODEL, "fc.bias", changed("fc.bias", f32(1, 1))
    head = {**lstm(), **linear("fc1", 1, 2), **linear("fc2", 3, 1)}
    yield ("linear-second", MODEL, "fc2.weight",
           build(head, {"leat.layers": "lstm fc1 fc2"}))
    yield ("zero-hidden", MODEL, "lstm.weight_ih_l0",
           build(lstm(hidden=0)))
    yield ("zero-rows-huge", MODEL, "lstm.weight_ih_l0",
           changed("lstm.weight_ih_l0", ("F32", [0, 1 << 40], b"")))
    yield "zero-input", MODEL, "lstm.weight_ih_l0", build(lstm(inputs=0))
    yield ("zero-projection", MODEL, "lstm.weight_h",
           build({**lstm(), "lstm.weight_hh_l0": f32(4, 0),
                  "lstm.weight_hr_l0": f32(0, 1)}))
    yield "zero-linear", MODEL, "fc.weight", build({**lstm(),
                                                    **linear(outputs=0)})

    # Normaliser and initial state.
    norm = {"input_mean": f32(1), "input_std": filled(2, 1)}
    state = {"h0": f32(1, 1), "c0": f32(1, 1)}
    yield "mean-without-std", MODEL, "input_std", added(input_mean=f32(1))
    yield "std-without-mean", MODEL, "input_mean", added(
        input_std=filled(2, 1))
    yield "mean-length", MODEL, "input_mean", added(
        **{**norm, "input_mean": f32(2)})
    yield "std-length", MODEL, "input_std", added(
        **{**norm, "input_std": filled(2, 2)})
    yield "mean-rank", MODEL, "input_mean", added(
        **{**norm, "input_mean": f32(1, 1, 1)})
    for name, value in (("zero", 0.0), ("minus-zero", -0.0),
                        ("negative", -1.0), ("nan", float("nan")),
                        ("infinite", float("inf"))):
        yield f"std-{name}", MODEL, "input_std", added(
            **{**norm, "input_std": filled(value, 1)})
    yield "mean-nan", MODEL, "input_mean", added(
        **{**norm, "input_mean": filled(float("nan"), 1)})
    # What the normalizer leaves of the limit is a number, but not one of float32.
    gates = lstm(bias=False)
    room = (2 - 2**-23) * 2.0**127 / 16 / (float.fromhex("0x1.04a0dep0") + 2**-23)
    upper = np.float32(room * 0.999)
    yield "normaliser-limit-0", MODEL, "'input_mean'", build(
        {**gates, "lstm.weight_ih_l0": filled(float(upper), 4, 1),
         "lstm.weight_hh_l0": filled(float(np.float32(room - float(upper))), 4, 1),
         "input_mean": filled(float.fromhex("0x1.177666p-100"), 1),
         "input_std": filled(float.fromhex("0x1.12c64p-100"), 1)})
    yield "normalisers-two", MODEL, "input_mean", added(
        **{"a." + k: v for k, v in norm.items()},
        **{"b." + k: v for k, v in norm.items()})
    yield "h0-without-c0", MODEL, "c0", added(h0=f32(1, 1))
    yield "c0-without-h0", MODEL, "h0", added(c0=f32(1, 1))
    for name, shape in (("layers", (2, 1)), ("size", (1, 2)), ("rank-0", ()),
                        ("batch", (1, 2, 1)), ("rank-4", (1, 1, 1, 1))):
        yield f"h0-{name}", MODEL, "h0", added(**{**state, "h0": f32(*shape)})
        yield f"c0-{name}", MODEL, "c0", added(**{**state, "c0": f32(*shape)})
    yield "h0-rank-1-of-two-layers", MODEL, "h0", added(
        tensors=two, h0=f32(2), c0=f32(2, 1))
    start = {"h0": f32(1, 2), "c0": f32(1, 3)}
    yield "h0-of-projection", MODEL, "h0", added(
        tensors=proj, **{**start, "h0": f32(1, 3)})
    yield "c0-of-projection", MODEL, "c0", added(
        tensors=proj, **{**start, "c0": f32(1, 2)})
    yield "h0-nan", MODEL, "h0", added(
        **{**state, "h0": filled(float("nan"), 1, 1)})
    yield "c0-infinite", MODEL, "c0", added(
        **{**state, "c0": filled(float("-inf"), 1, 1)})
    yield "h0-twice", MODEL, "h", added(
        **state, h_0=f32(1, 1), c_0=f32(1, 1))
    yield "h0-of-which", MODEL, "h0", added(order, both, **state)
    yield "h0-of-no-module", MODEL, "h0", added(
        order, both, **{"c.h0": f32(1, 1), "c.c0": f32(1, 1)})

    # Metadata.
    def layers(text, tensors=PLAIN):
        return build(tensors, {"leat.layers": text})

    heads = {**lstm(), **linear("fc1"), **linear("fc2")}
    yield "order-of-linears", MODEL, "leat.layers", build(heads)
    yield "order-of-lstms", MODEL, "leat.layers", build(both)
    yield "layers-unknown-module", MODEL, "head", layers("lstm fc head")
    yield "layers-misspelt", MODEL, "FC", layers("lstm FC")
    yield "layers-not-all", MODEL, "fc", layers("lstm")
    yield "layers-twice", MODEL, "fc", layers("lstm fc fc")
    yield "layers-lstm-twice", MODEL, "lstm", layers("lstm lstm fc")
    yield "layers-empty", MODEL, "leat.layers", layers("")
    yield "layers-comma", MODEL, "lstm,fc", layers("lstm,fc")
    yield "layers-dot", MODEL, "leat.layers", layers(". fc")
    yield ("layers-linear-first", UNSUPPORTED,
           "'fc', or metadata leat.format 2", layers("fc lstm"))
    yield ("layers-linear-between", UNSUPPORTED, "'b' is recurrent and after an "
           "nn.Linear, expected it before, or metadata leat.format 2",
           layers("a fc b", {**both, **linear()}))
    yield "activation-unknown", UNSUPPORTED, "gelu", layers("lstm fc:gelu")
    yield "activation-capital", UNSUPPORTED, "ReLU", layers("lstm fc:ReLU")
    yield "activation-empty", UNSUPPORTED, "fc", layers("lstm fc:")
    yield "activation-two", MODEL, "fc:relu", layers("lstm fc:relu:tanh")
    yield ("activation-of-lstm", UNSUPPORTED, "'lstm' is recurrent, expected "
           "no activation, or metadata leat.format 2", layers("lstm:relu fc"))
    yield ("activation-alone", UNSUPPORTED, "expected metadata leat.format 2",
           layers("lstm :relu fc"))

    # Lists that leat.format 2 doesn't have either.
    def listed(text, tensors=PLAIN):
        return build(tensors, {"leat.format": "2", "leat.layers": text})

    yield ("list-activation-first", MODEL, "expected a module first",
           listed(":relu lstm fc"))
    yield "list-activation-only", MODEL, "a module first", listed(":relu")
    yield "list-activation-unknown", UNSUPPORTED, "foo", listed("lstm :foo fc")
    yield "list-activation-empty", UNSUPPORTED, "leat.layers", listed(
        "lstm : fc")
    yield "list-activation-two", MODEL, ":relu", listed("lstm :relu:tanh fc")
    yield "list-lstm-twice", MODEL, "'lstm'", listed("lstm fc lstm")
    yield "list-linear-twice", MODEL, "'fc'", listed("fc lstm:relu fc")
    yield "list-not-all", MODEL, "fc.", listed("lstm :relu")
    yield "list-no-lstm", MODEL, "no recurrent module", listed("fc :relu", linear())
    yield "list-empty", MODEL, "leat.layers", listed("")
    yield "list-width-of-lstm", MODEL, "'lstm.weight_ih_l0'", listed(
        "fc lstm", {**lstm(), **linear(outputs=2)})
    yield "list-width-of-linear", MODEL, "'fc.weight'", listed(
        "lstm :tanh fc", {**lstm(hidden=2), **linear(inputs=1)})
    yield "list-normaliser-of-lstm", MODEL, "input_mean", listed(
        "fc lstm", {**lstm(inputs=2), **linear(outputs=2),
                    "input_mean": f32(2), "input_std": filled(1.0, 2)})
    yield "list-overflow-first", MODEL, "'fc.weight'", listed(
        "fc lstm", {**lstm(), "fc.weight": filled(1e38, 1, 1)})
    yield "list-overflow-second", MODEL, "'lstm.weight_ih_l0'", listed(
        "fc lstm", {**lstm(), "lstm.weight_ih_l0": filled(1e20, 4, 1),
                    "fc.weight": filled(1e20, 1, 1)})

    # Sums, kinds, activations with numbers, nn.PReLU and nn.BatchNorm1d.
    yield "sum-first", MODEL, "a module first", listed("+input lstm fc")
    for source in ("foo", "", "lstm.weight_ih_l0"):
        yield (f"sum-of-{source or 'empty'}", MODEL, f"'+{source}', expected",
               listed(f"lstm fc +{source}"))
    yield "sum-of-its-own", MODEL, "'+fc', expected", listed("lstm fc :tanh +fc")
    yield "sum-of-later", MODEL, "'+fc', expected", listed("lstm +fc fc")
    for number, slice in enumerate((
            "[1:2]", "[0:]", "[:1]", "[0:0]", "[0:01]", "[0:-1]", "[0:1",
            "0:1]", "[]", "[0:9999999999]")):
        yield (f"sum-slice-{number}", (MODEL if slice == "[0:1" else UNSUPPORTED),
               "leat.layers: '+input", listed(f"lstm fc +input{slice}"))
    yield "sum-slice-large", MODEL, "first 2 elements of 1", listed(
        "lstm fc +input[0:2]")
    yield "sum-sizes", MODEL, "of 1 elements and of 3", listed(
        "lstm fc +lstm", {**lstm(hidden=3), **linear(inputs=3)})
    yield "sum-activation", MODEL, "'+input:relu'", listed("lstm fc +input:relu")
    yield ("sum-format-1", MODEL, "'+input'", layers("lstm fc +input"))
    yield "sum-overflow", MODEL, "overflow", listed(
        "lstm fc " + "+lstm " * 120 + "+input",
        {**lstm(), "fc.weight": filled(3e37, 1, 1), "fc.bias": f32(1)})
    yield "kind-without-name", MODEL, "'=gru', expected a module's name", listed(
        "lstm =gru fc")
    yield "kind-unknown", UNSUPPORTED, "kind 'LSTM'", listed("lstm=LSTM fc")
    yield "kind-of-lstm", MODEL, "'gru' in leat.layers, expected 'lstm'", listed(
        "lstm=gru fc")
    yield "kind-of-linear", MODEL, "expected 'linear'", listed(
        "lstm fc=batch_norm")
    yield "kind-format-1", MODEL, "'lstm=lstm'", layers("lstm=lstm fc")
    for number, word in enumerate((
            "relu()", "relu(1)", "relu6(1)", "leaky_relu(", "elu(1,2)",
            "hard_sigmoid(1)", "softplus(0,1)", "leaky_relu(.1)",
            "leaky_relu(1.)", "leaky_relu(1e)", "leaky_relu(+1)",
            "leaky_relu(nan)", "leaky_relu(1e40)", "hardtanh(1,0)",
            "leaky_relu(0.123456789012345678)", "hardtanh(1,2,3)")):
        yield (f"activation-number-{number}", UNSUPPORTED, f"activation '{word}'",
               listed(f"lstm fc:{word}"))
    prelu = {**PLAIN, "act.weight": f32(1)}
    yield ("prelu-without-kind", MODEL, "'act.weight': shape [1], expected",
           listed("lstm fc act", prelu))
    yield "prelu-size", MODEL, "expected [1]", listed(
        "lstm fc act=prelu", {**prelu, "act.weight": f32(2)})
    yield "prelu-bias", MODEL, "'act.bias'", listed(
        "lstm fc act=prelu", {**prelu, "act.bias": f32(1)})
    yield "prelu-format-1", MODEL, "'act=prelu'", layers("lstm fc act=prelu",
                                                        prelu)
    yield "prelu-overflow", MODEL, "'act.weight': weights so large", listed(
        "lstm fc act=prelu", {**prelu, "act.weight": filled(3e38, 1)})
    bn = {**PLAIN, **batch_norm()}
    yield ("batch-norm-format-1", UNSUPPORTED, "leat.format 2",
           layers("lstm fc bn", bn))
    yield "batch-norm-size", MODEL, "'bn.running_mean'", listed(
        "lstm fc bn", {**PLAIN, **batch_norm(size=2)})
    for leaf in ("running_mean", "running_var", "weight", "bias"):
        yield (f"batch-norm-without-{leaf}", MODEL, "'bn.",
               listed("lstm fc bn", without(bn, f"bn.{leaf}")))
    yield "batch-norm-variance", MODEL, "'bn.running_var': element 0 is", listed(
        "lstm fc bn", {**bn, "bn.running_var": filled(-1, 1)})
    yield "batch-norm-eps-0", MODEL, "'bn.running_var'", build(
        {**bn, "bn.running_var": filled(0, 1)},
        {"leat.format": "2", "leat.layers": "lstm fc bn", "leat.bn.eps": "0"})
    for number, value in enumerate(("-1", "2", "", "1e-5x", "0x1")):
        yield f"batch-norm-eps-{number + 1}", MODEL, "'leat.bn.eps'", build(
            bn, {"leat.format": "2", "leat.layers": "lstm fc bn",
                 "leat.bn.eps": value})
    yield "batch-norm-check", MODEL, "'leat.bn.num_features'", build(
        bn, {"leat.format": "2", "leat.layers": "lstm fc bn",
             "leat.bn.num_features": "2"})
    yield "batch-norm-overflow", MODEL, "'bn.", listed(
        "lstm fc bn", {**bn, "bn.weight": filled(3e38, 1)})
    units = {**PLAIN, "output_mean": f32(1), "output_std": filled(2, 1)}
    yield ("units-format-1", UNSUPPORTED, "leat.format 2", layers("lstm fc", units))
    for leaf in ("output_mean", "output_std"):
        yield f"units-without-{leaf}", MODEL, "is alone", listed(
            "lstm fc", without(units, leaf))
    yield "units-size", MODEL, "'output_mean': shape [2]", listed(
        "lstm fc", {**units, "output_mean": f32(2)})
    yield "units-small", UNSUPPORTED, "'output_std': element 0", listed(
        "lstm fc", {**units, "output_std": filled(1e-13, 1)})
    yield "units-overflow", MODEL, "'output_std': weights so large", listed(
        "lstm fc", {**units, "output_std": filled(3e38, 1)})
    yield "units-twice", MODEL, "no layer uses it", listed(
        "lstm fc", {**units, "output_min": f32(1)})

    # nn.RNN and nn.GRU, which leat.format 1 doesn't have, nor a projection or
    # a c.
    def newer(tensors, format="2", **metadata):
        return build(tensors, {
            **({"leat.format": format} if format else {}),
            **{f"leat.{k}": v for k, v in metadata.items()}})

    for kind, make in (("rnn", rnn), ("gru", gru)):
        yield (kind, UNSUPPORTED, "'weight_ih_l0': a layer that needs "
               "metadata leat.format 2", build(make("", hidden=4)))
        yield (f"{kind}-format-1", UNSUPPORTED, f"'{kind}.weight_ih_l0': a "
               "layer that needs metadata leat.format 2",
               newer(make(hidden=4), format="1"))
        yield (f"{kind}-after-lstm-format-1", UNSUPPORTED, "leat.format 2",
               newer({**lstm(hidden=2), **make(inputs=2)}, format="1",
                     layers=f"lstm {kind}"))
        yield f"{kind}-and-lstm", MODEL, "2 recurrent", newer(
            {**lstm(), **make()})
        for key, value in (("input_size", "4"), ("hidden_size", "1"),
                           ("num_layers", "2"), ("bias", "False"),
                           ("bidirectional", "True"), ("proj_size", "0")):
            yield (f"{kind}-check-{key}", MODEL, f"'leat.{kind}.{key}'",
                   newer(make(hidden=4), **{f"{kind}.{key}": value}))
        yield f"{kind}-c0", MODEL, "'c0': its module has no c", newer(
            {**make(hidden=4), "h0": f32(1, 4), "c0": f32(1, 4)})
        yield f"{kind}-c0-without-h0", MODEL, "'c0'", newer(
            {**make(hidden=4), "c0": f32(1, 4)})
        yield f"{kind}-h0-size", MODEL, "'h0'", newer(
            {**make(hidden=4), "h0": f32(1, 3)})
        yield f"{kind}-h0-too-large", MODEL, "'h0'", newer(
            {**make(hidden=4), "h0": filled(3e38, 1, 4)})
        for hidden in (4, 8):
            yield (f"{kind}-projection-{hidden}", MODEL, f"'{kind}.weight_h",
                   newer({**make(hidden=hidden),
                          f"{kind}.weight_hr_l0": f32(2, hidden)}))
        yield f"{kind}-projected", MODEL, f"'{kind}.weight_h", newer(
            make(hidden=4, proj=2))
        yield f"{kind}-bidirectional", UNSUPPORTED, "bidirectional", newer(
            {**make(), **renamed(make(), "_l0", "_l0_reverse")})
        yield f"{kind}-layer-1-lstm", MODEL, "_l1", newer(
            {**make(hidden=4), **renamed(lstm(f"{kind}.", inputs=4, hidden=4),
                                         "_l0", "_l1")})
        yield f"{kind}-layer-1-hidden", MODEL, "_l1", newer(
            {**make(hidden=4),
             **renamed(make(inputs=4, hidden=2), "_l0", "_l1")})
        yield f"{kind}-bias-length", MODEL, f"'{kind}.bias_hh_l0'", newer(
            {**make(hidden=4), f"{kind}.bias_hh_l0": f32(3)})
        yield f"{kind}-head", MODEL, "'fc.weight'", newer(
            {**make(hidden=4), **linear(inputs=3)})
        yield f"{kind}-nan", MODEL, f"'{kind}.weight_hh_l0'", newer(
            {**make(), f"{kind}.weight_hh_l0":
             filled(float("nan"), 1 if make is rnn else 3, 1)})
        yield (f"{kind}-overflow", MODEL,
               f"'{kind}.weight_hh_l0': weights so large", newer(
                   {**make(hidden=4), f"{kind}.weight_hh_l0":
                    filled(1e38, 4 if make is rnn else 12, 4)}))
        yield (f"{kind}-i8-only-hidden", UNSUPPORTED,
               f"'{kind}.weight_ih_l0'",
               newer(quantised(make(hidden=4), f"{kind}.weight_hh_l0")))

    large = {"rnn.weight_hh_l0": filled(0.5, 2, 2)}
    for word in ("relu", "none"):
        yield (f"rnn-{word}", UNSUPPORTED, "'rnn.weight_hh_l0': row 0 has a sum "
               "of magnitudes of 1, expected below",
               newer({**rnn(hidden=2), **large},
                     **{"rnn.nonlinearity": word}))
    for argument, value, code in (
            ("rnn.nonlinearity", "Tanh", UNSUPPORTED),
            ("rnn.nonlinearity", "gelu", UNSUPPORTED),
            ("rnn.activation", "tanh", MODEL), ("rnn.clip", "0", MODEL),
            ("rnn.clip", "-1", MODEL), ("rnn.clip", "inf", MODEL),
            ("rnn.clip", "1e31", MODEL), ("gru.reset_after", "true", MODEL),
            ("gru.nonlinearity", "tanh", MODEL),
            ("gru.output_activation", "tanh", MODEL),
            ("gru.input_forget", "True", MODEL),
            ("gru.recurrent_activation", "elu", UNSUPPORTED),
            ("lstm.recurrent_activation", "hard_sigmoid(1)", UNSUPPORTED),
            ("lstm.input_forget", "1", MODEL), ("lstm.clip", "x", MODEL),
            ("lstm.nonlinearity", "tanh", MODEL)):
        kind = argument.split(".")[0]
        yield (f"{argument.replace('.', '-')}-{value}", code,
               f"'leat.{argument}'",
               newer({"rnn": rnn, "gru": gru, "lstm": lstm}[kind](),
                     **{argument: value}))
    for name, tensors, metadata, what in (
            ("gru-tanh-gates", gru(), {"gru.recurrent_activation": "tanh"},
             "of z is not in 0...1, expected sigmoid or hard_sigmoid"),
            ("gru-relu", gru(hidden=4), {"gru.activation": "relu"},
             "'gru.weight_hh_l0': row"),
            ("lstm-coupled-softsign", lstm(),
             {"lstm.recurrent_activation": "softsign",
              "lstm.input_forget": "True"}, "of f is not in 0...1"),
            ("lstm-relu-gates", lstm(), {"lstm.recurrent_activation": "relu"},
             "recurrent_activation has no bound"),
            ("lstm-relu-both", lstm(), {"lstm.activation": "relu"},
             "expected a bounded one or a clip"),
            ("lstm-projected-clip", lstm(hidden=2, proj=1),
             {"lstm.clip": "1"}, "'lstm.weight_hr_l0': a projection")):
        yield name, UNSUPPORTED, what, newer(tensors, **metadata)
    peephole = {**lstm(hidden=2), "lstm.peephole_l0": f32(6)}
    yield "peephole-size", MODEL, "'lstm.peephole_l0': shape [8]", newer(
        {**peephole, "lstm.peephole_l0": f32(8)})
    yield "peephole-of-gru", MODEL, "'gru.peephole_l0': its module has no c", newer(
        {**gru(hidden=2), "gru.peephole_l0": f32(6)})
    yield "peephole-format-1", UNSUPPORTED, "leat.format 2", newer(
        peephole, format="1")
    yield "peephole-c0", MODEL, "'c0': element 0", newer(
        {**peephole, "h0": f32(1, 2), "c0": filled(1e9, 1, 2)})
    yield "peephole-overflow", MODEL, "weights so large", newer(
        {**peephole, "lstm.peephole_l0": filled(1e33, 6)})
    yield "clip-format-1", UNSUPPORTED, "leat.format 2", newer(
        lstm(), format="1", **{"lstm.clip": "1"})
    yield ("lstm-reset_after", MODEL, "'leat.lstm.reset_after'",
           build(lstm(), {"leat.lstm.reset_after": "True"}))
    # 2^24 and the next float.
    yield ("gru-h0-kept", MODEL, "'h0': element 0 is 1.678e7, expected a "
           "magnitude of at most 1.678e7",
           newer({**gru(hidden=4), "h0": filled(16777218, 1, 4)}))
    # Either bias of n alone would fit; sums of both have half of the room.
    yield ("gru-biases", MODEL, "weights so large", newer(
        {**gru(), "gru.bias_ih_l0": filled(1.2e37, 3),
         "gru.bias_hh_l0": filled(-1.2e37, 3)}))

    for key, value in (("input_size", "2"), ("hidden_size", "2"),
                       ("num_layers", "2"), ("proj_size", "1"),
                       ("bias", "False"), ("bidirectional", "True"),
                       ("hidden_size", "one"), ("hidden_size", "1.0"),
                       ("hidden_size", ""), ("hidden_size", "-1"),
                       ("hidden_size", "4294967297"),
                       ("hidden_size", "18446744073709551617"),
                       ("bias", "true"), ("bias", "1")):
        name = {"": "empty"}.get(value, value)
        yield (f"check-{key}-{name}", MODEL, f"leat.lstm.{key}",
               lstm_meta(**{key: value}))
    yield "check-unknown-argument", MODEL, "leat.lstm.nonlinearity", lstm_meta(
        nonlinearity="relu")
    yield "check-unknown-module", MODEL, "leat.other.hidden_size", build(
        PLAIN, {"leat.other.hidden_size": "1"})
    for key, value in (("hidden_size", "1"), ("in_features", "2"),
                       ("out_features", "0"), ("bias", "False")):
        yield f"check-linear-{key}", MODEL, f"leat.fc.{key}", build(
            PLAIN, {f"leat.fc.{key}": value})
    yield "key-unknown", MODEL, "leat.colour", build(PLAIN,
                                                     {"leat.colour": "red"})
    yield "key-bare", MODEL, "leat.", build(PLAIN, {"leat.": "1"})
    for value in ("3", "0", "02", "2.0", "", "two"):
        name = {"": "empty"}.get(value, value)
        yield (f"format-{name}", NEWER, "'leat.format'",
               build(PLAIN, {"leat.format": value}))

    # Dtypes and values.
    for dtype, bits in (("I64", 64), ("F64", 64), ("C64", 64), ("I32", 32),
                        ("U32", 32), ("I16", 16), ("U16", 16), ("I8", 8),
                        ("U8", 8), ("BOOL", 8), ("F8_E4M3", 8),
                        ("F8_E5M2", 8), ("F8_E8M0", 8), ("F6_E2M3", 6),
                        ("F4", 4)):
        yield (f"dtype-{dtype.lower()}", UNSUPPORTED, "lstm.weight_hh_l0",
               changed("lstm.weight_hh_l0", (dtype, [4, 1], bytes(bits // 2))))
    yield ("dtype-f64-of-linear", UNSUPPORTED, "fc.bias",
           changed("fc.bias", ("F64", [1], bytes(8))))
    for name in PLAIN:
        yield f"nan-{name}", MODEL, name, changed(
            name, f32(*PLAIN[name][1], first=float("nan")))
    for name, value in (("infinite", float("inf")),
                        ("minus-infinite", float("-inf"))):
        yield f"{name}-weight", MODEL, "lstm.weight_hh_l0", changed(
            "lstm.weight_hh_l0", f32(4, 1, first=value))
    yield "nan-projection", MODEL, "lstm.weight_hr_l0", changed(
        "lstm.weight_hr_l0", f32(2, 3, first=float("nan")), proj)
    for dtype, octets in (("F16", b"\x00\x7c"), ("BF16", b"\x80\x7f")):
        yield f"infinite-{dtype.lower()}", MODEL, "lstm.weight_ih_l0", changed(
            "lstm.weight_ih_l0", (dtype, [4, 1], bytes(6) + octets))
    for dtype, octets in (("F16", b"\x01\xfc"), ("BF16", b"\x81\xff")):
        yield f"nan-{dtype.lower()}", MODEL, "lstm.weight_ih_l0", changed(
            "lstm.weight_ih_l0", (dtype, [4, 1], bytes(6) + octets))
    # Integers and their scales.
    ih, hh, hr = (f"lstm.weight_{n}_l0" for n in ("ih", "hh", "hr"))
    gates = quantised(PLAIN, ih, hh)
    head = quantised(PLAIN, "fc.weight")
    shrunk = quantised(proj, hr)
    for name, tensors, plain in ((ih, gates, PLAIN), (hh, gates, PLAIN),
                                 (hr, shrunk, proj),
                                 ("fc.weight", head, PLAIN)):
        short, scale = name.split(".")[1], name + "_scale"
        rows = tensors[scale][1][0]
        yield (f"i8-{short}-without-scale", UNSUPPORTED, f"'{name}': dtype I8",
               missing(scale, tensors))
        yield f"i8-{short}-scale-without-i8", MODEL, f"'{scale}'", build(
            {**plain, scale: tensors[scale]})
        for word, first in (("negative", -1 / 256), ("nan", float("nan")),
                            ("infinite", float("inf"))):
            yield f"i8-{short}-scale-{word}", MODEL, f"'{scale}'", changed(
                scale, filled(1.0, rows, first=first), tensors)
        for word, shape in (("longer", (rows + 1,)), ("twice", (rows, 2)),
                            ("rank-3", (rows, 1, 1)), ("row", (1, rows + 1)),
                            ("scalar", ()), ("empty", (0,))):
            yield f"i8-{short}-scale-{word}", MODEL, f"'{scale}'", changed(
                scale, filled(1.0, *shape), tensors)
    yield "i8-scale-minus-infinite", MODEL, "'fc.weight_scale'", changed(
        "fc.weight_scale", filled(float("-inf"), 1), head)
    yield "i8-scale-nan-f16", MODEL, "'fc.weight_scale'", changed(
        "fc.weight_scale", ("F16", [1], b"\x01\x7e"), head)
    yield "i8-scale-negative-bf16", MODEL, "'fc.weight_scale'", changed(
        "fc.weight_scale", ("BF16", [1], b"\x80\xbf"), head)
    for dtype, octets in (("F64", bytes(8)), ("I8", b"\1"), ("U8", b"\1")):
        yield (f"i8-scale-{dtype.lower()}", UNSUPPORTED, "'fc.weight_scale'",
               changed("fc.weight_scale", (dtype, [1], octets), head))
    yield ("i8-scale-of-other-module", UNSUPPORTED, "'fc.weight'",
           build(renamed(head, "fc.weight_scale", "gc.weight_scale")))
    yield ("i8-scale-misspelt", UNSUPPORTED, "'fc.weight'",
           build(renamed(head, "fc.weight_scale", "fc.weight_scales")))
    for name in ("lstm.bias_ih_l0", "fc.bias"):
        short = name.split(".")[1]
        yield (f"i8-{short}", UNSUPPORTED, f"'{name}': dtype I8", changed(
            name, i8(*PLAIN[name][1]),
            {**PLAIN, name + "_scale": filled(1.0, *PLAIN[name][1])}))
    norm_i8 = {"input_mean": i8(1), "input_std": filled(2.0, 1)}
    yield "i8-input_mean", UNSUPPORTED, "'input_mean': dtype I8", added(
        **norm_i8)
    yield "i8-input_mean-scale", UNSUPPORTED, "'input_mean': dtype I8", added(
        **norm_i8, input_mean_scale=filled(1.0, 1))
    yield "i8-h0", UNSUPPORTED, "'h0': dtype I8", added(
        **{**state, "h0": i8(1, 1), "h0_scale": filled(1.0, 1)})
    for name, other in ((ih, hh), (hh, ih)):
        short = name.split(".")[1]
        yield (f"i8-only-{short}", UNSUPPORTED, f"'{other}': dtype F32",
               build(quantised(PLAIN, name)))
        half = "F16", [4, 1], bytes(8)
        yield (f"i8-only-{short}-f16", UNSUPPORTED, f"'{other}': dtype F16",
               build({**quantised(PLAIN, name), other: half}))
    yield "i8-only-layer-1", UNSUPPORTED, "weight_hh_l1': dtype F32", build(
        quantised(two, "lstm.weight_ih_l1"))
    yield "i8-u8", UNSUPPORTED, "'fc.weight': dtype U8", changed(
        "fc.weight", ("U8", [1, 1], b"\1"), head)
    for word, shape in (("0", ()), ("1", (4,)), ("3", (4, 1, 1))):
        yield f"i8-rank-{word}", MODEL, "'lstm.weight_ih_l0'", changed(
            ih, i8(*shape), gates)
    yield "i8-columns", MODEL, "'fc.weight'", changed("fc.weight", i8(1, 2),
                                                      head)
    yield "i8-columns-131073", UNSUPPORTED, "'fc.weight'", changed(
        "fc.weight", ("I8", [1, 131073], bytes(131073)), head)
    # A scale so large that a step could overflow: through the gates, the
    # projection, the head, and before the scale is multiplied in.
    upper = "lstm.weight_ih_l1", "lstm.weight_hh_l1"
    for name, tensors in ((upper[0], quantised(two, *upper)), (ih, gates),
                          (hh, gates), ("fc.weight", head), (hr, shrunk)):
        scale = name + "_scale"
        yield (f"i8-overflow-{name.split('.')[1]}", MODEL, f"'{name}': weights "
               "so large that a step could overflow",
               changed(scale, filled(3e38, tensors[scale][1][0]), tensors))
    for word, scale in (("", 1.0), ("-small-scale", 1e-30),
                        ("-scale-0", 0.0)):
        yield (f"i8-overflow-before-scale{word}", MODEL, "'fc2.weight'", build(
            {**lstm(), "fc1.weight": filled(1e37, 1, 1),
             "fc2.weight": i8(1, 1, first=127),
             "fc2.weight_scale": filled(scale, 1)},
            {"leat.layers": "lstm fc1:relu fc2"}))

    # Finite, but a sum of a step isn't, whatever the input.
    wide = {**lstm(hidden=4), **linear(inputs=4)}
    yield "overflow-biases", MODEL, "lstm.bias_", build(
        {**PLAIN, "lstm.bias_ih_l0": filled(3e38, 4),
         "lstm.bias_hh_l0": filled(3e38, 4)})
    yield "overflow-hidden", MODEL, "lstm.weight_hh_l0", changed(
        "lstm.weight_hh_l0", filled(1e38, 16, 4), wide)
    yield "overflow-linear", MODEL, "fc.weight", changed(
        "fc.weight", filled(1e38, 1, 4), wide)
    # A head whose weights would all count as 0.
    yield "vanishing-linear", UNSUPPORTED, "'fc.weight': the largest weight is 9e-13", changed(
        "fc.weight", filled(9e-13, 1, 1))
    yield "vanishing-i8", UNSUPPORTED, "'fc.weight': the largest scale is 9e-13", build(
        quantised(PLAIN, "fc.weight", scale=9e-13))
    yield "overflow-projection", MODEL, "'lstm.weight_hr_l0'", changed(
        "lstm.weight_hr_l0", filled(1e38, 2, 4), lstm(hidden=4, proj=2))
    yield "overflow-layer-1", MODEL, "'lstm.weight_ih_l1'", changed(
        "lstm.weight_ih_l1", filled(-1e38, 16, 4), lstm(hidden=4, layers=2))
    yield ("overflow-between-linears", MODEL, "fc2.weight",
           build({**lstm(), "fc1.weight": filled(1e30, 1, 1),
                  "fc2.weight": filled(1e30, 1, 1)},
                 {"leat.layers": "lstm fc1:relu fc2"}))


# --- What Leat must accept ----------------------------------------------------

def accepted():
    """Odd files. `same`: the plain model, as its fingerprint shows."""
    def header(text, data=PLAIN_DATA):
        return pack(text, data)

    yield "plain", "same", build(PLAIN)
    for pad in range(8):
        yield (f"length-{pad}-of-8", "same",
               header(PLAIN_HEADER + " " * ((pad - len(PLAIN_HEADER)) % 8)))
    yield "spaces-after", "same", header(PLAIN_HEADER + " \t\r\n" * 3000)
    spaced = re.sub(r"([{}\[\]:,])", " \\1\t\r\n", PLAIN_HEADER).lstrip()
    yield "spaces-within", "same", header(spaced)
    for name, value in (
            ("field", '"text"'), ("field-null", "null"),
            ("field-nested", '{"a":[{"b":[1,true,false,null]}],"":{}}'),
            ("field-numbers", "[0,-0,0.0,-0.5,1e5,1E+2,1.5e-7,1e308,1e-400,"
             "99999999999999999999,18446744073709551616,"
             "-9223372036854775809]"),
            ("field-number-0e999", "0e99999999999999999999"),
            ("field-number-tiny", "1e-99999999999999999999"),
            ("field-number-long", "9" * 400 + "e-300"),
            ("field-number-zeros", "0." + "0" * 400 + "1e400"),
            ("field-escapes", r'"\"\\\/\b\f\n\r\t\u0000\u00e9\uD83D\ude00"'),
            ("field-utf8", '"\u00e9\u20ac\U0001f600\U0010ffff\ufeff\x7f"'),
            ("field-depth-100", "[" * 100 + "]" * 100),
            ("field-depth-127", "[" * 125 + "]" * 125),
            ("field-depth-127-objects", '{"a":' * 125 + "1" + "}" * 125),
            ("field-many-arrays", "[" + ",".join(["[[]]"] * 300) + "]")):
        yield name, "same", field(value)
    yield ("field-capital", "same",
           edit('"fc.weight":{', '"fc.weight":{"Dtype":"F33","SHAPE":[2],'))
    yield "entry-array", "same", edit(ENTRY, '"fc.bias":["F32",[1],[68,72]]')
    arrays = {k: list(v.values()) for k, v in json.loads(PLAIN_HEADER).items()}
    yield "entry-arrays", "same", header(json.dumps(arrays))
    yield "dtype-object", "same", fields(dtype='{"F32":null}')
    yield ("entry-fields-reversed", "same", header(json.dumps(
        {k: dict(reversed(v.items()))
         for k, v in json.loads(PLAIN_HEADER).items()})))
    yield ("keys-reversed", "same", header(json.dumps(
        dict(reversed(json.loads(PLAIN_HEADER).items())))))
    yield ("data-reversed", "same", build(dict(reversed(PLAIN.items()))))
    yield ("name-escaped", "same",
           edit('"lstm.weight_ih_l0"', r'"\u006cstm.weight_ih_\u006C0"'))
    yield ("all-escaped", "same", header(re.sub(
        r'"(.*?)"', lambda m: '"' + "".join(f"\\u{ord(c):04x}" for c in m[1])
        + '"', PLAIN_HEADER)))
    for name, text in (
            ("null", "null"), ("empty", "{}"), ("foreign", '{"format":"pt"}'),
            ("any-text", '{"":"","leat":"x","Leat.layers":"x","a":"\\u0000",'
             '"\u20ac":"\\ud83d\\ude00"}'),
            ("long", '{"notes":"' + "x" * 20000 + '"}'),
            ("many", "{" + ",".join(f'"k{i}":"v"' for i in range(500)) + "}")):
        yield f"metadata-{name}", "same", meta(text)
    yield ("metadata-last", "same", header(
        PLAIN_HEADER[:-1] + ',"__metadata__":{"leat.format":"1"}}'))
    yield ("metadata-key-escaped", "same", header(
        r'{"\u005f_metadata__":{"le\u0061t.format":"1"},' + PLAIN_HEADER[1:]))
    yield "layers", "same", build(PLAIN, {"leat.layers": "lstm fc"})
    yield "layers-none", "same", build(PLAIN, {"leat.layers": "lstm fc:none"})
    yield "checks", "same", lstm_meta(
        input_size="1", hidden_size="1", num_layers="1", proj_size="0",
        bias="True", bidirectional="False", dropout="0.5", batch_first="True")
    yield "checks-linear", "same", build(
        PLAIN, {"leat.fc.in_features": "1", "leat.fc.out_features": "1",
                "leat.fc.bias": "True"})
    yield "format-1", "same", build(PLAIN, {"leat.format": "1"})
    yield "format-2", "same", build(PLAIN, {"leat.format": "2"})
    # Lists that only leat.format 2 has, and some that it writes otherwise.
    for name, kind, text in (
            ("plain", "same", "lstm fc"), ("plain-none", "same", "lstm:none fc"),
            ("linear-first", "own", "fc lstm"),
            ("activation-of-lstm", "own", "lstm:relu fc"),
            ("activation-alone", "own", "lstm :relu fc"),
            ("activation-none-alone", "own", "lstm fc :none"),
            ("activation-at-end", "own", "lstm fc :relu"),
            ("activations", "own", "  fc:softmax :tanh :tanh lstm:sigmoid :none ")):
        yield f"list-{name}", kind, build(
            PLAIN, {"leat.format": "2", "leat.layers": text})
    yield "layers-65", "own", build(lstm(layers=65, bias=False))
    peephole = {**lstm(hidden=2), "lstm.peephole_l0": f32(6)}
    for name, tensors, metadata in (
            ("peephole", peephole, {}),
            ("clip", lstm(hidden=2), {"lstm.clip": "2.5"}),
            ("coupled", lstm(hidden=2), {"lstm.input_forget": "True"}),
            ("relu", lstm(hidden=2), {"lstm.activation": "relu",
                                      "lstm.output_activation": "tanh"}),
            ("clipped-relu", lstm(hidden=2), {"lstm.activation": "relu",
                                              "lstm.clip": "1e3"}),
            ("gru-before", gru(hidden=2), {"gru.reset_after": "False"}),
            ("gru-clip", gru(hidden=2), {"gru.clip": "1"}),
            ("gru-cell", renamed(gru(hidden=2), "_l0", ""), {}),
            ("rnn-relu", rnn(), {"rnn.nonlinearity": "relu"}),
            ("rnn-sigmoid", rnn(), {"rnn.nonlinearity": "sigmoid"})):
        yield f"cell-{name}", "own", build(tensors, {
            "leat.format": "2", **{f"leat.{k}": v for k, v in metadata.items()}})
    yield "cell-defaults", "same", build(PLAIN, {
        "leat.format": "2", "leat.lstm.recurrent_activation": "sigmoid",
        "leat.lstm.activation": "tanh", "leat.lstm.output_activation": "tanh",
        "leat.lstm.input_forget": "False"})
    yield "lstm-cell", "same", build(renamed(PLAIN, "_l0", ""))
    norm = {**PLAIN, "input_mean": f32(1), "input_std": filled(2.0, 1)}
    yield "normaliser-shape", "own", build(
        {**norm, "input_mean": f32(1, 1), "input_std": filled(2.0)})
    units = {**PLAIN, "output_min": f32(), "output_range": filled(2.0, 1, 1)}
    prelu = {**PLAIN, "act.weight": f32(1)}
    for name, tensors, text, more in (
            ("kinds", PLAIN, "lstm=lstm fc=linear:none", {}),
            ("sum", PLAIN, "lstm fc +input[0:1]", {}),
            ("sums", PLAIN, "lstm:relu +input fc +lstm +input :tanh", {}),
            ("name", {**renamed(PLAIN, "lstm.", "input."), },
             "input fc +input", {}),
            ("batch-norm", {**PLAIN, **batch_norm()}, "bn lstm fc",
             {"leat.bn.eps": "1e-3", "leat.bn.momentum": "0.1",
              "leat.bn.num_features": "1", "leat.bn.affine": "True"}),
            ("batch-norm-plain", {**PLAIN, **batch_norm(affine=False)},
             "lstm bn=batch_norm:relu fc", {}),
            ("units", units, "lstm fc", {})):
        yield f"format-2-{name}", ("same" if name == "kinds" else "own"), build(
            tensors, {"leat.format": "2", "leat.layers": text, **more})
    for kind, make, check in (("rnn", rnn, ("nonlinearity", "tanh")),
                              ("gru", gru, ("reset_after", "True"))):
        checks = dict((check, ("bias", "True"), ("input_size", "2"),
                       ("hidden_size", "1"), ("dropout", "0.5"),
                       ("batch_first", "True")))
        for name, tensors, metadata in (
                ("", make(hidden=4), {}), ("-no-prefix", make("", hidden=2), {}),
                ("-checks", make(inputs=2),
                 {f"leat.{kind}.{k}": v for k, v in checks.items()}),
                ("-head", {**linear(), **make(hidden=3), **linear(inputs=3)},
                 {}),
                ("-h0", {**make(hidden=4), "h0": f32(4)}, {}),
                ("-h0-batch", {**make(hidden=3, layers=2),
                               f"{kind}.h_0": f32(2, 1, 3)}, {}),
                ("-lstm", {**make(hidden=3), **lstm(inputs=3, hidden=2)},
                 {"leat.layers": f"{kind} lstm"})):
            yield f"{kind}{name}", "own", build(tensors,
                                                {"leat.format": "2", **metadata})
    yield "gru-h0-largest", "own", build(
        {**gru(hidden=4), "h0": filled(-16777216, 1, 4)}, {"leat.format": "2"})

    # float16 before float32: the latter at 2 modulo 4, in an aligned section.
    half = {"fc.bias": ("F16", [1], struct.pack("<e", -6 / 16)),
            **without(PLAIN, "fc.bias")}
    text = header_of(half)
    yield "data-at-2-of-4", "same", pack(text + " " * (-len(text) % 8),
                                         data_of(half))
    yield "tensors-256", "own", build(lstm(layers=64))
    # Integers; the head's single byte first leaves all else at odd places.
    head = quantised(PLAIN, "fc.weight")
    gates = "lstm.weight_ih_l0", "lstm.weight_hh_l0"
    yield "i8", "own", build(quantised(PLAIN, *gates, "fc.weight"))
    yield "i8-at-odd-places", "own", build(
        {"fc.weight": head["fc.weight"], **without(
            quantised(head, *gates), "fc.weight")})
    yield "i8-scales-first", "own", build(dict(reversed(quantised(
        PLAIN, *gates).items())))
    yield "i8-scales-column", "own", build(
        {**head, "fc.weight_scale": ("BF16", [1, 1], b"\x80\x3f")})
    for name, scale in (("0", 0.0), ("minus-0", -0.0)):
        yield f"i8-scale-{name}", "own", build(quantised(
            PLAIN, *gates, "fc.weight", scale=scale))
    # Of the gates weights that count as 0 are no matter, of a head one that doesn't is enough.
    yield "i8-scale-tiny", "own", build(quantised(PLAIN, *gates, scale=1e-45))
    yield "weights-tiny", "own", build(
        {**lstm(hidden=4), "fc.weight": ("F32", [1, 4], struct.pack("<4f", 1e-45, 0, 1e-12, -1e-20))})
    yield "i8-large-but-finite", "own", build(quantised(
        PLAIN, *gates, scale=1e33))
    yield "i8-projection", "own", build(quantised(
        lstm(hidden=3, proj=2), *gates, "lstm.weight_hr_l0"))
    # Two layers, each its own format; the least integer in all places.
    two = quantised(lstm(hidden=3, layers=2), *gates)
    yield "i8-minus-128", "own", build(
        {k: ("I8", s, b"\x80" * len(d)) if t == "I8" else (t, s, d)
         for k, (t, s, d) in two.items()})
    yield "large-but-finite", "own", build(
        {**PLAIN, "lstm.weight_hh_l0": filled(1e30, 4, 1)})
    yield "name-256-bytes", "same", build(renamed(PLAIN, "lstm.",
                                                  NAME_OF_256 + "."))


# --- The differential corpus --------------------------------------------------

def rule_of_leat(file):
    """Whether a file the official reader accepts breaks a stricter rule.

    None: undecided, since a key appears twice, or has a NUL where
    neither reader looks.
    """
    text = file[8:8 + int.from_bytes(file[:8], "little")].decode()
    if text[0] != "{":
        return True
    header = json.loads(text, object_pairs_hook=list)

    def twice(pairs):
        return len({k for k, _ in pairs}) < len(pairs)

    def objects(value):
        """All objects inside a value of a tensor's entry."""
        if isinstance(value, list):
            if value and all(isinstance(v, tuple) for v in value):
                yield value
                value = [v for _, v in value]
            for v in value:
                yield from objects(v)

    if twice(header) or any("\0" in name for name, _ in header):
        return True
    broken = False
    for name, value in header:
        if name == "__metadata__":
            if any("\0" in key for key, _ in value or ()):
                return None
            broken = broken or twice(value or ())
        elif any(map(twice, objects(value))):
            return None
    return broken


TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s"{}\[\]:,]+|\s+')
NUMBERS = ("0 1 2 3 4 5 7 8 12 15 16 17 24 31 32 33 36 64 -0 -1 00 01 1.0 4.0 "
           "16.0 1e0 4e0 1E1 1e309 1e-400 4294967296 9223372036854775808 "
           "18446744073709551615 18446744073709551616 1e99999 0x4 1. .5 +4"
           ).split()
WORDS = ("true false null NaN Infinity nul True 'a' a \"\" \"a\" \"\\u0061\" "
         "\"\\ud800\" \"\\ud83d\\ude00\" \"\\u0000\" \"\\x\" \"\x01\" \"é\" "
         "[] {} [[]] [0] [4,1] [1,4] [4] [2,2] [0,16] [16,32] [0,8] [8,16] "
         "{\"a\":1} {\"a\":1,\"a\":2} {\"F32\":null} {\"F16\":null} "
         "\"dtype\" \"shape\" \"data_offsets\" \"__metadata__\" \"a\" "
         "\"\\u0064type\" \"weight_ih_l0\" \"weight_\\u0068h_l0\" \"x\" "
         "\"bias_ih_l0\" \"weight_hh_l0\"").split()
DTYPES = ("BOOL F4 F6_E2M3 F6_E3M2 U8 I8 F8_E5M2 F8_E4M3 F8_E8M0 F8_E4M3FNUZ "
          "F8_E5M2FNUZ I16 U16 F16 BF16 I32 U32 F32 C64 F64 I64 U64 f32 F33 "
          "F128").split()
MARKS = list("{}[]:,") + ["/**/", "//", "\0", "\ufeff", "\f", "}}", "{}", ""]
SPACES = [" ", "\t", "\n", "\r", "  \n"]


def base_files():
    small = {"weight_ih_l0": ("F16", [4, 1], bytes(range(8))),
             "weight_hh_l0": ("F16", [4, 1], bytes(range(8)))}
    float32 = lstm("", bias=False)
    text = header_of(small)
    yield text, data_of(small)
    yield header_of(float32), data_of(float32)
    yield header_of(small, {"a": "b"}), data_of(small)
    yield text.replace('{"dtype"', '{"x":[1,{"y":-0.5e1}],"dtype"',
                       1), data_of(small)
    yield ('{"weight_ih_l0":["F16",[4,1],[8,16]],'
           '"weight_hh_l0":["F16",[4,1],[0,8]]}', data_of(small))
    yield ('{"w":{"dtype":"U8","shape":[],"data_offsets":[0,1]},'
           '"e":{"dtype":"F32","shape":[0,9],"data_offsets":[1,1]}}', b"\7")


def mutated(rng, text, data):
    """One file with one to three changes of one kind."""
    kind = rng.choice("bytes header header tokens tokens numbers numbers dtype "
                      "words words fields fields spaces cut escape twice"
                      .split())
    file = bytearray(pack(text, data))
    times = rng.choice((1, 1, 1, 2, 3))
    if kind == "bytes":
        for _ in range(times):
            at = rng.randrange(8 if rng.random() < 0.2 else len(file))
            file[at] ^= 1 << rng.randrange(8)
        return bytes(file)
    if kind == "cut":
        if rng.random() < 0.5:
            return bytes(file[:rng.randrange(len(file))])
        return bytes(file) + rng.randbytes(rng.randrange(1, 5))
    if kind == "header":
        header = bytearray(text.encode())
        for _ in range(times):
            at = rng.randrange(len(header))
            octet = rng.choice((rng.randrange(256), *b'{}[]":,\\ 0129aeu-+.'))
            if rng.random() < 0.3:
                del header[at]
            elif rng.random() < 0.5:
                header.insert(at, octet)
            else:
                header[at] = octet
        return pack(bytes(header), data)

    tokens = TOKEN.findall(text)
    assert "".join(tokens) == text

    def places(test):
        return [i for i, t in enumerate(tokens) if test(t)] or [0]

    for _ in range(times):
        at = rng.randrange(len(tokens))
        if kind == "tokens":
            what = rng.randrange(4)
            if what == 0:
                tokens[at] = ""
            elif what == 1:
                tokens.insert(at, tokens[rng.randrange(len(tokens))])
            elif what == 2:
                other = rng.randrange(len(tokens))
                tokens[at], tokens[other] = tokens[other], tokens[at]
            else:
                tokens.insert(at, rng.choice(MARKS))
        elif kind == "numbers":
            at = rng.choice(places(lambda t: t[:1].isdigit()))
            tokens[at] = rng.choice(NUMBERS)
        elif kind == "dtype":
            at = rng.choice(places(lambda t: t in ('"F16"', '"F32"', '"U8"')))
            tokens[at] = f'"{rng.choice(DTYPES)}"'
        elif kind == "words":
            at = rng.choice(places(lambda t: t and t not in "{}[]:,"))
            tokens[at] = rng.choice(WORDS + NUMBERS)
        elif kind == "fields":
            at = rng.choice(places(lambda t: t == "{"))
            key = rng.choice(('"x"', '"y"', '""', '"__metadata__"', '"Shape"',
                              '"shape"', '"dtypes"'))
            tokens[at] = "{" + key + ":" + rng.choice(WORDS + NUMBERS) + ","
        elif kind == "spaces":
            tokens.insert(rng.randrange(len(tokens) + 1), rng.choice(SPACES))
        elif kind == "twice":
            keys = places(lambda t: t[:1] == '"')
            tokens[rng.choice(places(lambda t: t == "{"))] += (
                tokens[rng.choice(keys)] + ":" + rng.choice(
                    ('["F32",[],[0,0]]', '["U8",[9],[0,9]]', '"a"', "null"))
                + ",")
        elif kind == "escape":
            at = rng.choice(places(lambda t: t[:1] == '"' and len(t) > 2))
            word = tokens[at]
            k = rng.randrange(len(word))
            code = ord(word[k]) + rng.choice((0, 0, 0, 1, 256))
            tokens[at] = word[:k] + f"\\u{code:04x}" + word[k + 1:]
    return pack("".join(tokens), data)


def differential():
    rng, seen, verdicts = random.Random(20240229), set(), [0, 0, 0]
    bases, packed = list(base_files()), b""
    while len(packed) < 396_000:
        file = mutated(rng, *rng.choice(bases))
        if file in seen:
            continue
        seen.add(file)
        verdict = int(accepted_by_official(file))
        # Half of them accepted, more or less: a reader that refuses all, or
        # none, must fail as often.
        if verdict == 0 and verdicts[0] > sum(verdicts[1:]):
            continue
        if verdict:
            rule = rule_of_leat(file)
            if rule is None:
                continue
            verdict = 2 if rule else 1
        verdicts[verdict] += 1
        packed += struct.pack("<IB", len(file), verdict) + file
    (REFUSED / "differential.bin").write_bytes(packed)
    print(f"differential.bin: {sum(verdicts)} files, {len(packed)} bytes: "
          f"{verdicts[0]} refused, {verdicts[1]} accepted, "
          f"{verdicts[2]} accepted against the rules")


# --- Writing them -------------------------------------------------------------

def write(folder, files):
    """Write (name, columns, bytes) and expected.txt."""
    models, lines = folder / "models", []
    shutil.rmtree(models, ignore_errors=True)
    models.mkdir(parents=True)
    for name, columns, file in files:
        name += ".safetensors"
        assert not (models / name).exists(), name
        (models / name).write_bytes(file)
        lines.append(f"{name} {columns}\n")
    (models / "expected.txt").write_text("".join(lines))
    size = sum(f.stat().st_size for f in models.iterdir())
    print(f"{folder.name}: {len(lines)} files, {size} bytes")


def shown(name, file, accepts):
    """Hold the official reader to what is said of it, by both its ways."""
    assert accepted_by_official(file) == accepts, name
    with tempfile.NamedTemporaryFile() as f:
        f.write(file)
        f.flush()
        try:
            with safetensors.safe_open(f.name, framework="np"):
                opened = True
        except (safetensors.SafetensorError, OSError, ValueError):
            opened = False
    assert opened == accepts, name


def main():
    assert safetensors.__version__ == "0.8.0", safetensors.__version__
    if "--differential" in sys.argv:
        differential()
        return
    refused = []
    for name, words, file in official_refuses():
        shown(name, file, False)
        refused.append((name, f"{FORMAT} refuses\t{words}", file))
    for name, code, words, file in itertools.chain(stricter(), architecture()):
        shown(name, file, True)
        refused.append((name, f"{code} accepts\t{words}", file))
    write(REFUSED, refused)
    odd = []
    for name, kind, file in accepted():
        shown(name, file, True)
        odd.append((name, f"{kind} accepts", file))
    write(ACCEPTED, odd)


main()
