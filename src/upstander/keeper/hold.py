"""Taking what reporters send: a bundle of notes, one for each keeper, and with a deposit the parcel.

A keeper reads its own note and keeps the others' as they are, for those who missed them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from upstander.formats import b64, canonical, hashes
from upstander.keeper import passes
from upstander.keeper.home import Identity
from upstander.keeper.store import Held, Store
from upstander.keepers.entries import Entry, Passed, Stop, Withdrawal, read
from upstander.keepers.errors import (
    MeterError,
    OldVersionError,
    ParcelError,
    PassError,
    WithdrawnError,
)
from upstander.keepers.notes import Note, check_parcel, open_note
from upstander.keepers.pledges import After, Pledge, check_end, check_policy
from upstander.keepers.roster import check_roster, make_receipt

UNKNOWN = "notes-unknown"  # as the counts of a quarter name it


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is sent to every keeper alike: sealed notes by keeper's name, and the parcel of a deposit."""

    notes: Mapping[str, bytes]
    parcel: bytes = field(default=b"", repr=False)

    @property
    def id(self) -> str:
        """The hash of all notes."""
        return hashes.hash_of(self.written())

    def written(self) -> bytes:
        """The notes as they are kept."""
        return canonical.encode({name: b64.encode(note) for name, note in self.notes.items()})


def take(store: Store, keeper: Identity, bundle: Bundle, today: date, *, synced: bool = False) -> str:
    """Does what the note says and returns the receipt. What was taken before is taken again without a change.

    `synced`: it comes from another keeper, which has metered it. A stop or an end for a pledge that has run
    out, and is not here, is answered as any is and leaves nothing. Raises the refusals of `open_note`,
    `check_roster`, `check_policy`, `entries.read`, ParcelError, PassError, OldVersionError, WithdrawnError,
    MeterError for more notes a day about pledges that are not here than the budget, and FormatError; nothing
    is changed then.
    """
    sealed = bundle.notes.get(keeper.name, b"")
    note = open_note(sealed, store.identities(), keeper.name)
    check_roster(note.pledge, keeper.roster)
    said = read(note.statement, note.pledge)
    if isinstance(said, Entry):
        check_policy(note.pledge, today, least=keeper.policy.least, years=keeper.policy.years)
    _check_parcel(note, said, bundle)
    kind = "held" if isinstance(said, Entry | Passed) else "asked"
    is_unknown = not note.share and store.pledge(note.pledge.id) is None
    if is_unknown and kind == "asked" and note.pledge.expires < today.isoformat():
        return make_receipt(kind, keeper.name, sealed, today.isoformat(), keeper.signing)
    if is_unknown:
        _check_unknown(store, keeper, note.pledge, today, synced=synced)
    passed = _passed(store, keeper, note, said, today)
    with store.write():
        before = store.pledge(note.pledge.id)
        if isinstance(said, Entry):
            _entry(store, note, said, before, bundle.parcel)
            if passed and (before is None or not before.standing.passed):
                _pass(store, note.pledge, passed, store.pledge(note.pledge.id))
        elif isinstance(said, Stop):
            _stop(store, note.pledge, said, before)
        elif isinstance(said, Passed):
            _pass(store, note.pledge, passed, before)
        else:
            _withdraw(store, note.pledge, before)
        _keep(store, bundle, note.pledge)
        for what in ("notes", *([UNKNOWN] if is_unknown and not synced else [])):
            store.count(today.isoformat(), what)
    if isinstance(said, Withdrawal):
        store.scrub()
    return make_receipt(kind, keeper.name, sealed, today.isoformat(), keeper.signing)


def _check_parcel(note: Note, said: object, bundle: Bundle) -> None:
    """A share comes with an entry and the pledge's parcel, and a parcel with a share."""
    if note.share:
        if not isinstance(said, Entry) or check_parcel(bundle.parcel) != note.pledge.parcel:
            raise ParcelError
    elif bundle.parcel:
        raise ParcelError


def _passed(store: Store, keeper: Identity, note: Note, said: object, today: date) -> str:
    """The pass of a pledge, where it is shown now; else nothing. Raises PassError where it comes alone."""
    if isinstance(said, Passed):
        return passes.person(store, keeper, said.shown, said.pledge, today)
    return _came_with(store, keeper, note, today) if isinstance(said, Entry) and note.passed else ""


def _check_unknown(store: Store, keeper: Identity, pledge: Pledge, today: date, *, synced: bool) -> None:
    """Bounds what comes without a deposit for a pledge that is not here, which anybody can make up.

    There is a hard end to it, and nobody's stop is lost by that: the keepers who hold the pledge take it, and
    pass it on when they are asked for what was missed.
    """
    check_end(pledge, today, years=keeper.policy.years)
    if not synced and store.counted(today.isoformat(), UNKNOWN) >= keeper.policy.budget:
        raise MeterError("This keeper does not hold that, and was told too much of the kind today.")


