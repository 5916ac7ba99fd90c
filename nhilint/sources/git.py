"""Git revisions read from the object store: no checkout, no write, no hook, no filter."""

from __future__ import annotations

import os
import re
import subprocess
from difflib import get_close_matches
from pathlib import PurePosixPath

from nhilint.model.errors import NhilintError
from nhilint.sources.tree import Entry

_MAX_LINKS = 8
_SAFE = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never")


class GitError(NhilintError):
    """Git is missing, this is no repository, or it does not have the revision."""


def git(repository: str, *arguments: str) -> str:
    """The output of one read-only Git command; GitError with Git's own last line when it fails."""
    return _run(repository, *arguments).decode("utf-8", "surrogateescape")


def _run(repository: str, *arguments: str) -> bytes:
    try:
        done = subprocess.run(
            ["git", *_SAFE, "-C", repository, *arguments], capture_output=True, check=False, env=_environment()
        )
    except FileNotFoundError:
        raise GitError("git is not installed", help="install Git, or give folders instead of revisions") from None
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["git failed"]
        raise GitError(lines[-1].removeprefix("fatal: "))
    return done.stdout


def _environment() -> dict[str, str]:
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k in ("GIT_DIR", "GIT_CEILING_DIRECTORIES")
    }
    return {**kept, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}


def toplevel(path: str) -> str:
    """The work tree `path` lies in (or the repository itself when it is bare); GitError when it lies in none."""
    try:
        top = git(path, "rev-parse", "--show-toplevel").strip()
    except GitError as error:
        if "work tree" in error.message:
            return path
        raise GitError(
            f"`{path}` is not in a Git repository",
            help="run nhilint inside a repository, or give two folders: `nhilint review BASE_FOLDER HEAD_FOLDER`",
        ) from None
    return top or path


def resolve(repository: str, revision: str) -> str:
    """The commit id of a revision; GitError with near names, or with the command that fetches it."""
    if revision.startswith("-"):
        raise GitError(f"`{revision}` is not a revision")
    try:
        return git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
    except GitError:
        pass
    if is_shallow(repository):
        raise GitError(
            f"the revision `{revision}` is not in this shallow clone",
            help=f"fetch it: `git fetch --depth=1 origin {revision}`, or everything: `git fetch --unshallow`",
        )
    names = git(repository, "for-each-ref", "--format=%(refname:short)").split()
    near = get_close_matches(revision, names, n=3)
    help = f"did you mean {', '.join(f'`{name}`' for name in near)}?" if near else "`git fetch` may bring it"
    raise GitError(f"there is no revision `{revision}`", help=help)


def is_shallow(repository: str) -> bool:
    """Whether history was cut off when the repository was cloned."""
    return git(repository, "rev-parse", "--is-shallow-repository").strip() == "true"


def merge_base(repository: str, base: str, head: str) -> str:
    """The commit where two revisions parted; GitError when the clone does not reach back that far."""
    try:
        return git(repository, "merge-base", resolve(repository, base), resolve(repository, head)).strip()
    except GitError as error:
        if is_shallow(repository):
            raise GitError(
                f"this shallow clone does not reach back to where `{base}` and `{head}` parted",
                help="run `git fetch --unshallow`, or in GitHub Actions give `fetch-depth: 0` to actions/checkout",
            ) from None
        if error.help or error.message != "git failed":
            raise
        raise GitError(f"`{base}` and `{head}` have no common history") from None


