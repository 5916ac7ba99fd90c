"""What one run of the evaluator shares: files of the tree, parsed folders, budgets, and what could not be read."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from nhilint.model.errors import NhilintError
from nhilint.model.facts import Assumed, Unresolved
from nhilint.model.span import Span
from nhilint.sources.terraform.configuration import Configuration, effective, read_configuration
from nhilint.sources.terraform.footprint import Footprint, digest_of
from nhilint.sources.terraform.sealed import sealed
from nhilint.sources.terraform.values import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from nhilint.model.node import Node
    from nhilint.sources.options import Cache, LoadOptions
    from nhilint.sources.terraform.models import Model
    from nhilint.sources.terraform.modules import Module
    from nhilint.sources.terraform.syntax import SourceFile
    from nhilint.sources.tree import Entry, Tree

SUFFIXES = (".tf", ".tofu", ".tf.json", ".tofu.json")
MAX_STEPS = 1_500_000
"""Evaluated expressions in one root module: some seconds, and far more than those of the largest public estates."""
MAX_ALL_STEPS = 2 * MAX_STEPS
"""Evaluated expressions in one tree."""
MAX_FILE = 5_000_000
"""Bytes of the largest file that is read."""


class Program:
    """Mutable for the length of one run; never leaves `load_terraform`."""

    def __init__(self, tree: Tree, entries: Iterable[Entry], options: LoadOptions, cache: Cache | None) -> None:
        self.tree = tree
        self.options = options
        self.cache = cache
        self.entries = {entry.path: entry for entry in tree.entries()}
        self.depth = 0
        self.strict = 0
        """Above zero: a failure inside a literal list or object fails all of it (`try`, `can`, undecided branches)."""
        self.steps = 0
        self._spent, self._limit = 0, MAX_STEPS
        self.workspace = options.environment
        """Of the root module that is evaluated now; empty: not known."""
        self.rendering: list[str] = []
        self.no_module: Module
        self.unresolved: dict[tuple[object, ...], Unresolved] = {}
        """Of the root module that is evaluated now, as `assumed` and `footprint` are."""
        self.assumed: dict[Assumed, None] = {}
        self.footprint = Footprint()
        self._noted: dict[str, tuple[Unresolved, ...]] = {}
        self.outputs: dict[tuple[str, str], Node | None] = {}
        """Outputs of other Terragrunt units, by folder and name."""
        self.models: dict[str, Model] = {}
        """Module models by name, each parsed once."""
        self.folders: dict[str, list[str]] = {}
        self._files: dict[str, SourceFile | None] = {}
        self._configurations: dict[str, Configuration] = {}
        self.modules = 0
        self.installed: dict[str, dict[str, str]] = {}
        self._texts: dict[str, str] = {}
        self._templates: dict[str, tuple[SourceFile, tuple[Any, ...]]] = {}
        self.variable_files: dict[str, list[str]] = {}
        for path in self.entries:
            if path.endswith((".tfvars", ".tfvars.json")):
                self.variable_files.setdefault(posixpath.dirname(path), []).append(path)
        for path in (entry.path for entry in entries):
            if path.endswith(SUFFIXES):
                self.folders.setdefault(posixpath.dirname(path), []).append(path)

    def spend(self) -> None:
        """One step of evaluation; raises `Failure` when there were too many."""
        self.steps += 1
        if self.steps > self._limit:
            raise Failure("the configuration takes too many steps to evaluate")

    def spend_quietly(self, steps: int) -> None:
        """Steps of work that is stopped by `exhausted`."""
        self.steps += steps

    def exhausted(self) -> bool:
        """Whether the budget of evaluation is used up."""
        return self.steps > self._limit

    def note(self, what: str, why: str, span: Span, cause: str) -> None:
        """Remember something that could not be read, once."""
        self._keep(Unresolved(what=what, why=why, span=span, cause=cause))

    def _keep(self, one: Unresolved) -> None:
        self.unresolved.setdefault((one.what, one.why, one.span), one)

    def assume(self, what: str, why: str, span: Span) -> None:
        """Remember something that is taken for true without being in the tree."""
        self.assumed.setdefault(Assumed(what=what, why=why, span=span))

    def begin(self, workspace: str = "") -> None:
        """Forget what belongs to the last root module, and its share of the budget."""
        self.workspace, self.outputs = workspace, {}
        self.unresolved, self.assumed, self.footprint = {}, {}, Footprint()
        self._spent += self.steps
        self._limit = min(MAX_STEPS, MAX_ALL_STEPS - self._spent)
        self.modules = self.steps = 0

    def exists(self, path: str) -> bool:
        """Whether the tree has the file."""
        self.look(path)
        return path in self.entries

    def look(self, path: str) -> None:
        """Remember that a file was looked at."""
        if path not in self.footprint.files:
            self.footprint.files[path] = self.digest(path)

    def digest(self, path: str) -> str:
        """What a path holds; empty: nothing."""
        entry = self.entries.get(path)
        if entry is None:
            return ""
        return f"!{entry.problem}" if entry.problem else self.tree.digest(path)

    def listed(self, kind: str, folder: str) -> list[str]:
        """The paths of one kind in a folder: `terraform`, `variables`, or everything `below` it."""
        if kind == "terraform":
            return self.folders.get(folder, [])
        if kind == "variables":
            return self.variable_files.get(folder, [])
        prefix = "" if folder in ("", ".") else folder + "/"
        return [path for path in self.entries if path.startswith(prefix)]

    def names(self, kind: str, folder: str) -> list[str]:
        """The same, remembered."""
        found = self.listed(kind, folder)
        if (kind, folder) not in self.footprint.lists:
            self.footprint.lists[(kind, folder)] = digest_of(found)
        return found

    def _once(self, key: str, make: Callable[[], None]) -> None:
        """Do something once in a run; what it notes is noted by every root module that asks for it."""
        if key not in self._noted:
            before, self.unresolved = self.unresolved, {}
            try:
                make()
            finally:
                noted, self.unresolved = tuple(self.unresolved.values()), before
            self._noted[key] = noted
        for one in self._noted[key]:
            self._keep(one)

    def read_bytes(self, path: str) -> bytes:
        """The bytes of a file of the tree; raises `Failure`."""
        self.look(path)
        entry = self.entries.get(path)
        if entry is None:
            raise Failure(f"there is no file `{path}` in the tree")
        if entry.problem:
            raise Failure(f"`{path}` can not be read: {entry.problem}")
        if entry.size > MAX_FILE:
            raise Failure(f"`{path}` is larger than {MAX_FILE // 1_000_000} MB")
        try:
            return self.tree.read(path)
        except NhilintError as problem:
            raise Failure(f"`{path}` can not be read: {problem.message}") from problem

    def read_text(self, path: str) -> str:
        """The text of a file of the tree; raises `Failure`."""
        self.look(path)
        if path not in self._texts:
            try:
                self._texts[path] = self.read_bytes(path).decode("utf-8-sig")
            except UnicodeDecodeError:
                raise Failure(f"`{path}` is not UTF-8") from None
        return self._texts[path]

    def files_under(self, folder: str) -> list[str]:
        """Paths below a folder, relative to it."""
        prefix = "" if folder in ("", ".") else folder + "/"
        return [path[len(prefix) :] for path in self.names("below", folder)]

    def source(self, path: str) -> SourceFile | None:
        """A parsed file; problems are noted, and None means that nothing of it could be used."""
        self.look(path)
        self._once(f"file {path}", lambda: self._read(path))
        return self._files[path]

    def _read(self, path: str) -> None:
        self._files[path] = self._parse(path)

    def _parse(self, path: str) -> SourceFile | None:
        content = self._plain_text(path)
        if content is None:
            return None
        language = "terraform-json" if path.endswith(".json") else "terraform"
        digest = f"{self.tree.digest(path)}:{path}"
        file: SourceFile | None = self.cache.get(digest, language) if self.cache else None  # type: ignore[assignment]
        if file is None:
            if language == "terraform":
                from nhilint.sources.terraform.parser import parse

                file = parse(path, content)
            else:
                from nhilint.sources.terraform.jsonsyntax import parse_json_configuration

                file = parse_json_configuration(path, content)
            if self.cache:
                self.cache.put(digest, language, file)
        for error in file.errors:
            span, line = file.span(error.start, error.end), file.excerpt(error.start)
            what = f"file `{path}`"
            self._keep(
                Unresolved(what=what, why=error.message, span=span, cause="syntax", source_line=line, help=error.help)
            )
        return file

    def _plain_text(self, path: str) -> str | None:
        """The text of a file of HCL or JSON; None, and one note, when it is not there to be read."""
        what = f"variable file `{path}`" if ".tfvars" in path else f"file `{path}`"
        try:
            if why := sealed(self.read_bytes(path)):
                self.note(what, why, Span(path, 1), "encrypted")
                return None
            content = self.read_text(path)
        except Failure as problem:
            why = problem.message
            cause = "encoding" if "UTF-8" in why else "size" if "larger than" in why else "unreadable"
            self.note(what, why, Span(path, 1), cause)
            return None
        if "\x00" in content:
            self.note(what, "it holds NUL characters", Span(path, 1), "encoding")
            return None
        return content

    def template(self, path: str, content: str) -> tuple[SourceFile, tuple[Any, ...]]:
        """The parsed parts of a template file."""
        from nhilint.sources.terraform.parser import parse_template
        from nhilint.sources.terraform.syntax import Body, SourceFile

        if content not in self._templates:
            expr = parse_template(content)
            if expr[0] == "bad":
                raise Failure(f"the template `{path}` can not be read: {expr[3]}")
            parts = expr[3] if expr[0] == "tmpl" else (str(expr[3]),)
            body = Body({}, (), 0, 0)
            file = SourceFile(path=path, text=content, body=body, comments=(), errors=())
            self._templates[content] = (file, parts)
        return self._templates[content]

    def configuration(self, folder: str) -> Configuration | None:
        """The declarations of a folder, or None when it has no Terraform file."""
        paths = self.names("terraform", folder)
        if not paths:
            return None
        self._once(f"folder {folder}", lambda: self._configure(folder, paths))
        for path in paths:
            self.look(path)
        return self._configurations[folder]

    def _configure(self, folder: str, paths: Sequence[str]) -> None:
        files = [self.source(path) for path in effective(paths)]
        configuration = read_configuration(folder, [file for file in files if file is not None])
        for double in configuration.duplicates:
            name = " ".join([double.block.type, *double.block.labels])
            span = double.file.span(double.block.start, double.block.header_end)
            self.note(f"`{name}`", "it is declared twice in this module", span, "duplicate")
        for block in configuration.misplaced:
            name = " ".join([block.block.type, *block.block.labels])
            span = block.file.span(block.block.start, block.block.header_end)
            self.note(f"`{name}`", "it stands inside another block; is a `}` missing above?", span, "syntax")
        self._configurations[folder] = configuration

    def call_sources(self, path: str) -> tuple[str, ...]:
        """The sources, as written, of the module calls of one file."""
        digest = self.digest(path)
        known = self.cache.get(digest, "sources") if self.cache else None
        if not isinstance(known, tuple):
            file = self.source(path)
            blocks = [block for block in file.body.blocks if block.type == "module"] if file else []
            written = [block.body.attributes.get("source") for block in blocks]
            known = tuple(one.expr[3] for one in written if one and one.expr[0] == "str")
            if self.cache:
                self.cache.put(digest, "sources", known)
        return known
