"""Attackers against a mirror: each way in which a log can lie is found, named, and leaves the mirror as it was."""

import pytest

from tests.ledger.logs import Host, TestLog, entries, entry, installation
from tests.vectors import log_scene as scene
from upstander.ledger.audit import audit
from upstander.ledger.checkpoint import Checkpoint, sign_checkpoint
from upstander.ledger.errors import LedgerError
from upstander.ledger.fetch import StoreSource, UnreachableError
from upstander.ledger.leaf import Leaf, read_leaf
from upstander.ledger.mirror import follow
from upstander.ledger.policy import parse_policy
from upstander.ledger.stats import Stats
from upstander.ledger.store import MemoryStore
from upstander.ledger.tiles import pack_entries

TODAY = "2026-11-24"
ORIGIN = scene.ORIGINS[0]
ONLY_LOG = parse_policy(f"log {scene.OLD.verifier}\nquorum none\n")


class Served:
    """The log's files over a host that can lie; counts what was asked for."""

    def __init__(self, log):
        self.host = Host([log], installation([log]))

    def get(self, path, limit):
        data = self.host.answer(f"/log/1/{path}")
        if data is None:
            raise UnreachableError(f"{path} is not there.")
        if len(data) > limit:
            raise LedgerError(f"{path} is too large.")
        return data


def mirror(source, store, policy=ONLY_LOG):
    return follow(source, store, policy, origin=ORIGIN, today=TODAY)


def refused(source, store, words):
    """The mirror refuses, says this, and has what it had."""
    before = dict(store.files)
    with pytest.raises(LedgerError, match=words):
        mirror(source, store)
    assert store.files == before


@pytest.fixture(name="log")
def a_log():
    log = TestLog()
    log.append(entries(0, 700))
    return log


@pytest.fixture(name="store")
def a_store(log):
    """A mirror of the log's first 700 entries."""
    store = MemoryStore()
    mirror(Served(log), store)
    return store


def test_a_mirror_is_the_log_itself(log, store):
    assert set(log.store.files) <= set(store.files)
    for name, data in log.store.files.items():
        assert store.files[name] == data, name
    assert store.files["read"] == b"2026-11-24\n"
    done = audit(store, ONLY_LOG)
    assert (done.head, done.checkpoints, done.read) == (log.head, 1, TODAY)


@pytest.mark.parametrize("steps", [(0, 1, 255, 256, 257), (3, 3, 300), (65_536, 65_800)])
def test_it_follows_as_the_log_grows(steps):
    log, store = TestLog(), MemoryStore()
    for old, new in zip((0, *steps), steps, strict=False):
        log.append(entries(old, new))
        assert mirror(Served(log), store).before == old
        done = audit(store, ONLY_LOG)
        assert done.head == log.head
    assert done.checkpoints == len(set(steps))


def test_what_is_full_is_fetched_once(log, store):
    log.append(entries(700, 800))
    source = Served(log)
    mirror(source, store)
    asked = [path for path in source.host.asked if "tile" in path]
    assert asked == [
        "/log/1/tile/entries/002",
        "/log/1/tile/0/002",
        "/log/1/tile/entries/003.p/32",
        "/log/1/tile/0/003.p/32",
        "/log/1/tile/1/000.p/3",
    ]
    assert not [name for name in store.files if name.endswith((".p/188", ".p/2"))]


def test_it_goes_on_where_it_was_cut_off(log):
    source, store = Served(log), MemoryStore()
    source.host.changed["/log/1/tile/0/001"] = None
    with pytest.raises(UnreachableError):
        mirror(source, store)
    assert "checkpoint" not in store.files
    source.host.changed.clear()
    source.host.asked.clear()
    mirror(source, store)
    assert "/log/1/tile/entries/000" not in source.host.asked
    assert audit(store, ONLY_LOG).head == log.head


def test_what_an_interrupted_run_left_broken_is_fetched_again(log):
    """A cut power line, or a log that lied until somebody stopped the run: the log that is honest now is not blamed."""
    store = MemoryStore()
    store.files["tile/entries/000"] = pack_entries(entries(0, 256, " lied"))
    store.files["tile/0/000"] = b""
    assert mirror(Served(log), store).before == 0
    assert audit(store, ONLY_LOG).head == log.head
    forked, lied = TestLog(), MemoryStore()
    forked.append(entries(0, 256, " lied"))
    lied.files = {name: data for name, data in forked.store.files.items() if name.startswith("tile")}
    mirror(Served(log), lied)
    assert audit(lied, ONLY_LOG).head == log.head


def test_a_full_tile_serves_where_a_partial_one_is_gone(log, store):
    """The head that was read a moment ago is partial; the log has grown since and pruned that tile."""
    grown = TestLog()
    grown.append(entries(0, 768))
    source = Served(grown)
    source.host.changed["/log/1/checkpoint"] = log.store.read("checkpoint")
    store = MemoryStore()
    source.host.changed["/log/1/tile/1/000.p/2"] = log.store.read("tile/1/000.p/2")
    mirror(source, store)
    assert audit(store, ONLY_LOG).head == log.head


