"""Mutation testing of the modules that decide: which small wrong changes does no test notice? See docs/mutation.md.

One process collects the tests and learns which lines each one reaches. Every mutant is then a fork of it: the changed
function's code is put in place, and the tests that reach the changed statement run, quickest first, until one fails.
A change in what a module does when it is imported runs in a fork that imports everything anew.

    python maintain/mutate.py glob boxes            # modules of nhilint/algebra and nhilint/diff; all without names
    python maintain/mutate.py --survivors glob      # once more those that survived, for instance with a larger effort
    python maintain/mutate.py --report              # the tables; fails when a survivor is not explained

The answers are kept in `.mutants.json`, by the module's text; what is known is not asked again.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import gc
import hashlib
import importlib.abc
import importlib.util
import json
import os
import resource
import signal
import sys
import time
import tomllib
from bisect import bisect
from collections import Counter, defaultdict
from itertools import accumulate
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

os.environ.setdefault("NHILINT_EFFORT", "0.05")
sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "maintain")]

import hypothesis  # noqa: E402
import pytest  # noqa: E402
from _pytest.runner import runtestprotocol  # noqa: E402
from mutants import Mutant, mutants, probed  # noqa: E402

FOLDERS = ("algebra", "diff")
UNIT = ("algebra", "diff", "engine", "platforms")
TESTS = (*(f"tests/unit/{folder}" for folder in UNIT), "tests/property", "tests/cases")
COUNTS_OF_OTHERS = "not test_enough"
"""Tests that look at what the tests before them counted say nothing when run alone."""
KEPT = ROOT / ".mutants.json"
EXPLAINED = ROOT / "maintain" / "survivors.toml"
"""Per module and class the survivors that were looked at and found harmless; docs/mutation.md says what a class is."""
MEMORY = 4 * 2**30
KILLED, TIMED_OUT, SURVIVED, UNREACHED = "killed", "timed out", "survived", "unreached"


class Sweep:
    """The pytest plugin that takes the place of running the tests."""

    def __init__(self, names: list[str], again: bool, budget: float) -> None:
        self._paths = sorted(p for f in FOLDERS for p in (ROOT / "nhilint" / f).glob("*.py") if p.stem != "__init__")
        if names:
            self._paths = sorted((p for p in self._paths if p.stem in names), key=lambda p: names.index(p.stem))
        self._again, self._budget = again, budget
        self._sources = {path: path.read_text(encoding="utf-8") for path in self._paths}
        self._reached: dict[Path, dict[str, set[int]]] = {path: {} for path in self._paths}
        self._cost: dict[str, float] = {}
        self._kills: Counter[tuple[str, str]] = Counter()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Everything happens here, after the tests were collected."""
        self._items = {item.nodeid: item for item in session.items}
        self._learn()
        gc.collect()
        gc.freeze()
        for path in self._paths:
            self._sweep(path)
        return True

    def _learn(self) -> None:
        """Runs every test once on code that notes its lines; a test that fails so is left out."""
        self._functions = functions = {path: functions_of(path) for path in self._paths}
        self._memos = memos()
        hits = {path: bytearray(2_000) for path in self._paths}
        for path in self._paths:
            module_of(path).__dict__["__hits__"] = hits[path]
            swap(functions[path], compile(probed(self._sources[path]), str(path), "exec"))
        for nodeid, item in self._items.items():
            self._forget()
            for row in hits.values():
                row[:] = bytes(len(row))
            start = time.process_time()
            if not passes(item, None):
                print(f"left out, fails on its own: {nodeid}")
                continue
            self._cost[nodeid] = time.process_time() - start
            for path, row in hits.items():
                self._reached[path][nodeid] = {line for line, hit in enumerate(row) if hit}
        for path in self._paths:
            swap(functions[path], compile(self._sources[path], str(path), "exec"))
        print(f"{len(self._cost)} tests, {sum(self._cost.values()):.0f} CPU-s")

    def _forget(self) -> None:
        for memo in self._memos:
            memo.cache_clear()

    def _sweep(self, path: Path) -> None:
        source, name = self._sources[path], f"{path.parent.name}/{path.stem}"
        everything = json.loads(KEPT.read_text()) if KEPT.exists() else {}
        digest = hashlib.sha256(source.encode()).hexdigest()[:16]
        kept = everything.setdefault(name, {"source": digest, "mutants": {}})
        if kept["source"] != digest:
            kept = everything[name] = {"source": digest, "mutants": {}}
        seen, saved = Counter[str](), time.monotonic()
        for mutant in mutants(source, str(path)):
            seen[mutant.label] += 1
            key = f"{mutant.label} #{seen[mutant.label]}"
            known = kept["mutants"].get(key)
            if known is None or (self._again and known["answer"] in (SURVIVED, UNREACHED)):
                answer, by = self._judge(path, mutant)
                kept["mutants"][key] = {"line": mutant.line, "answer": answer, "by": by}
                if answer in (SURVIVED, UNREACHED):
                    print(f"{name}:{mutant.line} {answer}: {key}", flush=True)
            if time.monotonic() - saved > 20:
                KEPT.write_text(json.dumps(everything, indent=1))
                saved = time.monotonic()
        KEPT.write_text(json.dumps(everything, indent=1))
        print(row_of(name, kept["mutants"]), flush=True)

    def _judge(self, path: Path, mutant: Mutant) -> tuple[str, str]:
        rows = self._reached[path]
        chosen = [test for test, lines in rows.items() if mutant.statement in lines or not mutant.function]
        own = f"tests/unit/{path.parent.name}/"
        if not mutant.function:
            # To import everything anew takes longer than these tests.
            chosen = [test for test in chosen if test.startswith(own)] or chosen
        # The module's own tests are worth ten times their cost, and the unit tests of its floor go before all others.
        chosen.sort(key=lambda t: (not t.startswith(own), self._cost[t] * (0.1 if f"/test_{path.stem}.py" in t else 1)))
        spent = list(accumulate(self._cost[t] for t in chosen))
        chosen = chosen[: bisect(spent, self._budget)]
        # Those that killed others of this function go first: it changes the time, never the answer.
        chosen.sort(key=lambda t: (self._cost[t] + 0.002) / (1 + 4 * self._kills[mutant.function, t]))
        if not chosen:
            return UNREACHED, ""
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            with contextlib.suppress(BaseException):
                os.close(reader)
                self._run(path, mutant, chosen, writer)
            os._exit(1)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            said = pipe.read().decode().split()
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        by = chosen[int(said[-1])] if said else ""
        if code == 0:
            return SURVIVED, ""
        self._kills[mutant.function, by] += 1
        return (KILLED if code == 1 else TIMED_OUT), by

    def _run(self, path: Path, mutant: Mutant, chosen: list[str], writer: int) -> None:
        """In the fork: leaves with 0 where all tests pass, with 1 at the first that fails, killed by the time limit."""
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        self._forget()
        if not mutant.function:
            limit(sum(self._cost[test] for test in chosen) + 10)
            os._exit(int(anew(module_of(path).__name__, mutant.code, chosen) != 0))
        swap(self._functions[path], mutant.code)
        for position, test in enumerate(chosen):
            os.write(writer, f"{position} ".encode())
            following = self._items[chosen[position + 1]] if position + 1 < len(chosen) else None
            limit(self._cost[test])
            if not passes(self._items[test], following):
                os._exit(1)
        os._exit(0)


