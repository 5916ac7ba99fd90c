"""Who issues identity tokens, and which subjects they are documented to have; knows no policy that trusts them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from nhilint.algebra.glob import surely_contains
from nhilint.algebra.values import LITERAL_MARK, LITERAL_STAR, display

_BLANK = re.compile(r"<(?P<name>[a-z_]+)(?P<more>[/:]?)>")
_WILD = re.compile(r"[*?]")
_STARS = frozenset((LITERAL_STAR, LITERAL_MARK))
_STOPS = {"": frozenset(":/") | _STARS, "/": frozenset(":") | _STARS, ":": frozenset[str]()}
"""What a blank does not contain. No name of a repository, a ref or a workspace has a star."""
_SHOWN = {"": r"(?:\$\{[^}]*\}|[^:/])+?", "/": r"(?:\$\{[^}]*\}|[^:])+?", ":": r".*"}
_CLAIM = "<claim>"


@dataclass(frozen=True, slots=True)
class _Any:
    """Any text without some letters, at least one letter long unless it may be empty."""

    stops: frozenset[str]
    empty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One documented shape of a claim."""

    text: str
    """With blanks: `repo:<owner>/<repo>:pull_request`."""
    says: str = ""
    """For people, with the same blanks."""
    only: str = ""
    """What has to hold for the issuer to give such a one; empty: nothing."""
    claims: tuple[str, ...] = ()
    """What stands for `<claim>`."""

    def may_be(self, pattern: str) -> bool:
        """Whether some text of this form is matched by the glob; symbols have to be widened before."""
        return any(_meet(pattern, text) for text in _texts(self))

    def words(self, pattern: str, *, quoted: bool = False) -> str | None:
        """How people call the pattern, when it is written as the form is; `quoted`: its values as code."""
        shown = display(pattern)
        for text in _texts(self):
            found = _reader(text).fullmatch(shown)
            if found:
                # The claim that was put in is no blank any more.
                claim = next((name for name in self.claims if text != self.text and f"{name}:" in text), "")
                values = found.groupdict()
                if quoted:
                    values = {name: f"`{value}`" for name, value in values.items()}
                # Parts of one name are one piece of code.
                return _filled(self.says.replace(_CLAIM, claim), values).replace("`/`", "/")
        return None


