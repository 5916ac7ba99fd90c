"""Renders one kustomization: what it takes in, in the order kustomize does, then the steps that change it.

A step that fails is said, with its place, and the others are done all the same: nothing that is there is lost. A base
is rendered once; who takes it in gets copies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from nhilint.model.errors import NhilintError
from nhilint.model.facts import Unresolved
from nhilint.model.node import Map, Node, Scalar
from nhilint.model.node import scalar_text as text
from nhilint.model.span import Span
from nhilint.sources.manifests.files import Files, ManifestError
from nhilint.sources.manifests.kustomize.accumulated import (
    Accumulated,
    append,
    objects_of,
    once,
    put_generated,
    settled,
)
from nhilint.sources.manifests.kustomize.charts import LocalCharts
from nhilint.sources.manifests.kustomize.config import Config, read_config, read_crds
from nhilint.sources.manifests.kustomize.errors import KustomizeError
from nhilint.sources.manifests.kustomize.generators import add_hashes, generate
from nhilint.sources.manifests.kustomize.kustomization import Kustomization, is_remote, load_kustomization
from nhilint.sources.manifests.kustomize.plugins import PLUGINS, run_generator, run_transformer
from nhilint.sources.manifests.kustomize.references import follow_names
from nhilint.sources.manifests.kustomize.resources import Resource
from nhilint.sources.manifests.kustomize.steps import Step, steps
from nhilint.sources.manifests.kustomize.values import child, items, maps
from nhilint.sources.manifests.kustomize.variables import add, declare, resolve

MAX_DEPTH = 50
"""Kustomizations that take in one another, one below the other."""
_LOCAL = "config.kubernetes.io/local-config"


@dataclass(slots=True)
class Builder:
    """The kustomizations of one tree."""

    files: Files
    charts: LocalCharts | None = None
    """Renders `helmCharts`; None: each is rendered by an engine of its own."""
    _bases: dict[str, Accumulated] = field(default_factory=dict)

    def build(self, kustomization: Kustomization) -> Accumulated:
        """All that the kustomization gives, with names settled."""
        done = self._accumulate(kustomization, Accumulated(), (kustomization.folder,))
        problem = _Reporter(done, kustomization)
        add_hashes(done.resources)
        follow_names(done.resources, done.config, problem)
        resolve(done.resources, done.variables, done.config, problem)
        done.resources = [one for one in done.resources if one.annotations.get(_LOCAL, "false") == "false"]
        for one in done.resources:
            one.body = settled(one)
        return done

    # --- taking in -----------------------------------------------------------------------------------------------

    def _accumulate(self, own: Kustomization, done: Accumulated, stack: tuple[str, ...]) -> Accumulated:
        """The kustomization's objects, after those that are there already when it is a component."""
        done.consumed.add(own.path)
        problem = _Reporter(done, own)
        for why, span in own.mistakes():
            problem(KustomizeError(why, span=span))
        if isinstance(schema := child(own.body, "openapi", "path"), Scalar):
            why = "`openapi` is not read: a patch replaces the lists of kinds that are not built in"
            problem(KustomizeError(why, span=schema.span))
        for name, span in own.names("resources", "bases"):
            problem.during(span, partial(self._take, own, name, span, done, stack))
        self._configure(own, done, problem)
        self._generate(own, done, problem, stack)
        for name, span in own.names("components"):
            problem.during(span, partial(self._component, own, name, span, done, stack))
        if done.endless:
            done.resources = []
        tools = Tools(self, own, done)
        for step in (*steps(own, done.config), *self._plugins(own, done, stack, problem)):
            problem.during(step.span, partial(_run, step, done, tools))
        for row in maps(own.body.get("vars")):
            problem.during(row.span, partial(_declare, row, done))
        return done

    def _take(self, own: Kustomization, name: str, span: Span, done: Accumulated, stack: tuple[str, ...]) -> None:
        path = self.files.resolve(own.folder, name)
        if path is not None and path in self.files.entries:
            done.consumed.add(path)
            append(done, self._read(path, done, own), span)
        elif path is not None and path in self.files.folders:
            base = self._base(path, span, stack)
            done.config = done.config.merged(base.config)
            done.problems += [problem for problem in base.problems if problem not in done.problems]
            done.consumed |= base.consumed
            done.missing += base.missing
            done.endless |= base.endless
            if done.endless:
                return
            append(done, [one.copy() for one in base.resources], span)
            add(base.variables, done.variables)
        else:
            done.missing.append(name)
            raise _absent(own, name, path)

    def _base(self, folder: str, span: Span, stack: tuple[str, ...]) -> Accumulated:
        self._enter(folder, span, stack)
        if folder not in self._bases:
            try:
                base = load_kustomization(self.files, folder)
            except KustomizeError as error:
                raise KustomizeError(error.message, span=error.span or span) from None
            if base.component:
                raise KustomizeError(f"`{folder}` is a component, and stands under `components`", span=span)
            self._bases[folder] = self._accumulate(base, Accumulated(), (*stack, folder))
        return self._bases[folder]

    def _component(self, own: Kustomization, name: str, span: Span, done: Accumulated, stack: tuple[str, ...]) -> None:
        path = self.files.resolve(own.folder, name)
        if path is None or path not in self.files.folders:
            done.missing.append(name)
            raise _absent(own, name, path)
        self._enter(path, span, stack)
        try:
            component = load_kustomization(self.files, path)
        except KustomizeError as error:
            raise KustomizeError(error.message, span=error.span or span) from None
        if not component.component:
            raise KustomizeError(f"`{path}` is no component: its `kind` is another one", span=span)
        self._accumulate(component, done, (*stack, path))
        once(done.resources, span)

    def _enter(self, folder: str, span: Span, stack: tuple[str, ...]) -> None:
        if folder in stack:
            way = " → ".join((*stack[stack.index(folder) :], folder))
            raise KustomizeError(f"kustomizations take each other in: {way}", span=span)
        if len(stack) > MAX_DEPTH:
            raise KustomizeError(f"more than {MAX_DEPTH} kustomizations take in one another", span=span)

    def _read(self, path: str, done: Accumulated, own: Kustomization) -> list[Resource]:
        """The objects of a file; what can not be read of it is said."""
        found: list[Resource] = []
        for piece in self.files.pieces(path):
            parsed = self.files.parsed(path, piece)
            for error in parsed.errors:
                done.problems.append(_unread(own, error))
            for node in parsed.documents:
                found += objects_of(node, _Reporter(done, own))
        return found

    def nodes(self, own: Kustomization, name: str, span: Span, done: Accumulated) -> tuple[Node, ...]:
        """The documents of a file that a kustomization names."""
        path = self.files.resolve(own.folder, name)
        if path is None or path not in self.files.entries:
            raise _absent(own, name, path)
        done.consumed.add(path)
        try:
            return self.files.nodes(path)
        except NhilintError as error:
            raise KustomizeError(f"`{path}` can not be read: {error.message}", span=error.span or span) from None

    def content(self, own: Kustomization, name: str, span: Span, done: Accumulated) -> bytes:
        """The bytes of a file that a kustomization names."""
        path = self.files.resolve(own.folder, name)
        if path is None or path not in self.files.entries:
            raise _absent(own, name, path)
        done.consumed.add(path)
        try:
            return self.files.content(path)
        except ManifestError as error:
            raise KustomizeError(error.message, span=span) from None

    # --- what it makes itself ------------------------------------------------------------------------------------

    def _configure(self, own: Kustomization, done: Accumulated, problem: _Reporter) -> None:
        for key, read in (("configurations", read_config), ("crds", read_crds)):
            for name, span in own.names(key):

                def merge(n: str = name, s: Span = span, r: Callable[[Node], Config] = read) -> None:
                    for node in self.nodes(own, n, s, done):
                        done.config = done.config.merged(r(node))

                problem.during(span, merge)

    def _generate(self, own: Kustomization, done: Accumulated, problem: _Reporter, stack: tuple[str, ...]) -> None:
        options = own.body.get("generatorOptions")
        for key, kind in (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")):
            for row in maps(own.body.get(key)):

                def make(r: Map = row, k: str = kind) -> None:
                    made = generate(r, options, k, lambda name, span: self.content(own, name, span, done))
                    put_generated(done, made, r.span)

                problem.during(row.span, make)
        for row in (*maps(own.body.get("helmCharts")), *maps(own.body.get("helmChartInflationGenerator"))):
            problem.during(row.span, partial(self._chart, own, row, done))
        for row in self._rows(own, "generators", done, stack, problem):
            problem.during(row.span, partial(run_generator, row, Tools(self, own, done)))

    def _chart(self, own: Kustomization, row: Map, done: Accumulated) -> None:
        try:
            nodes, problems, consumed = self._inflated(own, row)
        except KustomizeError:
            done.missing.append(f"chart {text(row.get('name'))}")
            raise
        done.problems += problems
        done.consumed |= consumed
        for node in nodes:
            for one in objects_of(node, _Reporter(done, own)):
                put_generated(done, one, row.span)

    def _inflated(self, own: Kustomization, row: Map) -> tuple[list[Node], list[Unresolved], set[str]]:
        if self.charts is not None:
            return self.charts(own, row)
        charts = LocalCharts(self.files)
        try:
            return charts(own, row)
        finally:
            charts.close()

    def _rows(
        self, own: Kustomization, key: str, done: Accumulated, stack: tuple[str, ...], problem: _Reporter
    ) -> Iterator[Map]:
        """The configurations of plugins, inline, in files or in kustomizations."""
        for item in items(own.body.get(key)):
            found: list[Map] = []
            problem.during(item.span, partial(self._plugin_rows, own, item, done, stack, found))
            yield from found

    def _plugin_rows(
        self, own: Kustomization, item: Node, done: Accumulated, stack: tuple[str, ...], found: list[Map]
    ) -> None:
        from nhilint.sources.manifests.kustomize.patches import inline

        name = text(item)
        path = self.files.resolve(own.folder, name) if "\n" not in name else None
        if isinstance(item, Scalar) and "\n" in name:
            nodes: list[Node] = list(inline(item))
        elif path is not None and path in self.files.folders and path not in self.files.entries:
            base = self._base(path, item.span, stack)
            done.consumed |= base.consumed
            nodes = [one.body for one in base.resources]
        else:
            nodes = list(self.nodes(own, name, item.span, done))
        found += [node for node in nodes if isinstance(node, Map)]

    def _plugins(
        self, own: Kustomization, done: Accumulated, stack: tuple[str, ...], problem: _Reporter
    ) -> Iterator[Step]:
        for row in self._rows(own, "transformers", done, stack, problem):
            yield Step(row.span, run_transformer(row))
        for row in self._rows(own, "validators", done, stack, problem):
            # A validator changes nothing.
            if text(row.get("kind")) not in PLUGINS:
                continue


@dataclass(frozen=True, slots=True)
class Tools:
    """What a step may use."""

    builder: Builder
    own: Kustomization
    done: Accumulated

    def load(self, name: str, span: Span) -> tuple[Node, ...]:
        """The documents of a file."""
        return self.builder.nodes(self.own, name, span, self.done)

    def read(self, name: str, span: Span) -> bytes:
        """The bytes of a file."""
        return self.builder.content(self.own, name, span, self.done)

    def add(self, one: Resource, span: Span) -> None:
        """An object that was made."""
        put_generated(self.done, one, span)


def _declare(row: Map, done: Accumulated) -> None:
    declare(row, done.resources, done.variables)


def _run(step: Step, done: Accumulated, tools: Tools) -> None:
    done.resources = step.run(done.resources, tools)


@dataclass(frozen=True, slots=True)
class _Reporter:
    """Says what can not be done, and lets the rest go on."""

    done: Accumulated
    own: Kustomization

    def __call__(self, error: KustomizeError) -> None:
        why = error.message
        if self.done.missing and why.startswith("there is no object"):
            why += f"; it may be one of `{self.done.missing[0]}`, which is not in the tree"
        self.done.problems.append(_said(self.own, why, error.span or self.own.span))

    def during(self, span: Span, act: Callable[[], None]) -> None:
        """One step; what it can not do is said at its place, unless it knows a better one."""
        try:
            act()
        except KustomizeError as error:
            self(error if error.span else KustomizeError(error.message, span=span))


def _said(own: Kustomization, why: str, span: Span) -> Unresolved:
    return Unresolved(what=f"kustomization `{own.folder or '.'}`", why=why, span=span, cause="kustomize")


def _unread(own: Kustomization, error: NhilintError) -> Unresolved:
    return _said(own, f"a document can not be read: {error.message}", error.span or own.span)


def _absent(own: Kustomization, name: str, path: str | None) -> KustomizeError:
    if is_remote(name):
        return KustomizeError(f"`{name}` is not in the tree, and nothing is fetched")
    if path is None:
        return KustomizeError(f"`{name}` lies outside of the tree")
    return KustomizeError(f"there is no `{path}`")
