"""Every ordered pair of the AWS managed policies decided on one core: counts, CPU-seconds, memory. Run it as a script.

Budget: 120 CPU-s, 400 MiB, undecided at most 0.02 %. Of the pairs that the action names settle, a sample is proved by
its witness; `--all` proves every one of them (slower).
"""

import gc
import json
import random
import resource
import sys
import time
from collections import Counter

from nhilint.algebra.shelf import Shelf
from nhilint.algebra.values import Covered, Exceeds, Permissions, Undecided
from nhilint.data.aws import AwsVocabulary
from nhilint.data.pack import open_pack
from nhilint.model.node import Scalar
from nhilint.model.span import Span
from nhilint.platforms.aws import SEGMENTS, read_policy


def policies():
    """Name to permissions of all managed policies that the pack holds."""
    found = {}
    pack = open_pack("managed.pack")
    for bucket in pack.names():
        for name, row in pack.block(bucket).items():
            text = Scalar(json.dumps(row["document"]), Span("", 0))
            statements, unresolved = read_policy(text, attached_to="identity", grant=name)
            assert not unresolved, (name, unresolved)
            found[name] = Permissions(dimensions=("resource",), statements=statements)
    return found


def main():
    start = time.process_time()
    sets = policies()
    shelf = Shelf(sets, AwsVocabulary(), segments=SEGMENTS)
    # The policies stay to the end: the collector's walks over all of them are no part of a decision.
    gc.freeze()
    counts, reasons, slow, rng = Counter(), Counter(), [], random.Random(1)
    prove_all = "--all" in sys.argv
    for candidate in sets:
        for reference in sets:
            if candidate == reference:
                assert isinstance(shelf.verdict(candidate, reference), Covered)
                continue
            if shelf.exceeds_by_name(candidate, reference):
                counts["exceeds by an action name"] += 1
                if prove_all or rng.random() < 0.01:
                    assert shelf.witness_by_name(candidate, reference) is not None
                    counts["(of these proved by a witness here)"] += 1
                continue
            began = time.process_time()
            verdict = shelf.verdict(candidate, reference, first=True)
            slow.append((time.process_time() - began, candidate, reference))
            match verdict:
                case Covered():
                    counts["covered"] += 1
                case Exceeds():
                    counts["exceeds"] += 1
                case Undecided():
                    counts["undecided"] += 1
                    reasons.update(reason.kind for reason in verdict.reasons)
    spent = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pairs = len(sets) * (len(sets) - 1)
    print(f"{len(sets)} policies, {pairs} ordered pairs: {dict(counts)}")
    print(f"undecided {counts['undecided'] / pairs:.4%} (budget 0.02 %): {dict(reasons)}")
    print(f"{spent:.1f} CPU-s (budget 120), {memory:.0f} MiB (budget 400)")
    slow.sort(reverse=True)
    middle, (worst, *names) = slow[len(slow) // 2][0], slow[0]
    print(f"{len(slow)} decided by the prover: median {middle * 1e3:.2f} ms of CPU, worst {worst * 1e3:.1f} ms {names}")


if __name__ == "__main__":
    main()
