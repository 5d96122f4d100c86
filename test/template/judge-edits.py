"""Judges rewritten templates by SAM's own reader: what SAM reads in the output must be what it reads in the input, with
the edits applied by the code below, which knows nothing of sam-pkg's. A JSON list of cases on stdin, one list of
differences for each on stdout."""

import io
import json
import sys

from samcli.yamlhelper import yaml_parse


def key_of(key):
    if isinstance(key, bool):
        return "true" if key else "false"
    return "null" if key is None else str(key)


def plain(value):
    """JSON's values, nothing shared: an alias becomes a copy."""
    if isinstance(value, dict):
        return {key_of(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"SAM reads a {type(value).__name__}")


def read(text):
    """As SAM opens a file: text mode, so every kind of line break becomes a newline."""
    return plain(yaml_parse(io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8").read()))


def applied(value, edit, path):
    if not path:
        return [*value, edit["value"]] if edit["op"] == "append" else edit["value"]
    key, rest = path[0], path[1:]
    if isinstance(value, list):
        return [*value[:key], applied(value[key], edit, rest), *value[key + 1 :]]
    value = {} if value is None else value
    return {**value, str(key): applied(value.get(str(key)), edit, rest)}


def number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def differences(wanted, found, path=""):
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key in {**wanted, **found}:
            if key not in found:
                yield f"{path}/{key}: missing"
            elif key not in wanted:
                yield f"{path}/{key}: should not be there"
            else:
                yield from differences(wanted[key], found[key], f"{path}/{key}")
    elif isinstance(wanted, list) and isinstance(found, list):
        if len(wanted) != len(found):
            yield f"{path}: {len(found)} elements, not {len(wanted)}"
        for at, (one, other) in enumerate(zip(wanted, found)):
            yield from differences(one, other, f"{path}/{at}")
    elif number(wanted) and number(found):
        # JSON has one kind of numbers, and JavaScript reads it as doubles
        if float(wanted) != float(found):
            yield f"{path}: {found!r}, not {wanted!r}"
    elif type(wanted) is not type(found) or wanted != found:
        yield f"{path}: {found!r}, not {wanted!r}"


def at(value, path):
    for key in path:
        value = value[key if isinstance(value, list) else str(key)]
    return value


def judged(case):
    before = read(case["before"])
    for difference in differences(before, case["meaning"]):
        yield f"sam-pkg reads otherwise than SAM: {difference}"
    for output in case["outputs"]:
        wanted = before
        for edit in output["edits"]:
            wanted = applied(wanted, edit, edit["path"])
        after = read(output["after"])
        for difference in differences(wanted, after):
            yield f"{output['mode']}: {difference}"
        for path, text in output["mentions"]:
            if text not in json.dumps(at(after, path)):
                yield f"{output['mode']}: {'/'.join(map(str, path))} does not mention {text}"


def answer(case):
    try:
        return list(judged(case))
    except Exception as error:  # SAM's reader refuses the text, or an edit has no place in it
        return [f"{type(error).__name__}: {error}"]


print(json.dumps([answer(case) for case in json.load(sys.stdin)]))
