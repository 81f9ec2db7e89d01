"""The process: serves, and beats beside it, until it is told to stop."""

import asyncio
import signal
import sqlite3
import sys
import threading
from pathlib import Path

from upstander.formats import days
from upstander.formats.errors import FormatError
from upstander.keeper import cosign, home, months, notices, renew
from upstander.keeper import host as host_
from upstander.keeper.app import application
from upstander.keeper.ask import ask_over_https
from upstander.keeper.beat import Beat, beat
from upstander.keeper.home import Identity
from upstander.keeper.store import Store
from upstander.keepers.cocktail import CeremonyError

DATABASE = "keeper.sqlite3"


def serve(folder: Path, host: str, port: int, every: float) -> None:
    """Serves the keeper in a folder, and the witness where one is there; beats every so many seconds.

    Raises FormatError, OSError.
    """
    witness = cosign.find(folder)
    if witness is not None:  # a daemon: what a log sends slowly must not hold up the end
        threading.Thread(target=cosign.look, args=(witness,), name="looking", daemon=True).start()
    while asyncio.run(_serve(folder, host, port, every, witness)):
        continue  # its share was renewed: it begins again with the new one


def beat_once(folder: Path) -> Beat:
    """One beat, without serving."""
    keeper = home.load(folder)
    store = Store(folder / DATABASE)
    try:
        today, contacts = days.today(keeper.policy.time_zone), notices.read_contacts(folder)
        return beat(store, keeper, today, ask_over_https, contacts)
    finally:
        store.close()


async def _serve(folder: Path, host: str, port: int, every: float, witness: cosign.Witness | None) -> bool:
    """Serves until it is told to stop, or (then True) until its share is another."""
    from granian.constants import HTTPModes, Interfaces
    from granian.server.embed import Server

    keeper = home.load(folder)
    store = Store(folder / DATABASE)
    months.renew(store, days.today(keeper.policy.time_zone))
    app = application(store, keeper, more=cosign.routes(witness) if witness else ())
    page = host_.hosted(folder)
    if page is not None:
        app = host_.around(app, keeper, page)
    server = Server(
        app,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        log_access=False,
        log_enabled=False,
    )
    stop, again = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(name, stop.set)

    async def beating() -> None:
        while not stop.is_set():
            await asyncio.to_thread(_beat, store, keeper, folder)
            await asyncio.to_thread(_go_on, store, keeper, folder)
            if not stop.is_set() and _is_renewed(keeper, folder):
                again.set()
                stop.set()
            try:
                await asyncio.wait_for(stop.wait(), every)
            except TimeoutError:
                continue

    async def stopping() -> None:
        await stop.wait()
        server.stop()  # type: ignore[no-untyped-call]

    try:
        await asyncio.gather(server.serve(), beating(), stopping())
        return again.is_set()
    finally:
        store.close()


def refresh_once(folder: Path, attempt: int) -> renew.State | None:
    """Begins a renewal of shares, or goes on with it. Raises FormatError, OSError, CeremonyError."""
    keeper = home.load(folder)
    store = Store(folder / DATABASE)
    try:
        renew.begin(store, keeper, folder, attempt)
        state = renew.go_on(store, keeper, folder, ask_over_https)
        if state is None and renew.done_today(store, keeper):
            return renew.State((), (), done=True)
        return state
    finally:
        store.close()


def _beat(store: Store, keeper: Identity, folder: Path) -> None:
    """One beat beside serving. What goes wrong is said, and tried again at the next: the keeper serves on."""
    try:
        contacts = notices.read_contacts(folder)
    except (FormatError, OSError) as error:
        _say(f"{notices.CONTACTS} cannot be read, so nobody is told what waits: {error}")
        contacts = {}
    try:
        beat(store, keeper, days.today(keeper.policy.time_zone), ask_over_https, contacts)
    except (FormatError, OSError, sqlite3.Error) as error:
        _say(f"This beat did not go through, and is tried again: {error}")


def _is_renewed(keeper: Identity, folder: Path) -> bool:
    try:
        return home.roster_texts(folder) != keeper.roster_texts
    except (FormatError, OSError) as error:
        _say(f"{home.ROSTER} cannot be read; the keeper goes on with the one it began with: {error}")
        return False


def _say(what: str) -> None:
    """To whoever runs the keeper. Nothing here is about anybody who asked it something."""
    sys.stderr.write(what + "\n")
    sys.stderr.flush()


def _go_on(store: Store, keeper: Identity, folder: Path) -> None:
    try:
        renew.go_on(store, keeper, folder, ask_over_https)
    except (CeremonyError, FormatError, OSError):
        return  # `upstander keeper refresh` says it to whoever began it
