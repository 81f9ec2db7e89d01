"""`upstander witness`: an outside body's witness: its key, the logs it signs for, the service, the alarms."""

from __future__ import annotations

import argparse
import logging
import signal
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli.environment import Formatter, StopError, command, private_folder, write_private
from upstander.ledger.errors import LedgerError

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from upstander.cli.environment import Commands
    from upstander.ledger.notes import SigningKey
    from upstander.witness.state import State

ABOUT = """\
A witness is run by somebody outside the institution. It signs a log's tree head only when that
continues the last one it signed, so an institution that shows different people different logs, or
takes something out again, finds no witness for it. It reads no reports and learns no names.

  upstander witness init --name witness.example.org/one --data /var/lib/witness
  upstander witness trust https://speak.example.org --data /var/lib/witness
  upstander witness serve --data /var/lib/witness
  upstander witness alarms --data /var/lib/witness       exit code 1 when there are any

docs/how-to/run-a-witness.md says the rest."""

KEY, STATE = "witness.key", "witness.sqlite3"
EVERY = 3600  # seconds between two looks at the logs


def add(commands: Commands) -> None:
    """Adds the command, its own sub-commands and their arguments."""
    parser = command(commands, "witness", "watch other people's logs, and sign what you saw", ABOUT)
    acts = parser.add_subparsers(title="what to do", metavar="ACT", required=True)
    init = _act(acts, "init", "make the witness's key, and say what to give to the logs", run_init)
    init.add_argument("--name", required=True, help="a name for its key, such as witness.example.org/one")
    trust = _act(acts, "trust", "sign for a log from now on", run_trust)
    trust.add_argument(
        "log", metavar="LOG", help="address of an Upstander installation, or the vkey of one log"
    )
    trust.add_argument(
        "--url", default="", help="with a vkey: where that log's tiles are, to look at them too"
    )
    trust.add_argument(
        "--sign", default="", metavar="KEY", help="the installation's public key, if you know it"
    )
    serve = _act(acts, "serve", "answer logs, and look at their tiles", run_serve)
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", type=int, default=8100, help="port to listen on (default: 8100)")
    serve.add_argument(
        "--every", type=float, default=EVERY, metavar="SECONDS", help=f"time between looks (default: {EVERY})"
    )
    _act(acts, "alarms", "list what should not have been; exit code 1 when there is any", run_alarms)


def _act(acts: Commands, name: str, summary: str, run: object) -> argparse.ArgumentParser:
    parser = acts.add_parser(name, help=summary, description=summary, formatter_class=Formatter)
    parser.add_argument(
        "--data", type=Path, required=True, metavar="FOLDER", help="the witness's folder: its key and memory"
    )
    parser.set_defaults(run=run)
    return parser


def run_init(arguments: argparse.Namespace) -> int:
    """Makes key and memory."""
    from upstander.ledger.notes import COSIGNATURE, SigningKey
    from upstander.witness.state import State

    try:
        key = SigningKey.new(arguments.name, COSIGNATURE)
    except LedgerError as error:
        raise StopError(str(error)) from error
    private_folder(arguments.data)
    try:
        write_private(arguments.data / KEY, key.encode() + "\n")
    except FileExistsError:
        raise StopError(f"there is a witness in {arguments.data} already; its key was kept.") from None
    State(arguments.data / STATE)
    name = "".join(sign if sign.isalnum() else "-" for sign in arguments.name)
    print("The witness is ready. Give this line to those whose logs it will sign, with its address:\n")
    print(f"witness {name} {key.verifier} https://ADDRESS\n")
    print(f"Its key is in {arguments.data / KEY}. Whoever has it can sign in its name.")
    print("Never restore an older copy of this folder: a witness that forgets can be lied to.")
    return 0


def run_trust(arguments: argparse.Namespace) -> int:
    """Adds a log, or all logs of an installation."""
    from upstander.formats import ids
    from upstander.ledger.fetch import HttpSource, fetch_log_policy
    from upstander.ledger.notes import VerifierKey

    state, _ = _open(arguments.data)
    try:
        if "://" not in arguments.log:
            key = VerifierKey.parse(arguments.log)
            state.trust_log(key, arguments.url)
            print(f"This witness now signs for {key.name}.")
            return 0
        source = HttpSource(arguments.log)
        policy, _ = fetch_log_policy(source, arguments.sign)
        state.trust_installation(policy, source.base)
    except LedgerError as error:
        raise StopError(str(error)) from error
    print(f"This witness now signs for the logs of installation {policy.installation}:")
    for log in policy.logs:
        print(f"  {log.origin}" + (f" (closed with {log.closed} entries)" if log.closed is not None else ""))
    print(f"\nIts key is {policy.sign}")
    print(f"(short: {ids.fingerprint(policy.sign)}). Compare it with what the institution has printed.")
    return 0


def run_serve(arguments: argparse.Namespace) -> int:
    """Serves until SIGINT or SIGTERM; a thread beside it looks at the logs."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels

    _open(arguments.data)
    server = Granian(
        "upstander.witness.service:application",
        address=arguments.host,
        port=arguments.port,
        interface=Interfaces.ASGI,
        workers=1,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.error,
        log_access=False,
        workers_kill_timeout=20,
    )
    server.on_startup(lambda: signal.signal(signal.SIGHUP, server.signal_handler_interrupt))
    server.serve(target_loader=partial(load, arguments.data, arguments.every), wrap_loader=False)
    return 0


def load(data: Path, every: float) -> Starlette:
    """In the worker: the service, and the thread that looks at the logs every so many seconds."""
    from upstander.cli.worker import belong_to_parent
    from upstander.witness.service import application

    belong_to_parent()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    state, key = _open(data)
    threading.Thread(target=look, args=(state, every), name="looking", daemon=True).start()
    return application(state, key)


def look(state: State, every: float) -> None:
    """Looks at the logs for ever. Nothing that a log does ends this."""
    from upstander.witness.service import day_of
    from upstander.witness.watching import sweep

    while True:
        try:
            sweep(state, day_of(time.time()))
        except Exception:
            logging.getLogger("upstander.witness").exception("could not look at the logs")
        time.sleep(every)


def run_alarms(arguments: argparse.Namespace) -> int:
    """Lists the alarms."""
    state, _ = _open(arguments.data)
    found = state.alarms()
    for one in found:
        print(f"{one.day}  {one.log}\n  {one.what}\n")
    if not found:
        print("No alarms.")
    return 1 if found else 0


def _open(data: Path) -> tuple[State, SigningKey]:
    from upstander.ledger.notes import SigningKey
    from upstander.witness.state import State

    try:
        key = SigningKey.parse((data / KEY).read_text("utf-8").strip())
    except OSError:
        raise StopError(f"there is no witness in {data}. Make one with `upstander witness init`.") from None
    except (LedgerError, UnicodeDecodeError) as error:
        raise StopError(f"{data / KEY} is not a witness's key: {error}") from error
    return State(data / STATE), key
