"""The access graph of a large estate: building it, every path to more power, and warm questions to `who-can`.

    python benchmarks/bench_graph.py [--identities 5000] [--grants 50000] [--workflows 200] [--seed 5] [--questions 60]

The estate is written as files and read by the real pipeline; reading is printed and not part of the bars. Beside the
figures stands what the plainest way costs in the same run: reach by one search for each node with networkx, and `can`
asked of each identity in turn. The plain answers must be the same.
"""

from __future__ import annotations

import argparse
import gc
import random
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.estate import ACCOUNT, Size, arguments, role_name, size_of, write
from nhilint.catalog.model import EMPTY_CATALOG
from nhilint.engine import Analysis, Options, Policies, Question, Wanted, analyze, can, who_can
from nhilint.graph.walks import closure
from nhilint.sources.folder import FolderTree
from nhilint.sources.load import LoadOptions, load

_PLAIN = 3
_ASKED = 40
"""Questions that are put to so many identities in turn as well."""


def memory() -> float:
    """The most this process has used, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def read(size: Size) -> Analysis:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), size)
        start = time.process_time()
        loaded = load(FolderTree(folder), LoadOptions())
        options = Options(today="2026-11-25")
        analysis = analyze(loaded.documents, unresolved=loaded.unresolved, catalog=EMPTY_CATALOG, options=options)
    snapshot = analysis.snapshot
    grants = sum(map(len, snapshot.grants.values()))
    print(f"read: {time.process_time() - start:.1f} CPU-s, {memory():.0f} MiB")
    print(f"estate: {len(snapshot.identities)} identities, {grants} grants, {size.workflows} workflows")
    return analysis


def graph(analysis: Analysis) -> None:
    start = time.process_time()
    built = analysis.graph
    middle = time.process_time()
    paths = analysis.paths
    end = time.process_time()
    print(
        f"graph: {middle - start:.2f} CPU-s for {len(built.nodes)} nodes and {len(built.edges)} edges; "
        f"{len(paths)} paths in {end - middle:.2f} CPU-s; together {end - start:.2f} (bar 20), "
        f"{memory():.0f} MiB (bar 1024){'; ' + built.truncated if built.truncated else ''}"
    )


def reach(analysis: Analysis) -> None:
    import networkx

    built = analysis.graph
    start = time.process_time()
    bits = closure(built.nodes, built.edges)
    ours = time.process_time() - start
    peer = networkx.DiGraph((edge.source, edge.target) for edge in built.edges)
    peer.add_nodes_from(built.nodes)
    start = time.process_time()
    counts = {node: len(networkx.descendants(peer, node)) for node in built.nodes}
    theirs = time.process_time() - start
    wrong = [
        node for node in built.nodes if (bits[node] & ~(1 << list(built.nodes).index(node))).bit_count() != counts[node]
    ]
    assert not wrong, wrong[:3]
    print(f"reach of every node: {ours:.2f} CPU-s, one search each {theirs:.2f} CPU-s ({theirs / ours:.0f} times)")


def questions(size: Size, count: int) -> list[tuple[str, str]]:
    chance = random.Random(size.seed + 1)
    forms = (
        ("s3:GetObject", "arn:aws:s3:::{n}/key"),
        ("s3:PutObject", "arn:aws:s3:::{n}/in/key"),
        ("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:{{n}}"),
        ("dynamodb:GetItem", f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/{{n}}"),
        ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:{{n}}-abcdef"),
        ("lambda:InvokeFunction", f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:{{n}}"),
        ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/{{r}}"),
        ("get", "team-{t}:secrets=db"),
        ("create", "team-{t}:pods"),
        ("patch", "team-{t}:deployments.apps=web"),
    )
    found = []
    for at in range(count):
        action, form = forms[at % len(forms)]
        spaces = max(1, size.accounts // 20)
        number, team = chance.randrange(20_000), chance.randrange(spaces)
        role = role_name(chance.randrange(size.roles))
        found.append((action, form.format(n=f"thing-{number:05}", t=f"{team:03}", r=role)))
    return found


def ask(analysis: Analysis, size: Size, count: int) -> None:
    start = time.process_time()
    for platform in ("aws", "kubernetes"):
        analysis.answering(platform)
    _ = analysis.graph.walks
    # As the command does before it answers.
    gc.collect()
    gc.freeze()
    print(f"who-can: {time.process_time() - start:.2f} CPU-s to get ready, {memory():.0f} MiB")
    took: list[tuple[float, str, int]] = []
    asked = questions(size, count)
    for action, where in asked:
        start = time.process_time()
        value = who_can(analysis, Wanted(action=action, resource=where))
        took.append((1000 * (time.process_time() - start), f"{action} on {where}", len(value["holders"])))
    worst = max(took)
    print(
        f"who-can, warm: median {statistics.median(one for one, _, _ in took):.1f} CPU-ms, worst {worst[0]:.1f} ms "
        f"({worst[1]}, {worst[2]} holders), {len(took)} questions (bar 50 ms)"
    )
    plain = []
    for action, where in asked[:: max(1, len(asked) // _PLAIN)][:_PLAIN]:
        platform = "aws" if ":" in action else "kubernetes"
        question = Question(principal="", action=action, resource=where)
        own = [k for k, one in analysis.snapshot.identities.items() if one.platform == platform and one.bound]
        start = time.process_time()
        some = own[:: max(1, len(own) // _ASKED)]
        allowed = {key for key in some if can(analysis, key, question, Policies())["decision"] == "allowed"}
        plain.append(1000 * (time.process_time() - start) * len(own) / len(some))
        found = {row["key"] for row in who_can(analysis, Wanted(action=action, resource=where))["holders"]}
        assert found & set(some) == allowed, (action, where)
    ratio = statistics.mean(plain) / statistics.mean(one for one, _, _ in took)
    print(
        f"`can` of each in turn: {statistics.mean(plain):.0f} ms a question, from every n-th identity "
        f"({ratio:.0f} times as long); the answers about these are the same"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments(parser)
    parser.add_argument("--questions", type=int, default=60)
    given = parser.parse_args()
    size = size_of(given)
    analysis = read(size)
    graph(analysis)
    reach(analysis)
    ask(analysis, size, given.questions)


if __name__ == "__main__":
    main()
