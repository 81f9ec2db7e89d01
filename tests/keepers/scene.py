"""Three invented keepers with one key, a channel, and reporters; everything from fixed seeds but what is random."""

from dataclasses import dataclass, field, replace
from datetime import date

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.vectors import scene as vectors
from upstander.formats import statements
from upstander.keepers import ceremony, identifiers, oprf, threshold
from upstander.keepers.entries import make_entry
from upstander.keepers.holding import Holding, hold
from upstander.keepers.pledges import Beneficiary, Condition, Match
from upstander.keepers.roster import Roster, make_transport, read_roster, roster_body
from upstander.sealing import age

NAMES = ("charity", "college", "union")
NEEDS = 2
DAY, EXPIRES = "2026-11-25", "2032-11-25"
TODAY = date(2026, 11, 25)
MONTH = "2026-11"


def key(name: str) -> Ed25519PrivateKey:
    """A signing key that follows from a name."""
    return Ed25519PrivateKey.from_private_bytes(vectors.seed(f"keepers {name}"))


SIGNING = {name: key(name) for name in NAMES}
PUBLIC, SHARES = ceremony.deal_unsafely(NAMES, NEEDS)
WHOLE = threshold.join([SHARES[name] for name in NAMES[:NEEDS]])
BODY = roster_body(
    "2026",
    PUBLIC,
    {name: f"https://{name}.example" for name in NAMES},
    {name: statements.public_of(one) for name, one in SIGNING.items()},
)
ROSTER_TEXTS = [statements.sign("roster", BODY, SIGNING[name]) for name in NAMES]
ROSTER: Roster = read_roster(ROSTER_TEXTS)
TRANSPORT = {name: age.identity_from_seed(vectors.seed(f"transport {name}")) for name in NAMES}
RECIPIENTS = {name: age.recipient_of(one) for name, one in TRANSPORT.items()}
TRANSPORT_TEXTS = {name: make_transport(name, MONTH, RECIPIENTS[name], SIGNING[name]) for name in NAMES}
READER = key("a handler")
BENEFICIARY = Beneficiary(vectors.CHANNEL, (statements.public_of(READER),))
GRANTS = [{"epoch": 1, "scope": "case", "sealed": "c2VhbGVk", "to": vectors.ROWAN.key}]


def output(written: str) -> bytes:
    """The function's output for an identifier, by the whole key that nobody has outside these tests."""
    return oprf.evaluate_whole(WHOLE, identifiers.oprf_input(written))


def warrant(number: str, force: str = "Marlshire Police") -> bytes:
    """The output for a warrant number of a force."""
    return output(identifiers.identifier("warrant", number=number, force=force))


@dataclass
class Reporter:
    """Somebody with a pledge; `names` are outputs of the function."""

    name: str
    names: list[bytes]
    conditions: tuple[Condition, ...] = (Match(2),)
    expires: str = EXPIRES
    beneficiary: Beneficiary = BENEFICIARY
    roster: Roster = ROSTER
    held: Holding = field(init=False)

    def __post_init__(self) -> None:
        self.signing = key(self.name)
        self.held = hold(
            report={"envelopes": [self.name], "text": "sealed already"},
            grants=GRANTS,
            outputs=self.names,
            conditions=self.conditions,
            beneficiary=self.beneficiary,
            expires=self.expires,
            day=DAY,
            by=self.signing,
            roster=self.roster,
            recipients=RECIPIENTS,
        )

    @property
    def pledge(self):
        """Her pledge."""
        return self.held.pledge

    def entry(self, names: list[bytes], version: int) -> str:
        """Another version of her entry."""
        from upstander.keepers.tags import filled

        return make_entry(self.pledge, filled(names), version, DAY, self.signing)


def other_roster() -> Roster:
    """Keepers of another epoch."""
    return replace(ROSTER, epoch="2032")