def test_a_rewound_log(store):
    rewound = TestLog()
    rewound.append(entries(0, 650))
    refused(Served(rewound), store, "rewound: it had 700 entries, and now shows 650")


def test_a_forked_log_of_the_same_size(store):
    forked = TestLog()
    forked.append([*entries(0, 699), entry(699, " changed")])
    refused(Served(forked), store, "forked: there are two different trees of size 700")


def test_a_forked_log_that_grew(store):
    forked = TestLog()
    forked.append([*entries(0, 699), *entries(699, 720, " changed")])
    refused(Served(forked), store, "Entry 699 was changed")


def test_an_old_leaf_that_was_changed(log, store):
    """The fork lies in a tile the mirror has long had: only the root tells, and it does."""
    forked = TestLog()
    forked.append([entry(0, " changed"), *entries(1, 720)])
    refused(Served(forked), store, "do not give the root of the checkpoint of 720 entries")


def test_an_entry_that_was_changed_without_its_hash(log, store):
    log.append(entries(700, 720))
    source = Served(log)
    changed = [*entries(512, 719), entry(719, " changed")]
    source.host.changed["/log/1/tile/entries/002.p/208"] = pack_entries(changed)
    refused(source, store, r"Entry 719 does not have the hash that tile/0/002\.p/208 says")


def test_entries_that_were_swapped(log, store):
    log.append(entries(700, 720))
    source = Served(log)
    rest = entries(512, 720)
    rest[190], rest[191] = rest[191], rest[190]
    source.host.changed["/log/1/tile/entries/002.p/208"] = pack_entries(rest)
    refused(source, store, "Entry 702 does not have the hash")


def test_a_partial_tile_that_is_wrong(log, store):
    log.append(entries(700, 720))
    source = Served(log)
    tile = log.store.read("tile/0/002.p/208")
    source.host.changed["/log/1/tile/0/002.p/208"] = tile[:-32] + bytes(32)
    refused(source, store, "Entry 719 does not have the hash")
    source.host.changed["/log/1/tile/0/002.p/208"] = tile[:-1]
    refused(source, store, r"tile/0/002\.p/208: A tile of 208 hashes has 6656 bytes, not 6655")


def test_an_upper_tile_that_is_wrong(log, store):
    log.append(entries(700, 800))
    source = Served(log)
    source.host.changed["/log/1/tile/1/000.p/3"] = bytes(96)
    refused(source, store, r"Hash 0 of tile/1/000\.p/3 is not that of the tile below it")


def test_a_bundle_that_is_cut_short(log, store):
    log.append(entries(700, 720))
    source = Served(log)
    source.host.changed["/log/1/tile/entries/002.p/208"] = log.store.read("tile/entries/002.p/208")[:-1]
    refused(source, store, r"tile/entries/002\.p/208: The bundle ends inside entry 207 of its 208")


def test_heads_that_are_not_signed_by_the_log(log, store):
    source = Served(log)
    for note, words in (
        (log.note().replace("\n700\n", "\n701\n"), "signature of upstander/.*/1 is wrong"),
        (sign_checkpoint(Checkpoint(scene.LOG.name, 700, log.head.root), scene.LOG), "not known here"),
        ("nonsense", "no empty line"),
    ):
        source.host.changed["/log/1/checkpoint"] = note.encode()
        refused(source, store, words)
    source.host.changed["/log/1/checkpoint"] = b"\xff\xff"
    refused(source, store, "is not a text")
    source.host.changed["/log/1/checkpoint"] = b"x" * 100_000
    refused(source, store, "too large")


def test_the_head_of_another_log_of_the_same_installation(log):
    other = TestLog(scene.LOG)
    other.append(entries(0, 5))
    both = parse_policy(f"log {scene.OLD.verifier}\nlog {scene.LOG.verifier}\nquorum none\n")
    with pytest.raises(LedgerError, match=r"not of upstander/.*/1"):
        follow(StoreSource(other.store), MemoryStore(), both, origin=ORIGIN, today=TODAY)


def test_a_mirror_that_was_tampered_with_is_not_built_upon(log, store):
    log.append(entries(700, 720))
    tile = store.files["tile/1/000.p/2"]
    store.files["tile/1/000.p/2"] = tile[32:] + tile[:32]
    refused(Served(log), store, "mirror's own tiles")