def limit(cost: float) -> None:
    """Ends the process when a test takes ten times what it takes without a mutant, and a second."""
    signal.setitimer(signal.ITIMER_PROF, 1 + 10 * cost)


def passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    """Whether the test passes or is skipped."""
    return all(report.passed or report.skipped for report in runtestprotocol(item, log=False, nextitem=following))


def anew(name: str, code: CodeType, tests: list[str]) -> int:
    """The tests' exit code with everything imported anew, the module from this code."""
    for known in [known for known in sys.modules if known.partition(".")[0] in ("nhilint", "tests")]:
        del sys.modules[known]
    sys.meta_path.insert(0, _Changed(name, code))
    return pytest.main(["-x", "-q", "-s", "-p", "no:cacheprovider", *tests])


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, name: str, code: CodeType) -> None:
        self._name, self._code = name, code

    def find_spec(self, fullname: str, path: object, target: object = None) -> object:
        return importlib.util.spec_from_loader(fullname, self) if fullname == self._name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)


def module_of(path: Path) -> ModuleType:
    return importlib.import_module(f"nhilint.{path.parent.name}.{path.stem}")


def functions_of(path: Path) -> dict[str, list[FunctionType]]:
    """The functions and methods that the module defined, by qualified name; inner ones come with those around them."""
    module_of(path)
    found: defaultdict[str, list[FunctionType]] = defaultdict(list)
    for thing in gc.get_objects():
        if type(thing) is FunctionType and thing.__code__.co_filename == str(path) and "<" not in thing.__qualname__:
            found[thing.__qualname__].append(thing)
    return found


