"""64 pairs of policies that z3 is asked about as well: no wrong answer; where its time is up it has none."""

from collections import Counter

from nhilint.algebra.prove import compare
from nhilint.algebra.values import Covered, Exceeds
from nhilint.data.aws import AwsVocabulary
from tests.differential.pairs import managed_pairs, permissions, random_pairs
from tests.spec import aws, smt

MILLISECONDS = 1_000


def test_z3_gives_no_other_answer(capsys):
    seen = Counter()
    for candidate, reference in (*random_pairs(32, seed=1), *managed_pairs(32, seed=1)):
        verdict = type(compare(permissions(candidate), permissions(reference), AwsVocabulary()))
        assert verdict in (Covered, Exceeds)
        found = smt.beyond(candidate, reference, MILLISECONDS)
        if found is None:
            seen["time is up"] += 1
            continue
        seen[verdict.__name__] += 1
        assert (verdict is Exceeds) == bool(found), (candidate, reference, found)
        if found:
            # The encoding's own witness, before the evaluator of single requests.
            assert aws.allowed([candidate], *found), found
            assert not aws.allowed([reference], *found), found
    with capsys.disabled():
        print(f"\nz3: 64 pairs, {MILLISECONDS} ms each: {dict(seen)}")
    assert seen["time is up"] < 32
    assert min(seen["Covered"], seen["Exceeds"]) > 5
