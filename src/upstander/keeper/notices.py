"""Telling a beneficiary that there is something to fetch: a signed line, to an address entered by hand.

A notice says that, and nothing else: not how much, not of whom. It goes out once a day until everything
released to that channel was fetched. Addresses are entered by the keeper's own people after a telephone call
(`upstander keeper contact`), never by a request. Who has none asks from time to time.
"""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from upstander.formats import ids, shape, statements
from upstander.formats.errors import FormatError
from upstander.keeper.ask import check_address
from upstander.keeper.home import Identity
from upstander.keeper.store import Store
from upstander.keeper.sync import Ask

CONTACTS = "contacts.json"
WAITING = (
    "SELECT DISTINCT json_extract(body, '$.beneficiary.channel') FROM pledges "
    "WHERE released != '' AND handed = 0 AND withdrawn = 0"
)

Contacts = Mapping[str, str]
"""Addresses (https) by channel id."""


def read_contacts(folder: Path) -> Contacts:
    """Whom this keeper tells; nobody where there is no file. Raises FormatError, OSError."""
    path = folder / CONTACTS
    if not path.exists():
        return {}
    try:
        body: Any = json.loads(path.read_text("utf-8"))
    except ValueError:
        raise FormatError(f"{CONTACTS} is not JSON.") from None
    if not isinstance(body, dict):
        raise FormatError(f"{CONTACTS} is not a list of channels and addresses.")
    return {ids.check_id(channel): check_address(shape.text(url)) for channel, url in body.items()}


def set_contact(folder: Path, channel: str, address: str) -> None:
    """Enters an address, or takes it away where it is empty. Raises FormatError, OSError."""
    contacts = {**read_contacts(folder), ids.check_id(channel): address and check_address(address)}
    kept = {channel: url for channel, url in sorted(contacts.items()) if url}
    part = folder / f".{CONTACTS}"
    part.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    part.rename(folder / CONTACTS)


def tell(store: Store, keeper: Identity, contacts: Contacts, ask: Ask, today: date) -> tuple[int, list[str]]:
    """Sends what is due today. Answers how many were told, and the channels that could not be."""
    told, missed = 0, []
    for channel in sorted(str(one) for (one,) in store.rows(WAITING)):
        day = today.isoformat()
        if channel not in contacts or store.rows(
            "SELECT 1 FROM told WHERE channel = ? AND day = ?", channel, day
        ):
            continue
        body = {"channel": channel, "day": day, "keeper": keeper.name}
        try:
            ask(contacts[channel], {"notice": statements.sign("notice", body, keeper.signing)})
        except OSError:
            missed.append(channel)
            continue
        except FormatError:  # it answered, in words of its own
            pass
        told += 1
        with store.write():
            store.run("INSERT OR REPLACE INTO told VALUES (?, ?)", channel, day)
    return told, missed
