"""What an `if` says about event and ref, in three values: true, false, not known.

Strings are compared without regard to case, as GitHub does.
https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#operators
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nhilint.algebra.glob import matches
from nhilint.algebra.values import SYMBOL_OPEN, display
from nhilint.model.node import Node, Scalar
from nhilint.model.node import scalar_text as text
from nhilint.platforms.github.expressions import (
    Binary,
    Call,
    Context,
    Expression,
    Hole,
    Literal,
    Not,
    contexts,
    parse,
    split,
)

Truth = bool | None
_REFS = (("github", "ref"), ("github", "ref_name"))
_CHOSEN = re.compile(
    r"github\.(?:head_ref|base_ref|event\.(?:comment\.body|(?:issue|pull_request|discussion)\.(?:title|body|draft|state)|"
    r"issue\.pull_request(?:\..*)?|pull_request\.(?:head|base)\.ref|workflow_run\.head_branch))"
)
"""What a stranger writes or picks."""
_STRANGER = "\x00"
"""A name that no condition writes."""
_STATUS = {"always": True, "success": True, "failure": None, "cancelled": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one way in which a job starts."""

    event: str
    ref: str
    """Glob."""
    repository: str = ""
    stranger: bool = False
    """Whether somebody without any right on the repository is behind it."""
    inputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def truth(conditions: Iterable[Node], facts: Facts) -> Truth:
    """Whether all the conditions hold."""
    answer: Truth = True
    for node in conditions:
        one = _condition(node, facts)
        if one is False:
            return False
        answer = answer if one else None
    return answer


def chosen(conditions: Iterable[Node], facts: Facts) -> bool:
    """Whether a stranger chooses all that the conditions ask about, as far as it is not known."""
    trees = [_tree(text(node)) for node in conditions]
    if any(tree is None for tree in trees):
        return False
    named = [context for tree in trees if tree is not None for context in contexts(tree)]
    return all(_known(context, facts) is not None or _CHOSEN.fullmatch(".".join(context.path)) for context in named)


def refs_named(conditions: Iterable[Node]) -> Iterator[str]:
    """The strings that the conditions compare the ref or its name with."""
    for node in conditions:
        tree = _tree(text(node))
        if tree is not None:
            yield from _compared(tree)


def _tree(value: str) -> Expression | None:
    """A condition is an expression with or without braces; what mixes both is a string, and true."""
    value = value.strip()
    if "${{" not in value:
        return parse(value)
    pieces = split(value)
    if len(pieces) == 1 and isinstance(pieces[0], Hole):
        return pieces[0].tree
    # `${{ a }} && b` is written often; GitHub takes the whole for one expression.
    return parse(value.replace("${{", "(").replace("}}", ")"))


def _condition(node: Node, facts: Facts) -> Truth:
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return node.value
    tree = _tree(text(node))
    return None if tree is None else _truth(tree, facts)


def _truth(tree: Expression, facts: Facts) -> Truth:
    match tree:
        case Literal(value=value):
            return bool(value)
        case Not():
            inner = _truth(tree.operand, facts)
            return None if inner is None else not inner
        case Binary(operator="&&"):
            return _both(_truth(tree.left, facts), _truth(tree.right, facts))
        case Binary(operator="||"):
            left, right = _truth(tree.left, facts), _truth(tree.right, facts)
            inner = _both(_negated(left), _negated(right))
            return _negated(inner)
        case Binary(operator="==" | "!=" as operator):
            same = _same(tree.left, tree.right, facts)
            return same if operator == "==" else _negated(same)
        case Call(name=name, arguments=arguments):
            return _called(name, arguments, facts)
        case Context():
            value = _known(tree, facts)
            return None if value is None or "*" in value else bool(value) and value.lower() != "false"
        case _:
            return None


def _both(left: Truth, right: Truth) -> Truth:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _negated(value: Truth) -> Truth:
    return None if value is None else not value


