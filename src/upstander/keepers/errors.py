"""What a keeper, or who asks one, can be told. Every refusal has its own class and a plain sentence."""

from upstander.formats.errors import FormatError


class GroupError(FormatError):
    """Bytes are not an element or a scalar of ristretto255 that may be used."""


class ProofError(ValueError):
    """A keeper's answer does not carry a proof that it used the key it published."""


class RefusalError(ValueError):
    """A keeper does not do this. `says` is the sentence; nothing was changed."""

    says = "This cannot be done."

    def __init__(self, says: str = "") -> None:
        super().__init__(says or self.says)


class WrongEpochError(RefusalError):
    """Made for another key of the keepers, or for other keepers."""

    says = "This was made for other keepers, or for a key they no longer use. Load the page again."


class OtherKeeperError(RefusalError):
    """A note for another keeper, sealed to this one."""

    says = "This is for another keeper."


class ClosedError(RefusalError):
    """Sealed to a key that is not, or no longer, there."""

    says = "This does not open: it was sealed to another key, or to a month that is gone."


class ShareError(RefusalError):
    """Not the share whose hash the pledge carries."""

    says = "The share is not the one that the pledge names."


class PassError(RefusalError):
    """Not a token of this keeper's, not shown for this, or too early."""

    says = "This keeper does not know this pass."


class CodeError(RefusalError):
    """Not a claim code, or one that was used."""

    says = "This code is not known here, or it was used already."


class UnknownInstallationError(RefusalError):
    """A card of an installation that this keeper's people never cosigned one of."""

    says = "This keeper does not know this installation yet. Its people cosign the first card by hand."


class ParcelError(RefusalError):
    """Not the parcel whose hash the pledge carries, or not a parcel."""

    says = "The parcel is not the one that the pledge names, or not a parcel."


class PolicyError(RefusalError):
    """Fewer others than the policy asks for, a day that is past, too long."""

    says = "The keepers do not take a pledge with such a condition."


class NotSignedError(RefusalError):
    """Not signed by the key of its pledge."""

    says = "This is not signed with the key of its pledge."


class OtherPledgeError(RefusalError):
    """An entry, stop or withdrawal of one pledge, presented with another."""

    says = "This belongs to another pledge."


class OldVersionError(RefusalError):
    """An entry or stop that was already replaced by a later one, or a different one of the same number."""

    says = "A later one is already here."


class WithdrawnError(RefusalError):
    """The pledge was withdrawn: nothing of it is taken or released any more."""

    says = "This pledge was withdrawn."


class ExpiredError(RefusalError):
    """The pledge's last day is past."""

    says = "This pledge has expired."


class ShortEvidenceError(RefusalError):
    """Fewer people than the condition asks for."""

    says = "These are fewer different people than the condition asks for."


class DoubleEvidenceError(RefusalError):
    """One entry twice."""

    says = "One entry is there twice."


class MeterError(RefusalError):
    """Too many evaluations for now."""

    says = "Too many names were asked about for now. What you wrote is safe: finish it later."


class NotYetError(RefusalError):
    """The condition does not hold, yet."""

    says = "The condition does not hold yet."


class NothingHeldError(NotYetError):
    """The pledge only counts for others; nothing of it is ever released."""

    says = "Nothing is held here: it only counts for others."


class NoMatchError(NotYetError):
    """Too few others named the same person."""

    says = "Too few others have named the same person."


class TooEarlyError(NotYetError):
    """The day has not come."""

    says = "The day has not come."


class StoppedError(NotYetError):
    """The reporter, or the overseer whom the pledge names, said stop."""

    says = "It was stopped."
