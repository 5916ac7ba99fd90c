"""Containment of 64 pairs of policies, decided by nhilint and by an SMT solver (z3) in the same run: the ratio.

Needs z3-solver. Half of the pairs are random, half AWS managed policies. z3 gets one second a pair; a time-out counts
as that second, so the ratio is a lower bound. Run from the root of the checkout: `python -m benchmarks.bench_z3`.
"""

import time

from nhilint.algebra.prove import compare
from nhilint.algebra.values import Exceeds
from nhilint.data.aws import AwsVocabulary
from nhilint.platforms.aws import SEGMENTS
from tests.differential.pairs import managed_pairs, permissions, random_pairs
from tests.spec import smt

MILLISECONDS = 1_000


def main():
    pairs = [*random_pairs(32, seed=1), *managed_pairs(32, seed=1)]
    read = [(permissions(candidate), permissions(reference)) for candidate, reference in pairs]
    vocabulary = AwsVocabulary()
    started = time.process_time()
    mine = [compare(candidate, reference, vocabulary, segments=SEGMENTS, first=True) for candidate, reference in read]
    ours = time.process_time() - started
    started, late, wrong = time.process_time(), 0, 0
    for (candidate, reference), verdict in zip(pairs, mine, strict=True):
        found = smt.beyond(candidate, reference, MILLISECONDS)
        late += found is None
        wrong += found is not None and bool(found) != isinstance(verdict, Exceeds)
    theirs = time.process_time() - started
    print(f"{len(pairs)} pairs: nhilint {ours:.3f} CPU-s (service data read in that time), z3 {theirs:.1f} CPU-s")
    print(f"ratio {theirs / ours:.0f}x (budget 30x); {late} not answered by z3 in its second; {wrong} other answers")


if __name__ == "__main__":
    main()