def _same(left: Expression, right: Expression, facts: Facts) -> Truth:
    if isinstance(left, Literal):
        left, right = right, left
    if isinstance(left, Context) and isinstance(right, Context):
        return False if _STRANGER in (_known(left, facts), _known(right, facts)) else None
    if not isinstance(left, Context) or not isinstance(right, Literal):
        return None
    known, wanted = _known(left, facts), _worded(right)
    if known is None or wanted is None:
        return None
    if "*" in known or SYMBOL_OPEN in known:
        # A ref that the condition names has an occasion of its own: the rest is another one.
        return False if not _may_be(known, wanted) or SYMBOL_OPEN not in known else None
    # What is missing is as false as false.
    return (display(known) or ("false" if isinstance(right.value, bool) else "")).lower() == wanted.lower()


def _may_be(pattern: str, wanted: str) -> bool:
    return SYMBOL_OPEN in pattern or matches(pattern.lower(), wanted.lower())


def _worded(literal: Literal) -> str | None:
    value = literal.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else None


def _called(name: str, arguments: Sequence[Expression], facts: Facts) -> Truth:
    if name in _STATUS:
        return _STATUS[name]
    if name not in ("startswith", "contains") or len(arguments) != 2:
        return None
    context, prefix = arguments
    if name == "contains" and isinstance(prefix, Context):
        return _among(context, _known(prefix, facts))
    if not isinstance(context, Context) or not isinstance(prefix, Literal):
        return None
    known, wanted = _known(context, facts), _worded(prefix)
    if known is None or wanted is None:
        return None
    fixed = known.partition("*")[0].partition(SYMBOL_OPEN)[0].lower()
    whole = fixed == known.lower()
    if name == "contains":
        return True if wanted.lower() in fixed else False if whole else None
    if fixed.startswith(wanted.lower()):
        return True
    return False if whole or not wanted.lower().startswith(fixed) else None


def _among(listed: Expression, value: str | None) -> Truth:
    """`contains(fromJSON('["OWNER", "MEMBER"]'), github.event.comment.author_association)`."""
    match listed:
        case Call(name="fromjson", arguments=(Literal(value=str() as words),)) | Literal(value=str() as words):
            return None if value is None or "*" in value else f'"{value}"'.lower() in words.lower()
        case _:
            return None


def _known(context: Context, facts: Facts) -> str | None:
    """The pattern of a context; None where nothing is known."""
    if facts.stranger and context.path[:2] == ("github", "event") and (found := _of_strangers(context.path[2:])):
        return found
    pull = facts.ref.startswith("refs/pull/")
    match context.path:
        case ("github", "event_name"):
            return facts.event
        case ("github", "ref"):
            return facts.ref
        case ("github", "ref_name"):
            return None if pull else facts.ref.split("/", 2)[2]
        case ("github", "ref_type"):
            return None if pull else "tag" if facts.ref.startswith("refs/tags/") else "branch"
        case ("github", "repository") if facts.repository:
            return facts.repository
        case ("github", "head_ref" | "base_ref") if not facts.event.startswith("pull_request"):
            return ""
        case ("github", "event", "pull_request", *_) if not facts.event.startswith("pull_request"):
            return ""
        case ("inputs", name) if len(facts.inputs.get(name, ())) == 1:
            value = facts.inputs[name][0]
            return None if SYMBOL_OPEN in value else value
        case _:
            return None


def _of_strangers(path: tuple[str, ...]) -> str:
    """What an event says of a stranger; empty where that is not known.

    `github.actor` is not told: whoever reopens a bot's pull request gets the bot's name there.
    """
    match path:
        case (*_, "author_association"):
            return "NONE"
        case ("pull_request", "head", "repo", "fork") | ("workflow_run", "head_repository", "fork"):
            return "true"
        case ("pull_request", "head", "repo", *_) | ("workflow_run", "head_repository", *_):
            return _STRANGER
        case ("workflow_run", "event"):
            return "pull_request"
        case ("workflow_run", "conclusion"):
            return "success"
        case ("pull_request", "head", "user", *_) | (*_, "user" | "sender", "login"):
            return _STRANGER
        case _:
            return ""


def _compared(tree: Expression) -> Iterator[str]:
    match tree:
        case Binary(operator="==" | "!="):
            sides = (tree.left, tree.right)
            if any(isinstance(side, Context) and side.path in _REFS for side in sides):
                yield from (side.value for side in sides if isinstance(side, Literal) and isinstance(side.value, str))
        case Binary():
            yield from _compared(tree.left)
            yield from _compared(tree.right)
        case Not():
            yield from _compared(tree.operand)
        case _:
            return
