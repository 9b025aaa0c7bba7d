# SPDX-License-Identifier: MIT
# The last part of the program: see start.py.


def write():
    header, body = {"__metadata__": {**metadata, "parts": json.dumps(parts),
                                     "notes": json.dumps(notes)}}, b""
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": list(shape),
                        "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    with open(result, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)


try:
    convert()
    write()
except Exception as error:  # no model, or a model that its own framework can't read
    fail(65, ": ".join([type(error).__name__] + str(error).strip().splitlines()[:1]))