def default_branch(repository: str) -> str:
    """The branch that changes are reviewed against: origin's default, else main or master."""
    try:
        return git(repository, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD").strip()
    except GitError:
        names = set(git(repository, "for-each-ref", "--format=%(refname:short)").split())
    for name in ("origin/main", "origin/master", "main", "master", "trunk"):
        if name in names:
            return name
    raise GitError("the default branch is not known", help="name the base: `nhilint review BASE`")


_GITHUB = re.compile(r"(?:https?://(?:[^@/]+@)?|ssh://git@|git@)github\.com(?::\d+)?[:/]([^/]+/[^/]+?)(?:\.git)?/?")


def github_name(folder: str) -> str:
    """`owner/name` of the repository whose top is the folder, as its remote `origin` says; empty where that is none."""
    try:
        if os.path.realpath(toplevel(folder)) != os.path.realpath(folder):
            return ""
        url = git(folder, "config", "--local", "--get", "remote.origin.url").strip()
    except GitError:
        return ""
    found = _GITHUB.fullmatch(url)
    return found[1] if found else ""


class GitTree:
    """One commit's files; blobs are read through one long-lived `git cat-file`."""

    def __init__(self, repository: str, revision: str) -> None:
        self.repository = repository
        self.commit = resolve(repository, revision)
        self.label = revision
        self._process: subprocess.Popen[bytes] | None = None
        self._entries: tuple[Entry, ...] = ()
        self._blobs: dict[str, str] = {}

    def entries(self) -> tuple[Entry, ...]:
        """Every file, sorted by path."""
        if not self._blobs:
            self._list()
        return self._entries

    def digest(self, path: str) -> str:
        """The blob id."""
        self.entries()
        try:
            return self._blobs[path]
        except KeyError:
            raise GitError(f"there is no file `{path}` in {self.label}") from None

    def read(self, path: str) -> bytes:
        """The bytes of one file."""
        return self._blob(self.digest(path))

    def _list(self) -> None:
        listing = _run(self.repository, "ls-tree", "-r", "-z", "-l", "--full-tree", self.commit)
        rows: dict[str, tuple[str, str, int]] = {}
        for record in listing.split(b"\x00"):
            if record:
                head, _, name = record.partition(b"\t")
                mode, _, blob, size = head.decode().split()
                # A submodule has no size (`-`); an object that this clone lacks has a bad one.
                length = int(size) if size.isdigit() else 0 if size == "-" else -1
                rows[name.decode("utf-8", "surrogateescape")] = (mode, blob, length)
        entries: list[Entry] = []
        for path in sorted(rows):
            mode, blob, length = rows[path]
            problem = "its content is missing in this clone" if length < 0 else ""
            link = mode == "120000"
            if mode == "160000":
                problem = "it is a submodule, which is not read"
            elif link:
                target = self._follow(path, rows)
                if target in rows and rows[target][0].startswith("100"):
                    _, blob, length = rows[target]
                else:
                    problem = "it is a link that does not lead to a file of the tree"
            self._blobs[path] = blob
            entries.append(Entry(path=path, size=max(length, 0), link=link, problem=problem))
        self._entries = tuple(entries)

    def _follow(self, path: str, rows: dict[str, tuple[str, str, int]]) -> str:
        """Where a link leads inside the tree; empty when it leads out of it or in a circle."""
        for _ in range(_MAX_LINKS):
            mode, blob, size = rows.get(path, ("", "", 0))
            if mode != "120000":
                return path
            if size > 4096:
                return ""
            target = self._blob(blob).decode("utf-8", "surrogateescape")
            path = inside(path, target)
        return ""

    def _blob(self, blob: str) -> bytes:
        if self._process is None:
            command = ["git", *_SAFE, "-C", self.repository, "cat-file", "--batch"]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment()
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(blob.encode() + b"\n")
        process.stdin.flush()
        header = process.stdout.readline().split()
        if len(header) != 3:
            raise GitError(
                f"the object {blob[:12]} is missing in this clone", help="run `git fetch` to complete a partial clone"
            )
        content = process.stdout.read(int(header[2]))
        process.stdout.read(1)
        return content

    def close(self) -> None:
        """Ends the reading process; it also ends with this one."""
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(timeout=10)
            self._process = None

    def __del__(self) -> None:
        if getattr(self, "_process", None) is not None:
            self.close()


def inside(path: str, target: str) -> str:
    """Where a link at `path` leads, inside the tree; empty when it leads out of it."""
    if target.startswith("/"):
        return ""
    steps: list[str] = list(PurePosixPath(path).parts[:-1])
    for step in PurePosixPath(target).parts:
        if step == "..":
            if not steps:
                return ""
            steps.pop()
        elif step != ".":
            steps.append(step)
    return "/".join(steps)
