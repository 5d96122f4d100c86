"""Judges rewritten templates by SAM's own reader: what SAM reads in the output must be what it reads in the input, with
the edits applied by the code below, and every function that asks for packages must have got them. Nothing here knows
sam-pkg's code. A JSON list of cases on stdin, one list of problems for each on stdout."""

import io
import json
import math
import sys

from samcli.yamlhelper import yaml_parse


def key_of(key):
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, float) and key.is_integer():
        key = int(key)  # JavaScript writes 2.0 as 2; a text that meant either would be refused
    return "null" if key is None else str(key)


def plain(value):
    """JSON's values, nothing shared: an alias becomes a copy. {"\\0number": "Infinity"} is what JSON cannot write."""
    if isinstance(value, dict):
        if list(value) == ["\0number"]:
            return float(value["\0number"])
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


def equal(wanted, found):
    if number(wanted) and number(found):
        # JavaScript reads all numbers as doubles
        return float(wanted) == float(found) or (math.isnan(wanted) and math.isnan(found))
    return type(wanted) is type(found) and wanted == found


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
    elif not equal(wanted, found):
        yield f"{path}: {found!r}, not {wanted!r}"


def functions(resources, path):
    """Every function of a template, with those that Fn::ForEach makes."""
    for name, resource in resources.items():
        if name.startswith("Fn::ForEach::") and isinstance(resource, list):
            yield from functions(resource[2], f"{path}/{name}")
        elif isinstance(resource, dict) and resource.get("Type") in FUNCTIONS:
            yield f"{path}/{name}", resource


FUNCTIONS = ("AWS::Serverless::Function", "AWS::Lambda::Function")


def packages(thing):
    return (thing.get("Metadata") or {}).get("Packages") or {}


def unserved(template, layer):
    """The functions that ask for packages and got nothing."""
    for path, function in functions(template["Resources"], ""):
        properties = function.get("Properties") or {}
        if properties.get("PackageType") == "Image":
            continue
        build, runtime = (packages(function).get(key) or packages(template).get(key) for key in ("Build", "Runtime"))
        if runtime and layer not in json.dumps(properties.get("Layers")):
            yield f"{path}: no layer"
        if (build or runtime) and not isinstance(function["Metadata"].get("SamPkg"), dict):
            yield f"{path}: no Metadata.SamPkg"


def judged(case):
    before = read(case["before"])
    for difference in differences(before, plain(case["meaning"])):
        yield f"sam-pkg reads otherwise than SAM: {difference}"
    for output in case["outputs"]:
        wanted = before
        for edit in output["edits"]:
            wanted = applied(wanted, edit, edit["path"])
        after = read(output["after"])
        for problem in (*differences(wanted, after), *unserved(after, output["layer"])):
            yield f"{output['mode']}: {problem}"


def answer(case):
    try:
        return list(judged(case))
    except Exception as error:  # SAM's reader refuses the text, or an edit has no place in it
        return [f"{type(error).__name__}: {error}"]


print(json.dumps([answer(case) for case in json.load(sys.stdin)]))
