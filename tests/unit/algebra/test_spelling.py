"""Readable spellings of sets of actions, with the real names of AWS."""

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
