"""Prints the AWS operations that each Python module below some folders can call: {module: ["s3:GetObject", ...]}.

An operation is a method call (or a paginator's name) that some client of botocore's newest models has; calls of
functions of imported modules, such as `socket.create_connection`, are none.
"""

import ast
import json
import sys
from pathlib import Path

import botocore.session
from botocore import xform_name

SERVICES = ("s3", "sagemaker", "sagemaker-runtime", "cloudwatch", "sns", "ssm", "logs", "sts", "sqs", "events")


def operations() -> dict[str, str]:
    """Method names of the clients, as boto3 spells them; the first service of the list wins."""
    loader = botocore.session.get_session()
    known: dict[str, str] = {}
    for service in SERVICES:
        for name in loader.get_service_model(service).operation_names:
            known.setdefault(xform_name(name), f"{service}:{name}")
    return known


def calls(source: str, known: dict[str, str]) -> list[str]:
    """Operations that a module calls. Only names of several words count: `publish` and the like are too common."""
    tree = ast.parse(source)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    modules = {each.asname or each.name for node in imports for each in node.names}
    found = set()
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if isinstance(node.func.value, ast.Name) and node.func.value.id in modules:
            continue
        method = node.func.attr
        if method == "get_paginator" and node.args and isinstance(node.args[0], ast.Constant):
            method = str(node.args[0].value)
        if "_" in method and method in known:
            found.add(known[method])
    return sorted(found)


def main() -> None:
    known = operations()
    modules = {}
    for folder in sys.argv[1:]:
        for file in sorted(Path(folder).rglob("*.py")):
            found = calls(file.read_text(encoding="utf-8"), known)
            if found:
                modules[file.relative_to(folder).as_posix()] = found
    json.dump(modules, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
