"""A tree to documents: decides which reader a file belongs to, and names every file that could not be read."""

from __future__ import annotations

from dataclasses import dataclass

from nhilint.model.document import Document
from nhilint.model.facts import Assumed, Moved, Unresolved
from nhilint.sources.cache import ParseCache
from nhilint.sources.manifests.files import wanted
from nhilint.sources.options import LoadOptions
from nhilint.sources.tree import Tree
from nhilint.sources.workflows import load_workflows

_TERRAFORM = (
    ".tf",
    ".tofu",
    ".tf.json",
    ".tofu.json",
    ".tfvars",
    ".tfvars.json",
    "terragrunt.hcl",
    "terragrunt.stack.hcl",
)
_MANIFEST = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a tree holds."""

    documents: tuple[Document, ...]
    unresolved: tuple[Unresolved, ...]
    moved: tuple[Moved, ...]
    files: int
    """Files that were read."""
    skipped: int
    """Files of other kinds, which were not."""
    assumed: tuple[Assumed, ...] = ()
    """What the documents rest on without its being in the tree."""


def load(tree: Tree, options: LoadOptions, cache: ParseCache | None = None) -> Loaded:
    """The documents of a tree; never raises for what a file holds."""
    cache = cache if cache is not None else ParseCache()
    entries = [entry for entry in tree.entries() if wanted(entry.path, options.paths)]
    terraform = [entry for entry in entries if entry.path.endswith(_TERRAFORM)]
    workflows = load_workflows(tree, entries, options.repository, cache)
    manifests = [
        entry
        for entry in entries
        if entry.path.endswith(_MANIFEST) and not entry.path.endswith(_TERRAFORM) and entry.path not in workflows.files
    ]
    documents: list[Document] = [*workflows.documents]
    unresolved: list[Unresolved] = [*workflows.unresolved]
    moved: tuple[Moved, ...] = ()
    assumed: list[Assumed] = [*workflows.assumed]
    if terraform:
        from nhilint.sources.terraform.load import load_terraform

        # Modules are called across folders: the evaluator sees every Terraform file, `paths` limits what is reported.
        every = [entry for entry in tree.entries() if entry.path.endswith(_TERRAFORM)]
        result = load_terraform(tree, every, options, cache)
        # A root inside `paths` brings the modules it calls along, wherever they lie.
        documents += [d for d in result.documents if wanted(d.root.partition("@")[0] or d.span.path, options.paths)]
        unresolved += [u for u in result.unresolved if wanted(u.span.path, options.paths)]
        moved = result.moved
        assumed += [a for a in result.assumed if wanted(a.span.path, options.paths)]
    releases = tuple(document for document in documents if document.type == "helm_release")
    if manifests or releases:
        from nhilint.sources.manifests.files import Files
        from nhilint.sources.manifests.groups import load_manifests

        found = load_manifests(Files(tree=tree, cache=cache, options=options, others=releases), manifests)
        documents += found.documents
        unresolved += found.unresolved
        assumed += found.assumed
    return Loaded(
        documents=tuple(documents),
        unresolved=tuple(unresolved),
        moved=moved,
        assumed=tuple(assumed),
        files=len(terraform) + len(manifests) + len(workflows.files),
        skipped=len(entries) - len(terraform) - len(manifests) - len(workflows.files),
    )
