# SPDX-License-Identifier: MIT
# The last part of the program: see start.py.


def is_text(name):
    try:
        return bool(name.encode())
    except UnicodeEncodeError:  # half of a pair
        return False


def write():
    header, body = {"__metadata__": {**metadata, "parts": json.dumps(parts),
                                     "notes": json.dumps(notes)}}, b""
    for name, (dtype, shape, data) in tensors.items():
        if not isinstance(name, str) or name == "__metadata__" or not is_text(name):
            fail(65, f"has a tensor named {str(name)[:60]!r}, expected a name of letters")
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
    # Messages of packages may have colours for a terminal.
    message = re.sub("\x1b\\[[0-9;]*[A-Za-z]", "", str(error))
    fail(65, ": ".join([type(error).__name__] + message.strip().splitlines()[:1]))
