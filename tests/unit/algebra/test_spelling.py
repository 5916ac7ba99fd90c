"""Readable spellings of sets of actions, with the real names of AWS."""

from dataclasses import dataclass

from nhilint.algebra.glob import matches
from nhilint.algebra.spelling import Later, spell
from nhilint.data.aws import AwsVocabulary

AWS = AwsVocabulary()


def test_a_list_of_today_is_no_wildcard():
    every = AWS.expand("sqs:*")
    assert spell(every, (), AWS).patterns == tuple(sorted(map(AWS.spell, every)))
    assert spell(every, (Later("sqs:*"),), AWS).patterns == ("sqs:*",)


def test_words_are_taken_where_they_are_exact_and_open():
    names = {*AWS.expand("s3:getobject*"), *AWS.expand("s3:put*"), "s3:listbucket"}
    found = spell(names, (Later("s3:*"),), AWS)
    assert found.patterns == ("s3:GetObject*", "s3:ListBucket", "s3:Put*")
    assert found.unsaid == ("s3:*",)


def test_what_is_spared_is_an_exception_or_bounds_the_wildcards():
    names = set(AWS.expand("ec2:*")) - set(AWS.expand("ec2:describe*"))
    found = spell(names, (Later("ec2:*", ("ec2:describe*",)),), AWS)
    assert (found.patterns, found.exceptions, found.unsaid) == (("ec2:*",), ("ec2:Describe*",), ())
    flat = spell(names, (Later("ec2:*", ("ec2:describe*",)),), AWS, inner=False)
    assert flat.exceptions == ()
    assert "ec2:Accept*" in flat.patterns
    assert flat.unsaid == ("ec2:*",)


def test_everything_but_some_services():
    names = {n for n in AWS.all() if not n.startswith(("iam:", "organizations:"))}
    found = spell(names, (Later("*", ("iam:*", "organizations:*")),), AWS, inner=False)
    assert (found.patterns, found.exceptions) == (("*",), ("iam:*", "organizations:*"))


def test_only_what_is_added_later():
    assert spell((), (Later("s3:*"),), AWS).patterns == ("s3:*",)


@dataclass(frozen=True)
class Few:
    """A vocabulary of a few names, spelled in camel case."""

    names: tuple[str, ...] = (
        "s:Get", "s:GetObject", "s:GetObjectAcl", "s:GetBucket", "s:PutObject", "s:PutBucket", "s:List",
        "s:ListAll", "s:Tag",
        "t:GetIt", "t:PutIt", "t:URL", "t:URLGet", "u:Only",
    )  # fmt: skip
    date: str = "2026-01-01"

    def all(self):
        return tuple(name.lower() for name in self.names)

    def expand(self, pattern):
        return [name for name in self.all() if matches(pattern, name)]

    def spell(self, action):
        head = action.rstrip("*")
        found = next((name[: len(head)] for name in self.names if name.lower().startswith(head)), head)
        return found + action[len(head) :]


FEW = Few()
EVERY = set(FEW.all())


def said(names, *later, inner=True, of=FEW):
    rows = [row if isinstance(row, Later) else Later(row) for row in later]
    found = spell(names, rows, of, inner=inner)
    return [
        *found.patterns,
        *(f"-{pattern}" for pattern in found.exceptions),
        *(f"?{pattern}" for pattern in found.unsaid),
    ]


def names(*patterns, of=FEW):
    return {name for name in of.all() if any(matches(pattern, name) for pattern in patterns)}


GETS = ["s:Get", "s:GetBucket", "s:GetObject", "s:GetObjectAcl"]


def test_a_wildcard_is_written_where_all_that_it_means_belongs_and_what_is_added_later_too():
    assert said(names("s:get*"), "s:get*") == ["s:Get*"]
    assert said(names("s:get*"), "s:*") == ["s:Get*", "?s:*"]
    assert said(names("s:get*")) == GETS
    assert said(names("s:*"), "s:*") == ["s:*"]
    assert said(names("s:*"), "s:get*") == ["s:Get*", "s:List", "s:ListAll", "s:PutBucket", "s:PutObject", "s:Tag"]
    assert said(EVERY, "*") == ["*"]
    assert said(names("u:*"), "u:*") == ["u:*"]
    assert said({"s:getbucket"}, "s:getbucket*") == ["s:GetBucket*"]


