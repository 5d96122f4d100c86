"""SAM's own reader of templates, for tests: a JSON list of base64 texts a line, a JSON list of answers a line."""

import base64
import io
import json
import math
import sys

from samcli.yamlhelper import yaml_parse

MOST = 200_000


def encode(value, around, count):
    """The value in JSON; what JSON cannot say is an object: {"d": pairs}, {"n": number}, {"x": kind}."""
    count[0] += 1
    if count[0] > MOST:
        raise OverflowError("too many values")
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else {"n": hex(value)}
    if isinstance(value, float):
        return value if math.isfinite(value) else {"n": repr(value)}
    if not isinstance(value, (list, dict)):
        return {"x": type(value).__name__}
    if id(value) in around:
        return {"x": "recursion"}
    inside = around | {id(value)}
    if isinstance(value, list):
        return [encode(item, inside, count) for item in value]
    return {"d": [[encode(key, inside, count), encode(item, inside, count)] for key, item in value.items()]}


def answer(text):
    # as SAM opens a template: text mode, which makes every line end a newline
    content = io.TextIOWrapper(io.BytesIO(base64.b64decode(text)), encoding="utf-8").read()
    try:
        return {"value": encode(yaml_parse(content), frozenset(), [0])}
    except Exception as error:  # whatever SAM fails with is its refusal
        marks = [getattr(error, name, None) for name in ("problem_mark", "context_mark")]
        places = [f"{mark.line + 1}:{mark.column + 1}" for mark in marks if mark]
        return {"error": f"{type(error).__name__}: {error}", "places": places}


for line in sys.stdin:
    print(json.dumps([answer(text) for text in json.loads(line)]), flush=True)