class TestAudit:
    """Whatever is changed in a mirror's folder, the audit names it."""

    def changed(self, store, path, data, words):
        store.files[path] = data
        with pytest.raises(LedgerError, match=words):
            audit(store, ONLY_LOG)

    def test_an_entry(self, store):
        bundle = pack_entries([*entries(256, 300), entry(300, " changed"), *entries(301, 512)])
        self.changed(
            store, "tile/entries/001", bundle, "Entry 300 does not have the hash that tile/0/001 says"
        )

    def test_an_entry_that_is_no_leaf(self, store):
        bundle = pack_entries([b"nonsense", *entries(1, 256)])
        self.changed(store, "tile/entries/000", bundle, "Entry 0: This is not a leaf")

    def test_a_tile(self, store):
        self.changed(store, "tile/0/001", bytes(8192), "Entry 256 does not have the hash")

    def test_an_upper_tile(self, store):
        self.changed(store, "tile/1/000.p/2", bytes(64), r"Hash 0 of tile/1/000\.p/2")

    def test_a_file_that_is_missing(self, store):
        del store.files["tile/0/001"]
        with pytest.raises(LedgerError, match="tile/0/001 is not there"):
            audit(store, ONLY_LOG)

    def test_a_newest_head_over_other_entries(self, store):
        other = TestLog()
        other.append(entries(0, 700, " changed"))
        store.files.pop("checkpoints/700")
        self.changed(store, "checkpoint", other.note().encode(), "root of the checkpoint of 700 entries")

    def test_a_kept_head_that_the_log_no_longer_continues(self, store):
        other = TestLog()
        other.append(entries(0, 300, " changed"))
        note = other.note().encode()
        self.changed(store, "checkpoints/300", note, "root of the checkpoint of 300 entries")

    def test_a_kept_head_under_another_size(self, store):
        other = TestLog()
        other.append(entries(0, 300))
        self.changed(store, "checkpoints/301", other.note().encode(), "checkpoint of something else")

    def test_a_kept_head_beyond_the_newest(self, store):
        other = TestLog()
        other.append(entries(0, 900))
        self.changed(store, "checkpoints/900", other.note().encode(), "more entries than the newest")

    def test_two_heads_of_one_size(self, store):
        other = TestLog()
        other.append(entries(0, 700, " changed"))
        self.changed(store, "checkpoints/700", other.note().encode(), "two different trees of size 700")

    def test_a_head_with_too_few_witnesses(self, store, log):
        w1 = scene.WITNESSES["w1"].verifier
        policy = parse_policy(f"log {scene.OLD.verifier}\nwitness w1 {w1}\nquorum w1\n")
        with pytest.raises(LedgerError, match="700 entries lacks witnesses: w1 did not sign"):
            audit(store, policy)
        assert audit(store, policy, unwitnessed=True).examined.missing == ("w1",)


def stats_of(*leaves):
    stats = Stats()
    for index, leaf in enumerate(leaves):
        stats(index, leaf, b"")
    return stats


def leaf(shown, day, number, of=0):
    return Leaf(shown, day, f"{number:032x}", "0" * 64, f"{of:032x}" if of else "")


def test_stats_are_what_one_counts_by_hand():
    stats = stats_of(
        leaf(
            "answered", "2026-10-03", 2, of=1
        ),  # in the order of hashes an answer can stand before its report
        leaf("received", "2026-09-30", 1),
        leaf("received", "2026-10-01", 3),
        leaf("answered", "2026-10-01", 4, of=3),
        leaf("received", "2026-10-31", 5),
        leaf("restricted", "2026-11-02", 6),
    )
    assert stats.kinds["2026-10", "received"] == 2
    september, october = stats.waits()
    assert (september.month, september.received, september.days, september.median) == ("2026-09", 1, (3,), 3)
    assert (october.received, october.days, october.waiting) == (2, (0,), 1)


def test_stats_of_a_log_that_contradicts_itself():
    one = leaf("received", "2026-10-03", 1)
    with pytest.raises(LedgerError, match="Entry 1 answers a report that is not in the log"):
        stats_of(one, leaf("answered", "2026-10-04", 2, of=7)).waits()
    with pytest.raises(LedgerError, match="Entry 1 answers a report from before that came"):
        stats_of(one, leaf("answered", "2026-10-02", 2, of=1)).waits()
    with pytest.raises(LedgerError, match="Entry 1 has the label of an earlier report"):
        stats_of(one, one)
    answer = leaf("answered", "2026-10-04", 2, of=1)
    with pytest.raises(LedgerError, match="Entry 2 answers a report that was answered before"):
        stats_of(one, answer, answer)


def test_an_answer_may_stand_in_the_next_generation():
    earlier, later = (
        stats_of(leaf("received", "2026-10-03", 1)),
        stats_of(leaf("answered", "2026-10-09", 2, of=1)),
    )
    later.merge(earlier)
    assert later.waits()[0].days == (6,)
    assert sum(later.kinds.values()) == 2


def test_the_leaves_of_these_tests_are_leaves():
    assert [read_leaf(one).shown for one in entries(0, 4)] == [
        "received",
        "answered",
        "restricted",
        "message",
    ]
