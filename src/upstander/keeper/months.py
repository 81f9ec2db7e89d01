"""Transport keys: one a month, shown for this month and the next, destroyed soon after."""

from datetime import date, timedelta

from upstander.keeper.home import Identity
from upstander.keeper.store import Store
from upstander.keepers.roster import make_transport
from upstander.sealing import age

GRACE = 7  # days into the next month in which a keeper that was away can still catch up


def month_of(day: date) -> str:
    """`YYYY-MM`."""
    return day.isoformat()[:7]


def next_month(day: date) -> str:
    """The month after a day's."""
    return month_of(day.replace(day=1) + timedelta(31))


def renew(store: Store, today: date) -> int:
    """Makes the keys of this month and the next where missing, destroys old ones. Returns how many went."""
    oldest = month_of(today - timedelta(GRACE))
    with store.write():
        for month in (month_of(today), next_month(today)):
            store.run("INSERT OR IGNORE INTO transport VALUES (?, ?)", month, age.new_identity())
        gone = store.rows("SELECT month FROM transport WHERE month < ?", oldest)
        store.run("DELETE FROM transport WHERE month < ?", oldest)
    return len(gone)


def shown(store: Store, keeper: Identity, today: date) -> list[str]:
    """The transport statements of this month and the next."""
    wanted = (month_of(today), next_month(today))
    found = store.rows("SELECT month, identity FROM transport WHERE month IN (?, ?) ORDER BY month", *wanted)
    return [
        make_transport(keeper.name, str(month), age.recipient_of(str(identity)), keeper.signing)
        for month, identity in found
    ]
