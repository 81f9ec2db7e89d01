"""Every format and version there is. Readers read all versions, writers write the newest.

A new version is a new number here, a new golden file in `tests/vectors/golden`, and a reader for both.
"""

from dataclasses import dataclass
from typing import Literal

from upstander.formats.errors import FormatError

Use = Literal["statement", "body", "document", "label"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One format: signed as a statement, the body of an envelope, a document, or a label for hashing."""

    name: str
    use: Use
    what: str
    versions: tuple[int, ...] = (1,)

    @property
    def newest(self) -> int:
        """The version that is written."""
        return self.versions[-1]


_ALL = (
    # Version 1 named no holders and never left a demonstration: decision 0012.
    Kind("epoch", "statement", "the next key of a case or of its source sheet", (2,)),
    Kind("admit", "statement", "a key is let in to an epoch of a case"),
    Kind("grant", "statement", "a case key for one person"),
    Kind("envelope", "statement", "something a person wrote, with its place in the conversation"),
    Kind("card", "statement", "an institution's channels and the keys of the people on them"),
    Kind("enrol", "statement", "a handler's key enters a channel"),
    Kind("promise", "statement", "the installation has logged an act"),
    Kind("login", "statement", "an answer to a sign-in challenge"),
    Kind("withdraw", "statement", "a reporter deletes her private record"),
    Kind("log-policy", "statement", "an installation's logs, their keys, and who must have seen them"),
    Kind("watching", "statement", "a witness will look whether a promise was kept"),
    Kind("opening", "statement", "what a keeper deals in the ceremony"),
    Kind("renewed", "statement", "a keeper has seen all of a renewal of shares, and signs it"),
    Kind("card-seen", "statement", "a keeper has seen an institution's card"),
    Kind("roster", "statement", "who the keepers are, signed by each of them"),
    Kind("transport", "statement", "a keeper's key for notes in one month"),
    Kind("entry", "statement", "a pledge's tags, for the keepers"),
    Kind("stop", "statement", "a pledge does not go on its day, or does after all"),
    Kind("withdrawal", "statement", "the end of a pledge"),
    # Version 1 was not signed and never left a demonstration: decision 0022.
    Kind("pledge-slip", "statement", "what a reporter needs to change her mind about a pledge", (2,)),
    Kind("passed", "statement", "a pledge comes with a staff pass"),
    Kind("pass-keys", "statement", "a keeper's keys for staff passes of one month"),
    Kind("sync", "statement", "a keeper asks another for what it missed"),
    Kind("fetch", "statement", "a handler asks a keeper for what was released"),
    Kind("notice", "statement", "a keeper has something for a channel"),
    Kind("keeper-counts", "statement", "what a keeper did in a quarter", (1, 2)),
    Kind("held", "statement", "a keeper holds what it was sent"),
    Kind("asked", "statement", "a keeper was asked to stop or to end a pledge"),
    Kind("watched", "statement", "somebody whom a guardian looks after"),
    Kind("copy", "statement", "the redacted copy of a drawn case, for one overseer"),
    Kind("comment", "statement", "what an overseer writes to those who hold a case"),
    Kind("lead-sheet", "statement", "what a scan found, and what it could not look at", (1, 2)),
    Kind("standing", "statement", "whether the fingerprints of a case may be used"),
    Kind("take-back", "statement", "a reporter takes back her fingerprints"),
    Kind("survey-wave", "statement", "a wave of the staff survey, as its issuing body announces it"),
    Kind("report", "body", "a report"),
    Kind("sheet", "body", "the source sheet: what could identify the reporter"),
    Kind("message", "body", "a message between reporter and handlers"),
    Kind("note", "body", "a note among handlers"),
    Kind("evidence", "body", "a note that puts a source, an incident or a thing into the register"),
    Kind("schedule", "body", "a note that marks one item for disclosure or subject access"),
    Kind("brief", "body", "the investigator's version of a report"),
    Kind("record", "body", "a private record"),
    Kind("pack", "document", "a compiled policy pack"),
    Kind("law", "document", "the desk's half of a policy pack"),
    Kind("desk-pack", "document", "the part of a policy pack that only the desk loads"),
    Kind("case-file", "document", "a case taken out: whole with its proofs, or redacted", (1, 2)),
    Kind("wrapped-key", "document", "a handler's keys as the server stores them"),
    Kind("handler-key", "document", "a handler's wrapped keys in a file of her own"),
    Kind("keeper-store", "document", "what a keeper that leaves hands to its successor, sealed"),
    Kind("claim-codes", "document", "what keepers are given of claim codes for staff passes"),
    Kind("linked", "document", "which released reports name one person, sealed to who opened them", (1, 2)),
    Kind("authority", "document", "a written authority for one scan", (1, 2)),
    Kind("prints", "document", "fingerprints of pictures of one case, and on what basis they are used"),
    Kind("exported", "document", "what was sealed into a bank"),
    Kind("bank", "document", "fingerprints of pictures for one scan"),
    Kind("bank-share", "document", "an approver's share of a bank's key"),
    Kind("leaf", "document", "an act in the public log"),
    Kind("plan", "document", "what is to be measured, decided beforehand"),
    Kind("extract", "document", "the manifest of a coded extract", (1, 2)),
    Kind("release-history", "document", "what was published before, for the audit of what comes next"),
    Kind("privacy-budget", "document", "what was spent of a survey wave's noise"),
    Kind("site", "document", "what a public site says about itself"),
    Kind("review", "document", "what a review found, for the next one to compare itself with"),
    Kind("register", "document", "recommendations and how far they are"),
    Kind("publication", "document", "what was published, and the hash of every file of it"),
    Kind("publication-leaf", "document", "what opens the entries of a publication in the log"),
    Kind("proof", "document", "a saved receipt: an act, its promise, and the proof that it is in the log"),
    Kind("keeper-note", "document", "what one keeper is told, sealed to its key of the month"),
    Kind("keeper-request", "document", "what one keeper is asked, where no relay may read it"),
    Kind("parcel", "document", "a sealed report with locked grants, for every keeper"),
    Kind("fingerprint", "label", "short names of keys"),
    Kind("words", "label", "the checksum word"),
    Kind("epoch-sign", "label", "the key by which a holder of an epoch shows it"),
    Kind("receipt-salt", "label", "the salt of a reporter's words"),
    Kind("receipt", "label", "keys from a reporter's words"),
    Kind("unlock-salt", "label", "the salt of a handler's words"),
    Kind("unlock", "label", "keys from a handler's words"),
    Kind("mailbox", "label", "the mailbox's hash"),
    Kind("commitment", "label", "what a leaf commits to"),
    Kind("prf-salt", "label", "what a passkey is asked for"),
    Kind("prf-wrap", "label", "the wrapping key from a passkey"),
    Kind("carried-key", "label", "an unlocked key on its way from one desk page to the next"),
    Kind("invite", "label", "the hash of an invitation's token"),
    Kind("share", "label", "the check on a custodian's share"),
    Kind("mention", "label", "a person in a case, as linking of names calls her"),
    # Version 1 is every kind but a warrant number, which has its force since: decision 0023.
    Kind("identifier", "label", "what the keepers' function is asked about", (1, 2)),
    Kind("tag", "label", "the key pair of a name, from the keepers' function"),
    Kind("pledge", "label", "the id of a pledge"),
    Kind("pledge-share", "label", "the hash of a share in a pledge"),
    Kind("entry-tags", "label", "what a name's key signs"),
    Kind("link", "label", "a name that released reports have in common"),
    Kind("pass", "label", "what a token of a staff pass is made of"),
    Kind("pass-seed", "label", "nonces and blinds of a staff pass, from one seed"),
    Kind("pass-mac", "label", "a token, bound to what it is shown for"),
    Kind("claim-code", "label", "what one keeper is shown of a claim code"),
    Kind("released", "label", "what stands for a release in a keeper's counts"),
    Kind("claim-part", "label", "the hash that a keeper keeps of it"),
    Kind("custodian-token", "label", "what a custodian shows a keeper, made from the keeper's signing key"),
    Kind("slip-log", "label", "the secret behind the log's entries about a reporter's slips"),
    Kind("refresh", "label", "what keepers sign when they renew their shares"),
    Kind("survey-pass", "label", "what the issuing body's function is asked, and the hash of a spent pass"),
    Kind("survey-code", "label", "the hash of a code for a pass"),
)

KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}


def header(name: str, version: int | None = None) -> str:
    """`upstander/<name>/v<version>`, the newest version unless said. Raises FormatError for unknown ones."""
    kind = KINDS.get(name)
    if kind is None:
        raise FormatError("No format of this name.")
    if version is not None and version not in kind.versions:
        raise FormatError("No such version of this format.")
    return f"upstander/{name}/v{version or kind.newest}"


def headers(name: str, use: Use) -> tuple[str, ...]:
    """All headers a reader of this format accepts, oldest first. Raises FormatError if it has another use."""
    kind = KINDS.get(name)
    if kind is None or kind.use != use:
        raise FormatError(f"No {use} of this name.")
    return tuple(header(name, version) for version in kind.versions)
