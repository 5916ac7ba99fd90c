"""A process of its own that renders charts with the library of Helm, so that it can be bounded and ended.

It is run by its path and imports nothing of nhilint. Each line of the input is one question in JSON, each line of the
output one answer: `{"manifests": {path: text}}` or `{"error": message}`.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from typing import Any

MEMORY = 3 * 1024**3
"""Address space; the Go runtime reserves some of it without using it."""
MAX_OUTPUT = 32 * 1024 * 1024
"""Characters that one chart may give."""


def main() -> None:
    """Answer until the input ends."""
    # Whatever the library prints must not stand between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _bound()
    # Not an `import`: the package is optional, and nothing else of nhilint loads it.
    helm = import_module("helm_python")

    for line in sys.stdin:
        answers.write(json.dumps(_answer(helm, json.loads(line))) + "\n")
        answers.flush()


def _bound() -> None:
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(helm: Any, question: dict[str, Any]) -> dict[str, Any]:
    try:
        with helm.Chart.load(question["folder"]) as chart:
            values, name, namespace = question["values"], question["name"], question["namespace"]
            manifests = chart.render(values, name=name, namespace=namespace)
    except helm.HelmError as error:
        return {"error": str(error)[:20_000]}
    if sum(map(len, manifests.values())) > MAX_OUTPUT:
        return {"error": f"it gives more than {MAX_OUTPUT // 1024 // 1024} MiB"}
    return {"manifests": manifests}


if __name__ == "__main__":
    main()
