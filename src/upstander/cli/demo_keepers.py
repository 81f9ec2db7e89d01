"""The demonstration's three keepers, each a process of its own. Elsewhere they are other people's machines.

Two of them are enough. Their key was dealt from one hand, and they release without the days that a real
keeper waits, so that somebody who looks around sees it happen. They end with the demonstration's server.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from upstander.cli import roster
from upstander.cli.child import free_port, start_child, stop_children, wait_for
from upstander.cli.environment import private_folder
from upstander.formats import days, statements
from upstander.keeper import home, seen, trial
from upstander.keeper.process import DATABASE
from upstander.keeper.store import Store

FOLDER = "keepers"  # in the demonstration's data folder
NAMES = ("advice-centre", "law-clinic", "trade-union")
NEEDS = 2
EVERY = 3  # seconds between two beats
WAIT = (0, 0)  # days from a condition that holds to a release: none, which is for looking around only


def make(data: Path) -> None:
    """Their folders and the roster of the demonstration."""
    private_folder(data / FOLDER)
    trial.deal(data / FOLDER, NAMES, NEEDS, epoch="demonstration", first_port=1, wait=WAIT, cards="all")
    move(data, dict.fromkeys(NAMES, 0))
    cosign(data)


def cosign(data: Path) -> None:
    """All of them look at the demonstration's card, so that the page takes it from its first minute on."""
    from upstander.server.installation import load
    from upstander.server.institutions import access, actions

    here = load(data)
    for institution in access.institutions():
        card, said = access.current_card(institution.slug), []
        for name in NAMES:
            keeper, store = home.load(data / FOLDER / name), Store(data / FOLDER / name / DATABASE)
            seen.trust(store, here.id, here.sign)
            today = days.today(keeper.policy.time_zone)
            said.append(seen.shown(store, keeper, {"card": card.text}, today)["seen"])
            store.close()
        actions.take_seen(card, said, in_force=True)


def move(data: Path, ports: dict[str, int]) -> None:
    """Has all of them sign the roster again, with these ports."""
    folder = data / FOLDER
    texts = json.loads((folder / NAMES[0] / home.ROSTER).read_text("utf-8"))
    body = statements.peek(texts[0], "roster")
    for keeper in body["keepers"]:
        keeper["address"] = f"http://127.0.0.1:{ports[keeper['name']]}"
    signed = [statements.sign("roster", body, home.signing_key(folder / name)) for name in NAMES]
    text = json.dumps(signed, indent=1) + "\n"
    for name in NAMES:
        (folder / name / home.ROSTER).write_text(text, "utf-8")
    roster.put(data, text)


@contextlib.contextmanager
def running(data: Path) -> Iterator[None]:
    """Runs the keepers of a demonstration, once they answer, until the block ends. Others have none."""
    if not (data / FOLDER).is_dir():
        yield
        return
    ports = {name: free_port() for name in NAMES}
    move(data, ports)
    children = [
        start_child(
            data / FOLDER / name,
            *("keeper", "serve", "--folder", str(data / FOLDER / name)),
            *("--port", str(port), "--every", str(EVERY)),
        )
        for name, port in ports.items()
    ]
    try:
        wait_for(list(ports.values()))
        yield
    finally:
        stop_children(children)