def test_words_begin_with_a_capital_and_mean_two_names_at_least():
    assert said(names("s:getobject*"), "s:*") == ["s:GetObject*", "?s:*"]
    assert said(names("s:put*", "s:list*"), "s:*") == ["s:List*", "s:Put*", "?s:*"]
    assert said({"s:getobject", "s:getbucket"}, "s:*") == ["s:GetBucket", "s:GetObject", "?s:*"]
    assert said({"t:url", "t:urlget"}, "t:*", inner=False) == ["t:URL", "t:URLGet", "?t:*"]
    assert said({"s:putobject"}, "s:*") == ["s:PutObject", "?s:*"]
    # A pattern that means a name of another word is no word.
    away = Few(names=(*FEW.names, "s:Getaway"))
    assert said(names("s:get*"), "s:*", of=away) == ["s:Get", "s:GetBucket", "s:GetObject*", "?s:*"]
    assert said(names("s:get*", of=away), "s:get*", of=away) == ["s:Get*"]


def test_exceptions_where_they_are_shorter():
    assert said(names("s:*") - {"s:list"}, "s:*") == ["s:*", "-s:List"]
    assert said(names("s:*") - {"s:list"}, "s:*", inner=False) == ["s:Get*", "s:ListAll", "s:Put*", "s:Tag", "?s:*"]
    assert said(EVERY - {"s:list"}, "*") == ["*", "-s:List"]
    assert said(EVERY - {"s:list"}, "*", inner=False) == ["*", "-s:List"]
    assert said(names("s:get*") - {"s:getobjectacl"}, "s:get*") == ["s:Get*", "-s:GetObjectAcl"]
    assert said({"s:list"}, "s:*") == ["s:List", "?s:*"]
    # Two words are no longer than everything but one.
    assert said(names("t:*") - {"t:putit"}, "t:*") == ["t:*", "-t:PutIt"]
    assert said(names("u:*", "t:putit"), "u:*", "t:*") == ["t:PutIt", "u:*", "?t:*"]


def test_what_is_spared_is_an_exception_or_bounds_what_is_written():
    spared = Later("s:*", ("s:get*",))
    assert said(names("s:*") - names("s:get*"), spared) == ["s:*", "-s:Get*"]
    assert said(names("s:*"), spared) == [*GETS, "s:List*", "s:Put*", "s:Tag", "?s:*"]
    assert said(names("s:*"), Later("s:*", ("s:new*",))) == ["s:*", "-s:new*"]
    assert said(EVERY - names("t:get*"), Later("*", ("t:get*",))) == ["*", "-t:Get*"]
    everything = Later("*", ("s:*", "t:get*"))
    assert said(EVERY - names("s:*", "t:get*"), everything) == ["t:*", "u:*", "-t:Get*", "?*"]
    assert said(EVERY - names("s:*"), everything)[-1] == "?*"
    assert said(EVERY - names("*:get*"), Later("*", ("*:get*",))) == ["*", "-*:get*"]


def test_what_an_exception_takes_from_another_row_is_unsaid():
    rows = (Later("*"), Later("*", ("t:get*",)))
    assert said(EVERY - names("t:get*"), *rows) == ["*", "-t:Get*", "?*"]
    assert said(EVERY - names("t:get*"), rows[1]) == ["*", "-t:Get*"]


def test_several_services_are_written_each_for_itself():
    assert said(names("s:*", "u:*"), "s:*", "u:*") == ["s:*", "u:*"]
    assert said(names("s:*") | {"t:url"}, "s:*") == ["s:*", "t:URL"]
    assert said(names("s:get*", "t:*"), "*") == ["s:Get*", "t:*", "?*"]
    but_one = names("s:*", "t:*") - {"s:list", "t:url"}
    assert said(but_one, "s:*", "t:*") == ["s:*", "t:*", "-s:List", "-t:URL"]


def test_without_known_names_the_later_patterns_are_all_there_is():
    assert said((), "s:new*", Later("t:*", ("t:x*",))) == ["s:new*", "t:*"]
    assert said({"v:unknown"}) == ["v:unknown"]
    assert said(names("u:*"), "v:*") == ["u:Only", "v:*"]
