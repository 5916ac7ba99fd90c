"""Generates `aws_iam_policy_document` data sources: everything the provider reads, in random combinations."""

import json
import random

ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:*", "ec2:Describe*", "iam:PassRole", "sqs:SendMessage", "kms:Decrypt"]
RESOURCES = [
    "*", "arn:aws:s3:::b/*", "arn:aws:s3:::b", "arn:aws:iam::111122223333:role/&{aws:username}", "arn:aws:sqs:*:*:q",
    "arn:aws:s3:::h/$${aws:username}/*",
]  # fmt: skip
TYPES = ["AWS", "AWS", "Service", "Federated", "*", "CanonicalUser"]
IDENTIFIERS = ["*", "arn:aws:iam::111122223333:root", "ec2.amazonaws.com", "444455556666", "arn:aws:iam::1:role/&{a}"]
TESTS = ["StringEquals", "StringLike", "Bool", "NumericLessThan", "ForAnyValue:StringLike", "ArnLike"]
KEYS = ["aws:SourceVpc", "aws:PrincipalOrgID", "s3:prefix", "aws:SecureTransport", "aws:username"]
VALUES = ["a", "b*", "true", "&{aws:username}", "3600", ""]
SIDS = ["", "One", "Two", "Three", "Four", "Five"]


class Generator:
    """The text of a configuration; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.names: list[str] = []

    def configuration(self, count: int) -> str:
        """`count` data sources, later ones over earlier ones."""
        return "".join(self.document(f"d{number}") for number in range(count))

    def document(self, name: str) -> str:
        """One data source."""
        pick = self.random.random
        lines = [f'data "aws_iam_policy_document" "{name}" {{']
        if pick() < 0.2:
            lines.append(f'  policy_id = "{name}"')
        old = pick() < 0.15
        if old:
            lines.append('  version = "2008-10-17"')
        elif pick() < 0.2:
            lines.append('  version = "2012-10-17"')
        sids = self.random.sample(SIDS[1:], self.random.randint(0, 5))
        for number in range(self.random.choice([0, 1, 1, 2, 3, 4])):
            # The provider refuses a Sid that stands twice in one document.
            lines += self.statement(sids[number] if number < len(sids) and pick() < 0.6 else "", old)
        if pick() < 0.3:
            lines += self.dynamic()
        for kind in ("override_policy_documents", "source_policy_documents"):
            if pick() < 0.35:
                # Of the sources, all Sids together have to be different: one with statements is enough here.
                several = self.random.randint(0, 3) if kind.startswith("override") else self.random.randint(0, 1)
                lines.append(f"  {kind} = [{', '.join(self.other() for _ in range(several))}]")
        if pick() < 0.1:
            taken = any(line.startswith("  source_policy_documents") for line in lines)
            single = "override_json" if taken else self.random.choice(["source_json", "override_json"])
            lines.append(f"  {single} = {self.other()}")
        self.names.append(name)
        return "\n".join([*lines, "}", ""])

    def other(self) -> str:
        """A policy text: that of an earlier data source, or one that is written out."""
        if self.names and self.random.random() < 0.6:
            return f"data.aws_iam_policy_document.{self.random.choice(self.names[-20:])}.json"
        return f"jsonencode({self.written()})"

    def written(self) -> str:
        """A policy as an author writes it."""
        pick = self.random.random
        body: dict[str, object] = {}
        if pick() < 0.8:
            body["Version"] = self.random.choice(["2012-10-17", "2008-10-17"])
        if pick() < 0.2:
            body["Id"] = "written"
        sids = self.random.sample(SIDS[1:], 4)
        body["Statement"] = [self.written_statement(sids[n]) for n in range(self.random.randint(0, 3))]
        return json.dumps(body)

    def written_statement(self, sid: str) -> dict[str, object]:
        pick = self.random.random
        row: dict[str, object] = {"Effect": self.random.choice(["Allow", "Deny"])}
        if pick() < 0.6:
            row["Sid"] = sid
        row[self.random.choice(["Action", "Action", "NotAction"])] = self.one_or_more(ACTIONS)
        if pick() < 0.9:
            resources = [one for one in RESOURCES if "{" not in one]
            row[self.random.choice(["Resource", "Resource", "NotResource"])] = self.one_or_more(resources)
        if pick() < 0.4:
            everybody = self.random.choice(["*", {"AWS": "*"}, {"*": "*"}])
            named = {kind: self.one_or_more(IDENTIFIERS[:4]) for kind in self.random.sample(TYPES[1:4], 2)}
            row[self.random.choice(["Principal", "NotPrincipal"])] = self.random.choice([everybody, named])
        if pick() < 0.4:
            row["Condition"] = {
                test: {key: self.one_or_more(["a", "b*", "true", ""]) for key in self.random.sample(KEYS, 2)}
                for test in self.random.sample(TESTS, self.random.randint(1, 2))
            }
        return row

    def one_or_more(self, values: list[str]) -> object:
        """One value, or a list of some, in any order."""
        chosen = self.random.choices(values, k=self.random.randint(1, 4))
        return chosen[0] if self.random.random() < 0.5 else chosen

    def listed(self, values: list[str], most: int = 4) -> str:
        """A list in the configuration, with values that stand twice, or none."""
        chosen = self.random.choices(values, k=self.random.randint(0 if self.random.random() < 0.1 else 1, most))
        return "[" + ", ".join(f'"{one}"' for one in chosen) + "]"

    def statement(self, sid: str, old: bool) -> list[str]:
        """A `statement` block."""
        return ["  statement {", *("    " + line for line in self.content(sid, old)), "  }"]

    def content(self, sid: str, old: bool) -> list[str]:
        pick = self.random.random
        # `&{` needs the newer version.
        plain = (lambda values: [one for one in values if "&{" not in one]) if old else (lambda values: values)
        lines = [f'sid = "{sid}"'] if sid or pick() < 0.1 else []
        if pick() < 0.5:
            lines.append(f'effect = "{self.random.choice(["Allow", "Deny"])}"')
        lines.append(f"{self.random.choice(['actions', 'actions', 'not_actions'])} = {self.listed(ACTIONS)}")
        if pick() < 0.9:
            name = self.random.choice(["resources", "resources", "not_resources"])
            lines.append(f"{name} = {self.listed(plain(RESOURCES))}")
        for name in ("principals", "not_principals"):
            for _ in range(self.random.choice([0, 0, 0, 1, 2])):
                kind, identifiers = self.random.choice(TYPES), self.listed(plain(IDENTIFIERS), 3)
                lines.append(f'{name} {{\n      type = "{kind}"\n      identifiers = {identifiers}\n    }}')
        for _ in range(self.random.choice([0, 0, 1, 2, 3])):
            test, key = self.random.choice(TESTS), self.random.choice(KEYS)
            values = self.random.choice([self.listed(plain(VALUES)), "[1, true]", '[2.50, "x"]', "[false]"])
            lines.append(
                f'condition {{\n      test = "{test}"\n      variable = "{key}"\n      values = {values}\n    }}'
            )
        return lines

    def dynamic(self) -> list[str]:
        """Statements that a loop makes."""
        each = json.dumps([self.random.choice(ACTIONS) for _ in range(self.random.randint(0, 3))])
        return [
            '  dynamic "statement" {', f"    for_each = {each}", "    content {",
            "      actions = [statement.value]", '      resources = ["arn:aws:s3:::loop-${statement.key}"]', "    }",
            "  }",
        ]  # fmt: skip
