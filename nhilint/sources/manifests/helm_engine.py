"""What renders a chart that lies in a folder: the library of Helm in a bounded process, or `helm` on the PATH.

Knows no tree and no Kubernetes object. Neither engine gets a cluster, a repository or a plugin to ask.
"""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata, util
from pathlib import Path
from typing import Any, Protocol

SECONDS = 30.0
"""Time for one chart."""
IMPATIENT = 2.0
"""Time for one chart after several did not end."""
PATIENCE = 3
"""Charts that may run into the limit before the others get less time."""
MAX_OUTPUT = 64 * 1024 * 1024
SWITCH = "NHILINT_HELM"
"""Environment variable: `off` renders no chart, `path` only with `helm` on the PATH."""
_SOURCE = re.compile(r"^# Source: (\S+)[ \t]*$", re.MULTILINE)
_SEPARATOR = re.compile(r"^---[ \t]*$", re.MULTILINE)


class HelmError(Exception):
    """A chart that could not be rendered; the text is what the engine says."""


class TooMuch(HelmError):
    """A chart that ran into a limit."""


class Engine(Protocol):
    """Renders one chart."""

    version: str

    def render(self, folder: str, values: Mapping[str, Any], name: str, namespace: str) -> dict[str, str]:
        """The output of each template by its path (`chart/templates/x.yaml`); raises HelmError."""
        ...

    def close(self) -> None:
        """End what was started."""
        ...


def open_engine() -> Engine | None:
    """The engine of this machine; None when it has none."""
    wanted = os.environ.get(SWITCH, "")
    version = _library() if wanted in ("", "on") else ""
    if version:
        return Library(version)
    program = shutil.which("helm") if wanted != "off" else None
    return Program(program) if program else None


@cache
def _library() -> str:
    try:
        return metadata.version("helm-python-sdk") if util.find_spec("helm_python") else ""
    except metadata.PackageNotFoundError:
        return ""


@dataclass(slots=True)
class _Clock:
    late: int = 0

    def limit(self) -> float:
        return SECONDS if self.late < PATIENCE else IMPATIENT


class Library:
    """The package `helm-python-sdk`, in a process that is started once and again after it had to be ended."""

    def __init__(self, version: str) -> None:
        self.version = f"helm-python-sdk {version}"
        self._clock = _Clock()
        self._process: subprocess.Popen[bytes] | None = None

    def render(self, folder: str, values: Mapping[str, Any], name: str, namespace: str) -> dict[str, str]:
        """Ask the process; it is ended when it takes too long."""
        question = {"folder": folder, "values": values, "name": name, "namespace": namespace}
        answer = self._ask(json.dumps(question).encode() + b"\n")
        if "error" in answer:
            raise HelmError(str(answer["error"]))
        return dict(answer["manifests"])

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            _end(self._process)
            self._process = None

    def _ask(self, question: bytes) -> dict[str, Any]:
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        limit = self._clock.limit()
        try:
            process.stdin.write(question)
            process.stdin.flush()
            line = _line(process.stdout.fileno(), time.monotonic() + limit)
        except BrokenPipeError:
            line = b""
        if line is None:
            self._clock.late += 1
            self.close()
            raise TooMuch(f"it does not end within {limit:.0f} seconds")
        if not line.endswith(b"\n"):
            self.close()
            raise TooMuch("it needs too much memory, or ends the renderer in another way")
        return dict(json.loads(line))

    def _start(self) -> subprocess.Popen[bytes]:
        worker = str(Path(__file__).with_name("helm_worker.py"))
        self._process = subprocess.Popen(
            [sys.executable, "-P", worker],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )
        return self._process


class Program:
    """The program `helm`."""

    def __init__(self, program: str) -> None:
        found = os.stat(program)
        self.version = f"{program} {found.st_size} {found.st_mtime_ns}"
        self._program = program
        self._clock = _Clock()

    def render(self, folder: str, values: Mapping[str, Any], name: str, namespace: str) -> dict[str, str]:
        """Run `helm template` once."""
        limit = self._clock.limit()
        _for_any_cluster(Path(folder, "Chart.yaml"))
        with tempfile.TemporaryDirectory(prefix="nhilint-helm-") as home:
            given = os.path.join(home, "values.json")
            Path(given).write_text(json.dumps(values), encoding="utf-8")
            command = [self._program, "template", name, folder, "--namespace", namespace, "--values", given]
            with open(os.path.join(home, "out"), "w+b") as out, open(os.path.join(home, "err"), "w+b") as err:
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                    env={**_environment(), **_no_home(home)},
                    cwd=home,
                    start_new_session=True,
                )
                try:
                    code = process.wait(limit)
                except subprocess.TimeoutExpired:
                    self._clock.late += 1
                    raise TooMuch(f"it does not end within {limit:.0f} seconds") from None
                finally:
                    _end(process)
                if code:
                    err.seek(0)
                    raise HelmError(err.read(20_000).decode("utf-8", "replace").strip())
                if out.tell() > MAX_OUTPUT or os.fstat(out.fileno()).st_size > MAX_OUTPUT:
                    raise TooMuch(f"it gives more than {MAX_OUTPUT // 1024 // 1024} MiB")
                out.seek(0)
                return _by_template(out.read().decode("utf-8", "replace"))

    def close(self) -> None:
        """Nothing is left running."""


def _for_any_cluster(head: Path) -> None:
    """Take away the versions of Kubernetes that a chart is for: the program refuses to render it for another one."""
    said = json.loads(head.read_text(encoding="utf-8"))
    if said.pop("kubeVersion", None) is not None:
        head.write_text(json.dumps(said), encoding="utf-8")


def _environment() -> dict[str, str]:
    """What a renderer needs of the environment: nothing of a cluster, of repositories or of plugins."""
    return {
        name: value
        for name, value in os.environ.items()
        if name == "HELM_C_LIB" or not name.upper().startswith(("HELM_", "KUBE", "HTTP", "AWS_"))
    }


def _no_home(folder: str) -> dict[str, str]:
    names = ("HOME", "HELM_CONFIG_HOME", "HELM_CACHE_HOME", "HELM_DATA_HOME", "HELM_PLUGINS")
    return {**dict.fromkeys(names, folder), "KUBECONFIG": os.devnull}


def _by_template(text: str) -> dict[str, str]:
    """The output of `helm template` by the comments that name the template of each object."""
    found: dict[str, str] = {}
    for piece in _SEPARATOR.split(text):
        source = _SOURCE.search(piece)
        if source is not None:
            found[source[1]] = found.get(source[1], "") + "---\n" + piece[source.end() :].lstrip("\n")
    return found


def _line(stream: int, deadline: float) -> bytes | None:
    """One line; None when it does not come in time, a part of it when the other side ends."""
    pieces: list[bytes] = []
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([stream], [], [], left)[0]:
            break
        piece = os.read(stream, 1 << 20)
        pieces.append(piece)
        if not piece or piece.endswith(b"\n"):
            return b"".join(pieces)
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process with all that it started."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
    process.wait()
