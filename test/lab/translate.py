"""Reads a list of templates as JSON from standard input, each with its parameters; prints what SAM makes of each.

An answer is the functions' properties by logical ID, or the error's text. "loops" is SAM's switch
--language-extensions. "overrides" instead of a template asks what SAM reads from --parameter-overrides; "resolve" what
`sam build` resolves the functions' properties to.
"""

import json
import os
import sys

os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
os.environ["SAM_CLI_TELEMETRY"] = "0"
from samcli.cli.types import CfnParameterOverridesType
from samcli.lib.cfn_language_extensions.sam_integration import expand_language_extensions
from samcli.lib.providers.sam_base_provider import SamBaseProvider
from samtranslator.translator.transform import transform


class Policies:
    def load(self):
        return {}


def answer(case):
    parameters = case.get("parameters", {})
    if "overrides" in case:
        return CfnParameterOverridesType().convert(case["overrides"], None, None)
    template = case["template"]
    if case.get("resolve"):
        values = SamBaseProvider._get_parameter_values(template, parameters)
        resources = SamBaseProvider.get_template(template, values)["Resources"]
    else:
        expanded = expand_language_extensions(template, parameters, enabled=case.get("loops", False)).expanded_template
        resources = transform(json.loads(json.dumps(expanded)), parameters, Policies())["Resources"]
    functions = ("AWS::Lambda::Function", "AWS::Serverless::Function")
    return {name: one.get("Properties", {}) for name, one in resources.items() if one.get("Type") in functions}


def attempt(case):
    try:
        return {"is": answer(case)}
    except Exception as error:
        return {"error": f"{error} {getattr(error, 'causes', '')}"}


json.dump([attempt(case) for case in json.load(sys.stdin)], sys.stdout)
