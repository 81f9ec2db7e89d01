"""Several keepers on one machine, their key dealt from one hand: for the demonstration and tests alone."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from upstander.formats import b64, statements
from upstander.keeper import home
from upstander.keepers import ceremony, group
from upstander.keepers.pledges import check_name
from upstander.keepers.roster import roster_body


def deal(
    into: Path,
    names: Sequence[str],
    needs: int,
    *,
    epoch: str,
    first_port: int,
    wait: tuple[int, int],
    cards: str = "nobody-new",
) -> dict[str, str]:
    """Makes a folder for each keeper and returns their addresses by name. **Unsafe**: see `deal_unsafely`.

    `wait` is the soonest and latest day of a release, `cards` are those they cosign by themselves. Raises
    FormatError, FileExistsError.
    """
    public, shares = ceremony.deal_unsafely([check_name(name) for name in names], needs)
    policy = replace(home.Policy(), soonest=wait[0], latest=wait[1], cards=cards)
    signs = {name: home.create(into / name, name, policy) for name in names}
    addresses = {name: f"http://127.0.0.1:{first_port + i}" for i, name in enumerate(names)}
    body = roster_body(epoch, public, addresses, signs)
    texts = [statements.sign("roster", body, home.signing_key(into / name)) for name in sorted(names)]
    statics = {name: b64.encode(group.base_times(home.static_key(into / name)).encode()) for name in names}
    for name in names:
        home.admit(into / name, shares[name], texts, statics)
    return addresses
