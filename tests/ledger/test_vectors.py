"""The cases that both languages check, made again; and thousands more, made on the fly, that Python checks."""

import json
import random

from tests.vectors import log_scene, make_log
from tests.vectors.make_py import text_of
from upstander.ledger import merkle

KEPT = json.loads(make_log.FILE.read_text("utf-8"))


def test_the_cases_are_made_again_without_a_difference():
    assert text_of(make_log.log_json()) == text_of(KEPT)


def test_there_are_enough_of_both_kinds_and_the_file_is_small():
    assert make_log.FILE.stat().st_size < 300_000
    verdicts = [
        case["ok"] for cases in KEPT.values() if isinstance(cases, list) for case in cases if "ok" in case
    ]
    assert verdicts.count(True) > 80
    assert verdicts.count(False) > 250


def test_thousands_of_proofs_on_the_fly():
    """Made from stored trees, which is other code than what checks them; near misses must all be refused."""
    pick = random.Random(6962)
    trees = [log_scene.tree(size) for size in (*range(41), 127, 128, 129, 255, 256, 257, 700)]
    good = bad = 0
    for tree in trees[1:]:
        for index in {0, tree.size - 1, *(pick.randrange(tree.size) for _ in range(12))}:
            for case in make_log.inclusion_cases(tree, index, pick):
                good, bad = good + case["ok"], bad + (not case["ok"])
        for old in pick.sample([one for one in trees if one.size <= tree.size], k=min(12, tree.size)):
            for case in make_log.consistency_cases(old, tree, pick):
                good, bad = good + case["ok"], bad + (not case["ok"])
    assert good > 800
    assert bad == 3 * good


def test_tiles_give_the_same_paths_as_the_leaves():
    tree = log_scene.tree(1000)
    read = tree.reader()
    for index in range(0, 1000, 37):
        assert merkle.inclusion_path(index, 1000, read) == tree.path(index)
        assert merkle.consistency_path(index, 1000, read) == merkle.consistency_path(index, 1000, tree.read)