@lru_cache(maxsize=256)
def _texts(form: Form) -> tuple[str, ...]:
    """The form, once for each claim that it may begin with."""
    if _CLAIM not in form.text:
        return (form.text,)
    return tuple(form.text.replace(_CLAIM, claim) for claim in form.claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """One issuer of identity tokens."""

    name: str
    source: str
    hosts: tuple[str, ...]
    """Globs of the issuer without its scheme."""
    anywhere: str
    """A glob of subjects that tell the issuer wherever it is hosted; empty: there is none."""
    tenant: str
    """The claim that says whose token it is, where everybody may get one; else empty."""
    subjects: tuple[Form, ...]
    """Every form of a subject; none where the documentation names no form."""
    wide: tuple[Form, ...]
    """Ways to write many subjects at once."""
    forms: Mapping[str, Form]
    """Claim to its form."""

    def words(self, pattern: str, *, quoted: bool = False) -> str:
        """How people call the subjects that a glob stands for; `quoted`: its values as code."""
        if not pattern.strip("*"):
            return "any subject"
        found = (form.words(pattern, quoted=quoted) for form in (*self.wide, *self.subjects))
        shown = f"`{display(pattern)}`" if quoted else display(pattern)
        return next(filter(None, found), "") or f"subject {shown}"

    def gives(self, claim: str, pattern: str) -> tuple[bool, str]:
        """Whether some value of the claim is matched by the glob; and what has to hold for the issuer to give one."""
        forms = self.subjects if claim == "sub" else tuple(f for f in (self.forms.get(claim),) if f is not None)
        # Forms that are given without further ado are asked first: most patterns are of one.
        met = next((f for f in sorted(forms, key=lambda f: bool(f.only)) if f.may_be(pattern)), None)
        return (not forms, "") if met is None else (True, met.only)


@cache
def issuers() -> tuple[Issuer, ...]:
    """The table."""
    import tomllib
    from importlib.resources import files

    rows = tomllib.loads((files("nhilint.data") / "issuers.toml").read_text(encoding="utf-8"))["issuer"]
    return tuple(map(_issuer, rows))


@lru_cache(maxsize=4096)
def issuer_of(host: str) -> Issuer | None:
    """The documented issuer of this name, given without its scheme; symbols have to be widened before."""
    host = host.rstrip("/")
    exact = next((one for one in issuers() if host in one.hosts), None)
    if exact is not None or not host.strip("*"):
        return exact
    return next(
        (one for one in issuers() if any(surely_contains(glob, host) for glob in one.hosts if "*" in glob)), None
    )


def issuer_by_subject(subjects: Iterable[str]) -> Issuer | None:
    """The issuer that alone begins its subjects so, wherever it is hosted."""
    patterns = tuple(subjects)
    if not patterns or any(not pattern.strip("*") for pattern in patterns):
        return None
    for one in issuers():
        if one.anywhere and all(surely_contains(one.anywhere, pattern) for pattern in patterns):
            return one
    return None


@cache
def tenants() -> Mapping[str, str]:
    """The issuers that everybody can get a token of, by host, with the claim that says whose it is."""
    return {host: one.tenant for one in issuers() if one.tenant for host in one.hosts if "*" not in host}


def _issuer(row: Mapping[str, Any]) -> Issuer:
    claims = tuple(row.get("claims", ()))

    def read(form: Mapping[str, str]) -> Form:
        return Form(text=form["form"], says=form["says"], only=form.get("only", ""), claims=claims)

    return Issuer(
        name=row["name"],
        source=row["source"],
        hosts=tuple(row["hosts"]),
        anywhere=_BLANK.sub("*", row.get("anywhere", "")),
        tenant=row.get("tenant", ""),
        subjects=tuple(map(read, row.get("subject", ()))),
        wide=tuple(map(read, row.get("words", ()))),
        forms={claim: Form(text=text) for claim, text in row.get("forms", {}).items()},
    )


def _filled(says: str, values: Mapping[str, str]) -> str:
    return _BLANK.sub(lambda blank: values.get(blank["name"], blank[0]), says)


@lru_cache(maxsize=1024)
def _reader(text: str) -> re.Pattern[str]:
    """Reads a pattern that is written like the form; a star of the form is the star itself."""
    parts, at = [], 0
    for blank in _BLANK.finditer(text):
        parts += [re.escape(text[at : blank.start()]), f"(?P<{blank['name']}>{_SHOWN[blank['more']]})"]
        at = blank.end()
    return re.compile("".join((*parts, re.escape(text[at:]))), re.DOTALL)


@lru_cache(maxsize=1024)
def _tokens(text: str) -> tuple[str | _Any, ...]:
    found: list[str | _Any] = []
    at = 0
    for blank in _BLANK.finditer(text):
        found += [*text[at : blank.start()], _Any(_STOPS[blank["more"]], blank["more"] == ":")]
        at = blank.end()
    return (*found, *text[at:])


@lru_cache(maxsize=16_384)
def _meet(pattern: str, text: str) -> bool:
    """Whether a glob and a form have a string in common: both are walked at once, every pair of places once."""
    head, start = text.split("<", 1)[0], _WILD.split(pattern, maxsplit=1)[0]
    if not (head.startswith(start) or start.startswith(head)):
        return False
    form = _tokens(text)
    seen: set[tuple[int, int, bool]] = set()
    front = [(0, 0, False)]
    while front:
        place = front.pop()
        if place in seen:
            continue
        seen.add(place)
        i, j, begun = place
        if i == len(pattern) and j == len(form):
            return True
        front += _steps(pattern, form, i, j, begun)
    return False


def _steps(pattern: str, form: tuple[str | _Any, ...], i: int, j: int, begun: bool) -> Iterator[tuple[int, int, bool]]:
    """The places after one letter, or after a star or a blank ends; `begun`: the blank has a letter already."""
    letter = pattern[i] if i < len(pattern) else ""
    part = form[j] if j < len(form) else ""
    if letter == "*":
        yield i + 1, j, begun
    if isinstance(part, _Any):
        if begun or part.empty:
            yield i, j + 1, False
        if letter == "*":
            yield i, j, True
        elif letter == "?" or (letter and letter not in part.stops):
            yield i + 1, j, True
    elif part and letter == "*":
        yield i, j + 1, False
    elif part and letter in (part, "?"):
        yield i + 1, j + 1, False
