"""Makes Terraform expressions of a wanted type from a seed; knows the language, but not what an expression is worth."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.differential.terraform_arguments import CALLS, POOLS

PRIMITIVES = ("string", "number", "bool")
NAMES = ("a", "b", "k_1", "name")
KEYS = ("a", "b", '"k-1"', '"ä b"', '(upper("c"))', "1")
OPERATORS = {"number": ("+", "-", "*", "/", "%"), "bool": ("&&", "||"), "compare": ("<", ">", "<=", ">=")}


@dataclass(frozen=True, slots=True)
class Case:
    """One generated expression."""

    subject: str
    """The function or construct that it is about."""
    expression: str
    unknown: bool = False
    """Whether it has parts that are not known before apply."""


def quoted(value: str) -> str:
    """A string as a quoted literal."""
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        value = value.replace(plain, escaped)
    return '"' + value.replace("${", "$${").replace("%{", "%%{") + '"'


class Generator:
    """A stream of expressions; the same seed gives the same stream."""

    def __init__(self, seed: int, *, unknown: float = 0.0) -> None:
        self.random = random.Random(seed)
        self.unknown = unknown
        """How often a leaf is unknown before apply."""
        self.bound: list[tuple[str, str]] = []
        """Names of enclosing `for` expressions, with their kind."""
        self.makers: dict[str, Callable[[int], str]] = {
            "string": self.string,
            "number": self.number,
            "bool": self.boolean,
            "list": self.listing,
            "set": lambda depth: f"toset({self.listing(depth)})",
            "map": self.mapping,
            "tuple": self.tupled,
            "object": self.objected,
        }

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def pick(self, pool: str) -> str:
        """A literal of a pool of `terraform_arguments.py`; strings are quoted here."""
        value = self.random.choice(POOLS[pool])
        return quoted(value) if isinstance(value, str) else value.written

    def any(self, depth: int) -> str:
        kinds = ["string", "string", "number", "bool", "list", "tuple", "object", "map", "set"]
        return self.of(self.random.choice(kinds if depth > 0 else kinds[:4]), depth)

    def of(self, kind: str, depth: int) -> str:
        """An expression of a kind; now and then null, sensitive, conditional, unknown or wrapped."""
        roll = self.random.random()
        if roll < self.unknown:
            return self.unknown_of(kind)
        if roll > 0.985:
            return "null"
        maker = self.makers[kind]
        if depth > 0 and roll > 0.93:
            return f"({self.boolean(depth - 1)} ? {self.of(kind, depth - 1)} : {self.of(kind, depth - 1)})"
        if depth > 0 and roll > 0.91:
            return f"try({self.failing(depth - 1)}, {maker(depth - 1)})"
        if roll > 0.90:
            return f"sensitive({maker(depth)})"
        return maker(depth)

    def unknown_of(self, kind: str) -> str:
        source = f"terraform_data.{kind}.output"
        wrap = {"string": "tostring", "number": "tonumber", "bool": "tobool", "list": "tolist", "map": "tomap"}
        if kind == "set":
            return "toset(terraform_data.list.output)"
        if kind == "string" and self.chance(0.3):
            return "module.typed.string"
        return f"{wrap[kind]}({source})" if kind in wrap and self.chance(0.6) else source

    def failing(self, depth: int) -> str:
        return self.random.choice(
            [
                'tonumber("x")',
                "{ a = 1 }.b",
                "[][0]",
                "1 / 0",
                '"${[]}"',
                "element([], 0)",
                f"tobool({self.number(0)})",
                f'{{ for x in ["a", "a"] : x => {self.number(0)} }}',
                f"{self.string(depth)} + 1",
                'regex("b", "a")',
            ]
        )

    def variable(self, kind: str) -> str:
        names = [name for name, of in self.bound if of == kind]
        return self.random.choice(names) if names and self.chance(0.6) else ""

    def string(self, depth: int) -> str:
        bound = self.variable("string")
        if bound:
            return bound
        if depth <= 0 or self.chance(0.35):
            return self.pick("string")
        form = self.random.randrange(8)
        if form == 0:
            return self.template(depth - 1)
        if form == 1:
            return self.random.choice(("var.typed.a", "var.typed.nested.d", 'var.strings["a"]', "path.module"))
        if form == 2:
            return f"{self.random.choice(('upper', 'lower', 'trimspace', 'tostring'))}({self.of('string', depth - 1)})"
        if form == 3:
            return f"join({self.pick('separator')}, {self.of('list', depth - 1)})"
        if form == 4:
            return f"({self.of('bool', depth - 1)} ? {self.of('string', depth - 1)} : {self.any(depth - 1)})"
        if form == 5:
            return f"[{self.string(depth - 1)}, {self.string(depth - 1)}][{self.random.randrange(3)}]"
        if form == 6:
            return f"{{ a = {self.string(depth - 1)} }}.a"
        return self.pick("string")

    def template(self, depth: int) -> str:
        parts = []
        for _ in range(self.random.randrange(1, 4)):
            form = self.random.randrange(5)
            tilde, other = self.random.choice(("", "~")), self.random.choice(("", "~"))
            if form == 0:
                parts.append(self.random.choice(("x ", " y", "$${z}", "%%{w}", "\\n", "$", "%", "é", "  ")))
            elif form in (1, 2):
                parts.append(
                    f"${{{tilde}{self.random.choice((self.string, self.number, self.boolean))(depth)}{other}}}"
                )
            elif form == 3:
                inner = f"%{{ else }} {self.random.choice(('n', ''))}" if self.chance(0.5) else ""
                parts.append(f" %{{{tilde} if {self.boolean(depth)} {other}}} t {inner}%{{{tilde} endif {other}}} ")
            else:
                parts.append(
                    f"%{{ for i, v in {self.listing(depth)} {other}}} ${{i}}=${{jsonencode(v)}} %{{ endfor {tilde}}}"
                )
        return '"' + " ".join(parts) + '"'

    def heredoc(self, depth: int) -> str:
        dash = self.random.choice(("", "-"))
        indent = "  " if dash else ""
        lines = [
            self.random.choice(
                ("plain", "  deep", "", "\ttab", f"v=${{{self.string(depth)}}}", "%{ if true ~}", "$${x}")
            )
            for _ in range(self.random.randrange(1, 5))
        ]
        ends = ["%{ endif ~}" for line in lines if line.startswith("%{ if")]
        body = "".join(f"{indent}{line}\n" for line in [*lines, *ends])
        return f"<<{dash}EOT\n{body}{indent}EOT\n"

    def number(self, depth: int) -> str:
        bound = self.variable("number")
        if bound:
            return bound
        if depth <= 0 or self.chance(0.3):
            return self.pick("number")
        form = self.random.randrange(5)
        if form <= 2:
            return f"({self.number(depth - 1)} {self.random.choice(OPERATORS['number'])} {self.number(depth - 1)})"
        if form == 3:
            return f"length({self.random.choice((self.string, self.listing, self.mapping))(depth - 1)})"
        return f"-{self.number(depth - 1)}"

    def boolean(self, depth: int) -> str:
        if depth <= 0 or self.chance(0.3):
            return self.random.choice(("true", "false", "true", "false", '"true"', "var.flag"))
        form = self.random.randrange(6)
        if form == 0:
            return f"({self.boolean(depth - 1)} {self.random.choice(OPERATORS['bool'])} {self.boolean(depth - 1)})"
        if form == 1:
            return f"({self.number(depth - 1)} {self.random.choice(OPERATORS['compare'])} {self.number(depth - 1)})"
        if form == 2:
            kind = self.random.choice(list(self.makers))
            return f"({self.of(kind, depth - 1)} {self.random.choice(('==', '!='))} {self.of(kind, depth - 1)})"
        if form == 3:
            return f"({self.any(depth - 1)} {self.random.choice(('==', '!='))} {self.any(depth - 1)})"
        if form == 4:
            return f"can({self.random.choice((self.failing, self.any))(depth - 1)})"
        return f"!{self.boolean(depth - 1)}"

    def items(self, depth: int, kinds: list[str]) -> str:
        count = self.random.choice((0, 1, 2, 2, 3))
        return ", ".join(self.of(self.random.choice(kinds), depth - 1) for _ in range(count))

    def tupled(self, depth: int) -> str:
        return f"[{self.items(depth, ['string', 'number', 'bool', *(['list', 'object'] if depth > 0 else [])])}]"

    def listing(self, depth: int) -> str:
        form = self.random.randrange(9)
        if depth <= 0 or form == 0:
            return f"[{self.items(depth, [self.random.choice(PRIMITIVES)])}]"
        if form in (1, 2):
            return self.for_list(depth - 1)
        if form == 3:
            return f"[{self.items(depth, ['object'])}][*].a"
        if form == 4:
            return f"tolist([{self.items(depth, ['string', 'number'])}])"
        if form == 5:
            return self.random.choice(("var.numbers", "var.typed.list", "var.objects[*].n", "keys(var.strings)"))
        if form == 6:
            return f"split({self.pick('separator')}, {self.string(depth - 1)})"
        if form == 7:
            return f"{self.of('list', depth - 1)}[*]"
        return f"[{self.items(depth, [self.random.choice(('list', 'map', 'object'))])}]"

    def source(self, depth: int) -> str:
        return self.random.choice((self.listing, self.listing, self.mapping, self.makers["set"]))(depth)

    def for_list(self, depth: int) -> str:
        coll = self.source(depth)
        key = self.chance(0.4)
        self.bound += [("v", "string")] if self.chance(0.5) else []
        had = len(self.bound)
        body = self.random.choice(("v", "[v]", self.string(depth), "{ v = v }", "jsonencode(v)"))
        del self.bound[max(0, had - 1) :]
        condition = f" if {self.boolean(depth)}" if self.chance(0.3) else ""
        return f"[for {'k, ' if key else ''}v in {coll} : {'[k, ' + body + ']' if key else body}{condition}]"

    def for_object(self, depth: int) -> str:
        coll = self.source(depth)
        group = self.random.choice(("", "", "..."))
        key = self.random.choice(('"k${k}"', "k", "jsonencode(v)", '"same"' if group else '"x${k}"'))
        condition = f" if {self.boolean(depth)}" if self.chance(0.3) else ""
        return f"{{ for k, v in {coll} : {key} => {self.random.choice(('v', '[v]', 'k'))}{group}{condition} }}"

    def pairs(self, depth: int, kinds: list[str]) -> str:
        count = self.random.choice((0, 1, 2, 2, 3))
        keys = self.random.sample(KEYS, count)
        return ", ".join(f"{key} = {self.of(self.random.choice(kinds), depth - 1)}" for key in keys)

    def objected(self, depth: int) -> str:
        return f"{{ {self.pairs(depth, ['string', 'number', 'bool', *(['list', 'object'] if depth > 0 else [])])} }}"

    def mapping(self, depth: int) -> str:
        form = self.random.randrange(6)
        if depth <= 0 or form <= 1:
            return f"{{ {self.pairs(depth, [self.random.choice(PRIMITIVES)])} }}"
        if form == 2:
            return self.for_object(depth - 1)
        if form == 3:
            return f"tomap({{ {self.pairs(depth, ['string', 'number'])} }})"
        if form == 4:
            return self.random.choice(("var.strings", "var.typed", "var.typed.nested", "local.m"))
        return f"merge({self.mapping(depth - 1)}, {self.mapping(depth - 1)})"

    def argument(self, kind: str, depth: int) -> str:
        """An argument for a parameter: a pool, a kind of value, or once in a while something that does not fit."""
        if self.chance(0.04):
            return self.any(1)
        if self.chance(self.unknown):
            return self.unknown_of(kind if kind in self.makers else "string")
        if kind in POOLS and (kind not in self.makers or self.chance(0.7)):
            return self.pick(kind)
        if kind == "any":
            return self.any(depth)
        if kind == "heredoc":
            return self.heredoc(depth)
        return self.of(kind, depth)

    def call(self, name: str, depth: int = 2) -> Case:
        """One call of a function."""
        form = self.random.choice(CALLS[name])
        args = [part for part in form.split() if part != "*"]
        if form.endswith("*"):
            args = args[:-1] + [args[-1]] * self.random.choice((0, 1, 1, 2, 3))
        written = [self.argument(kind, self.random.randrange(depth + 1)) for kind in args]
        if written and self.chance(0.01):
            written.pop()
        if written and form.endswith("*") and self.chance(0.1):
            written = [*written[:-1], f"[{written[-1]}]..."]
        return Case(name, f"{name}({', '.join(written)})", self.unknown > 0)

    def construct(self) -> Case:
        """One expression that is about the language, not about a function."""
        forms: dict[str, Callable[[int], str]] = {
            "template": self.template,
            "conditional": lambda depth: f"{self.boolean(depth)} ? {self.any(depth)} : {self.any(depth)}",
            "for list": self.for_list,
            "for object": self.for_object,
            "operator": self.random.choice((self.number, self.boolean)),
            "equality": lambda depth: f"{self.any(depth)} == {self.any(depth)}",
            "splat": lambda depth: f"{self.any(depth)}[*]",
            "index": lambda depth: f"{self.listing(depth)}[{self.any(0)}]",
            "key": lambda depth: f"{self.mapping(depth)}[{self.any(0)}]",
            "attribute": lambda depth: f"{self.mapping(depth)}.{self.random.choice(('a', 'b', 'c'))}",
            "value": self.any,
            "declared": lambda _: self.pick("variable"),
        }
        if self.unknown == 0:
            forms["heredoc"] = self.heredoc
        name = self.random.choice(sorted(forms))
        return Case(name, forms[name](self.random.randrange(1, 4)), self.unknown > 0)
