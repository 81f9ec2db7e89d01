"""The people and the case of the vectors, always the same: fictional, made from seeds that are no secret."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upstander.formats import base32, ids, statements
from upstander.formats.hashes import sha256
from upstander.sealing import age
from upstander.sealing.cards import Channel, Custodian, Member, make_enrol
from upstander.sealing.envelopes import Held, Reader
from upstander.sealing.epochs import ListedEpoch, check_epochs, make_admit, make_epoch
from upstander.sealing.signers import Signer
from upstander.sealing.words import WORDLIST, Words, checksum_word, receipt_keys, unlock_keys
from upstander.sealing.wrapped import Keyring

DAY = "2026-11-23"


def seed(name: str) -> bytes:
    """32 bytes for a name."""
    return sha256(f"vectors {name}".encode())


def id_(name: str) -> str:
    """An id for a name."""
    return base32.encode(seed(name)[:16])


def keyring(name: str) -> Keyring:
    """A handler's keys for a name."""
    return Keyring(
        age.identity_from_seed(seed(name + " seal")), Ed25519PrivateKey.from_private_bytes(seed(name))
    )


def words(name: str) -> Words:
    """Seven words for a name."""
    material = seed(name)
    six = tuple(WORDLIST[int.from_bytes(material[i : i + 4], "big") % 7776] for i in range(0, 24, 4))
    return Words((*six, checksum_word(six)))


INSTALLATION = id_("installation")
INSTALLATION_KEY = Ed25519PrivateKey.from_private_bytes(seed("installation key"))
INSTALLATION_SIGN = statements.public_of(INSTALLATION_KEY)
WORDS = words("reporter")
RECEIPT = receipt_keys(WORDS, INSTALLATION)
UNLOCK = unlock_keys(words("handler"), INSTALLATION, "a.rowan")
ROWAN, HAZEL, ALDER, BIRCH = keyring("rowan"), keyring("hazel"), keyring("alder"), keyring("birch")
CUSTODIAN = age.identity_from_seed(seed("custodian"))
CASE = id_("case")
CHANNEL = id_("channel")
CASE_KEYS = [age.identity_from_seed(seed(f"case epoch {n}")) for n in (1, 2)]
SHEET_KEY = age.identity_from_seed(seed("sheet epoch 1"))
SPARE = ids.key_id("", age.recipient_of(CUSTODIAN))  # the custodian's key id
KNOWN = {**RECEIPT.public.known, **ROWAN.known, **HAZEL.known, **BIRCH.known}
HOLDERS = [ROWAN.key, SPARE]


def listed(
    scope, number: int, identity: str, previous: str, by: Signer, holders=HOLDERS, case=CASE
) -> ListedEpoch:
    """An epoch as a server lists it."""
    before = age.recipient_of(previous) if previous else ""
    text = make_epoch(
        case=case,
        scope=scope,
        epoch=number,
        identity=identity,
        previous=before,
        holders=holders,
        by=by,
        day=DAY,
    )
    return ListedEpoch(scope, number, age.recipient_of(identity), text)


def admit(scope, number: int, identity: str, to: str, case=CASE) -> str:
    """Somebody let in, signed by the key of this identity."""
    return make_admit(case=case, scope=scope, epoch=number, identity=identity, to=to, day=DAY)


# The reporter sends to Rowan and the custodian; Rowan lets Hazel in; then comes the next key. Birch's signature is
# known too, but she never holds the case.
LISTED_EPOCHS = [
    listed("case", 1, CASE_KEYS[0], "", RECEIPT.signer),
    listed("sheet", 1, SHEET_KEY, "", RECEIPT.signer),
    listed("case", 2, CASE_KEYS[1], CASE_KEYS[0], ROWAN.signer, [*HOLDERS, HAZEL.key]),
]
ADMITS = [admit("case", 1, CASE_KEYS[0], HAZEL.key)]
EPOCHS = check_epochs(LISTED_EPOCHS, ADMITS, CASE, KNOWN)


def reader(*held: Held) -> Reader:
    """A reader of the case with these identities."""
    return Reader(CASE, KNOWN, EPOCHS, RECEIPT.seal, held)


HELD_BY_ROWAN = (
    Held("case", 1, CASE_KEYS[0]),
    Held("case", 2, CASE_KEYS[1]),
    Held("sheet", 1, SHEET_KEY),
)
HELD_BY_REPORTER = (Held("reporter", 0, RECEIPT.identity),)


def member(who: Keyring, by: Signer, *, label: str, sheet: bool = False, state: str = "active") -> Member:
    """A member of the channel, let in by somebody."""
    enrol = make_enrol(channel=CHANNEL, institution="marlshire", sign=who.sign, seal=who.seal, by=by, day=DAY)
    return Member(enrol, who.key, label, who.seal, sheet, who.sign, state)


def channel(*members: Member) -> Channel:
    """The channel, by default with its three members."""
    recipient = age.recipient_of(CUSTODIAN)
    return Channel(
        about="The force's own team for professional standards.",
        custodian=Custodian(SPARE, 2, 3, recipient),
        id=CHANNEL,
        inside=True,
        members=members or MEMBERS,
        name="Professional standards",
        on_call=False,
        prescribed=False,
    )


MEMBERS = (
    member(ROWAN, Signer("installation", INSTALLATION_KEY), label="A. Rowan", sheet=True),
    member(HAZEL, ROWAN.signer, label="C. Hazel"),
    member(ALDER, HAZEL.signer, label="D. Alder", state="retired"),
)
