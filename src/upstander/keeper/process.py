"""The process: serves, and beats beside it, until it is told to stop."""

import asyncio
import signal
import threading
from pathlib import Path

from upstander.formats import days
from upstander.keeper import cosign, home, months, notices
from upstander.keeper.app import application
from upstander.keeper.ask import ask_over_https
from upstander.keeper.beat import Beat, beat
from upstander.keeper.store import Store

DATABASE = "keeper.sqlite3"


def serve(folder: Path, host: str, port: int, every: float) -> None:
    """Serves the keeper in a folder, and the witness where one is there; beats every so many seconds.

    Raises FormatError, OSError.
    """
    asyncio.run(_serve(folder, host, port, every))


def beat_once(folder: Path) -> Beat:
    """One beat, without serving."""
    keeper = home.load(folder)
    store = Store(folder / DATABASE)
    try:
        today, contacts = days.today(keeper.policy.time_zone), notices.read_contacts(folder)
        return beat(store, keeper, today, ask_over_https, contacts)
    finally:
        store.close()


async def _serve(folder: Path, host: str, port: int, every: float) -> None:
    from granian.constants import HTTPModes, Interfaces
    from granian.server.embed import Server

    keeper = home.load(folder)
    store = Store(folder / DATABASE)
    months.renew(store, days.today(keeper.policy.time_zone))
    witness = cosign.find(folder)
    if witness is not None:  # a daemon: what a log sends slowly must not hold up the end
        threading.Thread(target=cosign.look, args=(witness,), name="looking", daemon=True).start()
    app = application(store, keeper, more=cosign.routes(witness) if witness else ())
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
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(name, stop.set)

    async def beating() -> None:
        while not stop.is_set():
            today, contacts = days.today(keeper.policy.time_zone), notices.read_contacts(folder)
            await asyncio.to_thread(beat, store, keeper, today, ask_over_https, contacts)
            try:
                await asyncio.wait_for(stop.wait(), every)
            except TimeoutError:
                continue

    async def stopping() -> None:
        await stop.wait()
        server.stop()  # type: ignore[no-untyped-call]

    try:
        await asyncio.gather(server.serve(), beating(), stopping())
    finally:
        store.close()