def _came_with(store: Store, keeper: Identity, note: Note, today: date) -> str:
    """The pass that a deposit came with; nothing where it is none: the report is held all the same."""
    said = read(note.passed, note.pledge)
    try:
        return (
            passes.person(store, keeper, said.shown, said.pledge, today) if isinstance(said, Passed) else ""
        )
    except PassError:
        return ""


def _entry(store: Store, note: Note, entry: Entry, before: Held | None, parcel: bytes) -> None:
    if before is not None and before.standing.withdrawn:
        raise WithdrawnError
    if before is not None and not note.share and _is_old(note.statement, entry, before):
        raise OldVersionError
    if before is None:
        _insert(store, note.pledge)
    if note.share and not (before and (before.share or before.released)):
        store.run("UPDATE pledges SET share = ? WHERE id = ?", note.share, note.pledge.id)
        store.run(
            "INSERT OR IGNORE INTO parcels VALUES (?, ?, ?)", note.pledge.id, note.pledge.parcel, parcel
        )
    if before is None or before.version < entry.version:
        store.run(
            "UPDATE pledges SET version = ?, entry = ? WHERE id = ?",
            *(entry.version, note.statement, note.pledge.id),
        )
        store.run("DELETE FROM tags WHERE pledge = ?", note.pledge.id)
        store.run_many("INSERT INTO tags VALUES (?, ?)", [(tag, note.pledge.id) for tag in entry.tags])
    store.run("INSERT INTO fresh (pledge) VALUES (?)", note.pledge.id)


def _is_old(statement: str, entry: Entry, before: Held) -> bool:
    """Whether a later version is here, or another of the same number."""
    return before.version > entry.version or (before.version == entry.version and before.entry != statement)


def _stop(store: Store, pledge: Pledge, said: Stop, before: Held | None) -> None:
    if before is None:
        _insert(store, pledge)
    found = store.rows("SELECT number, stop FROM stops WHERE pledge = ? AND by = ?", pledge.id, said.by)
    number, stop = (int(str(one)) for one in found[0]) if found else (0, 0)
    if said.number < number or (said.number == number and bool(stop) != said.stop):
        raise OldVersionError
    store.run("INSERT OR REPLACE INTO stops VALUES (?, ?, ?, ?)", pledge.id, said.by, said.number, said.stop)
    if before is None or not before.released or not said.stop:
        return
    if before.handed:
        store.run("UPDATE pledges SET wish = 'stop' WHERE id = ? AND wish = ''", pledge.id)
    elif before.kind == "after":  # nobody has it yet: it was not released after all
        store.run("UPDATE pledges SET released = '', due = '', kind = '' WHERE id = ?", pledge.id)


def _pass(store: Store, pledge: Pledge, passed: str, before: Held | None) -> None:
    """The first pass of a pledge stays: another would make one pledge speak for two people, one by one."""
    if before is not None and before.standing.withdrawn:
        raise WithdrawnError
    if before is not None and before.standing.passed not in ("", passed):
        raise PassError("This pledge came with another pass.")
    if before is None:
        _insert(store, pledge)
    store.run("UPDATE pledges SET passed = ? WHERE id = ?", passed, pledge.id)
    store.run("INSERT INTO fresh (pledge) VALUES (?)", pledge.id)


def _withdraw(store: Store, pledge: Pledge, before: Held | None) -> None:
    """Erases everything but the pledge itself; what somebody has fetched already, stays with a wish."""
    if before is None:
        _insert(store, pledge)
    if before is not None and before.handed:
        store.run("UPDATE pledges SET wish = 'end' WHERE id = ?", pledge.id)
    else:
        store.run(
            "UPDATE pledges SET share = x'', entry = '', due = '', released = '' WHERE id = ?", pledge.id
        )
        store.run("DELETE FROM parcels WHERE pledge = ?", pledge.id)
    store.run("UPDATE pledges SET withdrawn = 1, passed = '' WHERE id = ?", pledge.id)
    for table in ("tags", "stops", "fresh", "bundles"):
        store.run(f"DELETE FROM {table} WHERE pledge = ?", pledge.id)  # noqa: S608 (names of our own)


def _insert(store: Store, pledge: Pledge) -> None:
    after = pledge.condition(After)
    day = after.day if isinstance(after, After) else ""
    store.run(
        "INSERT INTO pledges (id, body, expires, day) VALUES (?, ?, ?, ?)",
        *(pledge.id, canonical.encode(pledge.body()).decode(), pledge.expires, day),
    )
    store.run_many(
        "INSERT INTO readers VALUES (?, ?)", [(reader, pledge.id) for reader in pledge.beneficiary.readers]
    )


def _keep(store: Store, bundle: Bundle, pledge: Pledge) -> None:
    store.run(
        "INSERT OR IGNORE INTO bundles (id, pledge, notes, parcel) VALUES (?, ?, ?, ?)",
        *(bundle.id, pledge.id, bundle.written().decode(), pledge.parcel if bundle.parcel else ""),
    )