def swap(functions: dict[str, list[FunctionType]], code: CodeType) -> None:
    """Gives every function its code out of the compiled module."""
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            for function in functions.get(inner.co_qualname, ()):
                if function.__code__.co_firstlineno == inner.co_firstlineno and function.__code__ != inner:
                    function.__code__ = inner
            swap(functions, inner)


def memos() -> list[functools._lru_cache_wrapper]:
    """What may hold what unchanged code has found."""
    found = [thing for thing in gc.get_objects() if type(thing) is functools._lru_cache_wrapper]
    return [memo for memo in found if (memo.__module__ or "").startswith("nhilint.")]


def row_of(name: str, rows: dict[str, dict[str, object]]) -> str:
    counts = Counter(row["answer"] for row in rows.values())
    numbers = (len(rows), *(counts[answer] for answer in (KILLED, TIMED_OUT, SURVIVED, UNREACHED)))
    return f"| {name} | " + " | ".join(map(str, numbers)) + " |"


def report() -> int:
    """Prints the tables of docs/mutation.md; the number of survivors that nobody has explained."""
    everything, known = json.loads(KEPT.read_text()), tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))
    print(f"| module | mutants | {KILLED} | {TIMED_OUT} | {SURVIVED} | {UNREACHED} |\n|{' --- |' * 6}")
    for name, kept in sorted(everything.items()):
        print(row_of(name, kept["mutants"]))
    classes: Counter[str] = Counter()
    table: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for name, kept in sorted(everything.items()):
        reasons = {key: reason for reason, keys in known.get(name, {}).items() for key in keys}
        for key, row in kept["mutants"].items():
            if row["answer"] in (SURVIVED, UNREACHED):
                reason = reasons.get(key, "NOT EXPLAINED")
                classes[reason] += 1
                function, _, change = key.rpartition(" #")[0].partition(": ")
                table[name, function, reason].append(f"`{change.partition(': ')[2].replace('|', chr(92) + '|')}`")
    print("\n| class | survivors |\n| --- | --- |")
    for reason, count in classes.most_common():
        print(f"| {reason} | {count} |")
    print("\n| module | function | class | changes |\n| --- | --- | --- | --- |")
    for (name, function, reason), changes in table.items():
        print(f"| {name} | `{function}` | {reason} | {'; '.join(changes)} |")
    return classes["NOT EXPLAINED"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="modules, for instance glob")
    parser.add_argument("--survivors", action="store_true", help="ask again about those that survived")
    parser.add_argument("--budget", type=float, default=30.0, help="CPU seconds of tests for one mutant")
    parser.add_argument("--report", action="store_true")
    given = parser.parse_args()
    if given.report:
        sys.exit(report() > 0)
    hypothesis.settings.register_profile(
        "mutate", derandomize=True, database=None, deadline=None, print_blob=False, report_multiple_bugs=False,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
    )  # fmt: skip
    hypothesis.settings.load_profile("mutate")
    os.chdir(ROOT)
    sweep = Sweep(given.names, given.survivors, given.budget)
    sys.exit(pytest.main(["-q", "-s", "-p", "no:cacheprovider", "-k", COUNTS_OF_OTHERS, *TESTS], plugins=[sweep]))


if __name__ == "__main__":
    main()
