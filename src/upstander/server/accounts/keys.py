"""A person's keys: their form, their wrapped halves, what happens when one is new, replaced or lost."""

from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet

from upstander.formats import b64, ids
from upstander.formats.days import today
from upstander.formats.errors import FormatError
from upstander.sealing import age
from upstander.sealing.errors import SealingError
from upstander.sealing.wrapped import check_blob
from upstander.server.accounts import leaves
from upstander.server.accounts.models import Key, Person, WrappedKey
from upstander.server.errors import conflict, malformed, not_found
from upstander.server.log.commit import Done, LeafDraft, perform

Blob = dict[str, Any]
_LONGEST: Final = 2048  # characters of any field
_MOST = 32  # wrappings of one key


def register_key(person: Person, *, seal: str, sign: str, wrapped: list[Blob], words_key: str) -> Key:
    """The person's first key, or a new one that retires the old. Raises `malformed` and `conflict`."""
    key_id = _check_key(seal, sign)
    _check_words_key(words_key)
    for blob in wrapped:
        check_wrapped(blob, key_id)
    if not any(blob["method"] == "words" for blob in wrapped):
        raise malformed("A key is always wrapped with words too.", "wrapped")

    def change() -> Done:
        if Key.objects.filter(id=key_id).exists():
            raise conflict("This key is already here.")
        retired = _end(person.keys.filter(state=Key.State.ACTIVE), Key.State.RETIRED)
        day = today(person.institution.time_zone)
        key = Key.objects.create(id=key_id, person=person, seal=seal, sign=sign, day=day)
        for blob in wrapped:
            _store(key, blob)
        Person.objects.filter(pk=person.pk).update(words_key=words_key)
        [added] = leaves.keys(person, [key_id], "added")
        return Done((), added, leaves.keys(person, retired, "retired"))

    perform(change)
    person.words_key = words_key
    return Key.objects.get(id=key_id)


def add_wrapping(person: Person, key_id: str, blob: Blob) -> None:
    """Wraps a key in one more way; new words take the place of old ones. Raises not-found and `malformed`."""
    key = person.keys.exclude(state=Key.State.REVOKED).filter(id=key_id).first()
    if key is None:
        raise not_found()
    check_wrapped(blob, key.id)
    with transaction.atomic():
        _store(key, blob)


def replace_words(person: Person, *, words_key: str, wrapped: list[Blob]) -> None:
    """New unlock words: every key the person has is wrapped with them; the old words open nothing more."""
    _check_words_key(words_key)
    mine = {key.id: key for key in person.keys.exclude(state=Key.State.REVOKED)}
    if sorted(str(blob.get("key")) for blob in wrapped) != sorted(mine):
        raise malformed("Every one of your keys must be wrapped with the new words.", "wrapped")
    for blob in wrapped:
        check_wrapped(blob, str(blob.get("key")))
        if blob["method"] != "words":
            raise malformed("Expected keys wrapped with words.", "wrapped")
    with transaction.atomic():
        for blob in wrapped:
            _store(mine[blob["key"]], blob)
        Person.objects.filter(pk=person.pk).update(words_key=words_key)


def forget_ways_in(person: Person) -> list[LeafDraft]:
    """Ends every session; words, passkeys, codes and wrapped keys are deleted. Only inside a change.

    Answers the leaves of the keys that are lost with it.
    """
    lost = _end(person.keys.exclude(state=Key.State.REVOKED), Key.State.REVOKED)
    WrappedKey.objects.filter(key__person=person).delete()
    Authenticator.objects.filter(user=person).delete()
    person.invites.all().delete()
    person.words_key = ""
    person.set_unusable_password()  # a new random mark: sessions made under the old one end
    person.save(update_fields=["words_key", "password"])
    return leaves.keys(person, lost, "lost")


def forget_passkey(person: Person, credential: str) -> None:
    """A passkey that was removed opens no key of its owner any more."""
    WrappedKey.objects.filter(key__person=person, method="prf", credential=credential).delete()


def check_wrapped(blob: Blob, key_id: str) -> None:
    """Raises `malformed` unless the blob has the form of formats section 9 and is for this key."""
    try:
        fields = check_blob(blob)
    except FormatError as error:
        raise malformed("This is not a wrapped key.", "wrapped") from error
    right = fields["key"] == key_id and max(len(value) for value in fields.values()) <= _LONGEST
    if not right or (fields["method"] == "prf") != bool(fields["credential"] and fields["salt"]):
        raise malformed("This is not a wrapped key of yours.", "wrapped")


def _end(keys: QuerySet[Key], state: str) -> list[str]:
    """Puts keys in this state; answers their ids."""
    ended = sorted(keys.values_list("id", flat=True))
    keys.update(state=state)
    return ended


def _store(key: Key, blob: Blob) -> None:
    same = key.wrapped.filter(method=blob["method"])
    if blob["method"] == "prf":
        same = same.filter(credential=blob["credential"])
    same.delete()
    if key.wrapped.count() >= _MOST:
        raise conflict("This key is wrapped in too many ways. Remove a passkey first.")
    WrappedKey.objects.create(key=key, method=blob["method"], credential=blob["credential"], blob=blob)


def _check_key(seal: str, sign: str) -> str:
    try:
        age.check_recipient(seal)
        b64.decode(sign, 32)
    except (FormatError, SealingError) as error:
        raise malformed("This is not a key pair we can use.", "seal") from error
    return ids.key_id(sign, seal)


def _check_words_key(words_key: str) -> None:
    try:
        b64.decode(words_key, 32)
    except FormatError as error:
        raise malformed("This is not a key that words give.", "words_key") from error
