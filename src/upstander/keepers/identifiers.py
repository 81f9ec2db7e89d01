"""What a person is known by, written one way, so that two reporters who write it differently match.

The rules are published (docs/reference/identifiers.md) and the same in `client/lib/identifiers.ts`; the words
they know are in `identifiers.json`. They belong to the keepers' protocol and not to a policy pack: the same
person named in two institutions must match. Changing a rule is a new version of the label `identifier`.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from typing import Any

from upstander.formats.errors import FormatError

LONGEST = 64  # characters of one written part

_WORDS: Mapping[str, Any] = json.loads(
    resources.files("upstander.keepers").joinpath("identifiers.json").read_text("utf-8")
)
_CONFUSABLES = str.maketrans(_WORDS["confusables"])
_LETTERS = str.maketrans(_WORDS["letters"])
_BLANK = r"[\x00-\x20\x7f\x85\u1680\u2028\u2029]"  # what NFKC leaves of white space and controls
_HYPHENS = r"['’‘`‐‒–—-]"
_HOST = r"^(?:https?:)?(?://)?(?:www\.|m\.)?"
_NUMBER = re.compile(r"([a-z]*)([0-9]+)([a-z]*)")
_EMAIL = re.compile(r"[a-z0-9.!#$%&'*/=?^_`{|}~-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_HANDLE = re.compile(r"[a-z0-9._-]*[a-z0-9][a-z0-9._-]*")


class IdentifierError(FormatError):
    """What was typed cannot be an identifier of this kind. `field` is the one to look at."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def identifier(kind: str, **fields: str) -> str:
    """The one way of writing an identifier: its kind and its parts, a line each, in ASCII.

    Kinds and fields are in KINDS. Raises IdentifierError for what cannot be read, FormatError for another
    kind or other fields.
    """
    if kind not in KINDS:
        raise FormatError("There is no identifier of this kind.")
    names, write = KINDS[kind]
    if fields.keys() != set(names):
        raise FormatError(f"Expected exactly these fields: {', '.join(names)}.")
    parts = write(*(fields[name] for name in names))
    for name, part in zip(names, parts, strict=False):
        if not part:
            raise IdentifierError(name, "There is nothing here that could be compared.")
        if len(part) > LONGEST:
            raise IdentifierError(name, f"This is too long: {LONGEST} letters and digits at most.")
    return "\n".join((kind, *parts))


def oprf_input(written: str) -> bytes:
    """What the keepers' function is asked about: an identifier as `identifier` writes it.

    Version 2 is a warrant number with its force (decision 0023); one without, as it was, stays version 1.
    """
    kind, *parts = written.split("\n")
    version = 2 if (kind, len(parts)) == ("warrant", 2) else 1
    return f"upstander/identifier/v{version}\n{written}".encode()


def _warrant(number: str, force: str) -> Sequence[str]:
    """Forces number their own officers: the same number is another person elsewhere."""
    return _service_number(number), _force(force)


def _collar(number: str, force: str, surname: str) -> Sequence[str]:
    return _service_number(number), _force(force), _surname(surname)[:1]


def _email(address: str) -> Sequence[str]:
    """Lower case; nothing from a `+` on; names around it and `mailto:` are taken off."""
    plain = re.sub(_BLANK, "", _plain(address))
    inner = re.search(r"<([^<>]*)>", plain)
    plain = (inner[1] if inner else plain).removeprefix("mailto:").rstrip(".")
    local, at, domain = plain.partition("@")
    plain = local.split("+")[0] + at + domain
    if not _EMAIL.fullmatch(plain):
        raise IdentifierError("address", "This does not look like an e-mail address.")
    return (plain,)


def _phone(number: str) -> Sequence[str]:
    """International, United Kingdom where no country is given; an extension stays."""
    plain = re.sub(r"^[^0-9+]*", "", _latin("number", number)).replace("(0)", "")
    main, *extension = re.split(r"extension|ext|x|#", plain)
    main, inner = (re.sub(r"[^0-9a-z+]", "", part) for part in (main, "".join(extension)))
    main = re.sub(r"^00", "+", main)
    main = re.sub(r"^(?:\+440|0|44(?=[0-9]{9,10}$))", "+44", main)
    main = re.sub(r"^(?=7[0-9]{9}$)", "+44", main)
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", main) or not re.fullmatch(r"[0-9]{0,6}", inner):
        raise IdentifierError("number", "This does not look like a telephone number.")
    return (f"{main}x{inner}" if inner else main,)


def _handle(name: str, network: str) -> Sequence[str]:
    """Lower case without `@`; from an address on the web its first part."""
    plain = "".join(one for one in re.sub(_BLANK, "", _latin("name", name)) if one.isascii()).rstrip("/")
    plain = re.sub(_HOST + r"[a-z0-9-]+(?:\.[a-z0-9-]+)+/", "", plain)
    plain = re.sub(r"[/?#].*$", "", re.sub(r"^(?:@|u/|user/|in/|add/)+", "", plain))
    if not _HANDLE.fullmatch(plain):
        raise IdentifierError("name", "Write the name as the network shows it, in Latin letters.")
    typed = re.sub(_BLANK, "", _latin("network", network))
    site = re.sub(r"/.*$", "", re.sub(_HOST, "", typed))
    where = site if site in _WORDS["networks"] else " ".join(_words("network", network))
    return plain, _WORDS["networks"].get(where, where)


def _name(first: str, surname: str, force: str, station: str) -> Sequence[str]:
    """The first of the first names, the surname as one word, and where they work."""
    given = _without_titles(_words("first", first, joined=True))[:1]
    if given and len(given[0]) < 2:
        raise IdentifierError("first", "Write the whole first name: an initial fits too many people.")
    return "".join(given), _surname(surname), _force(force), _station(station)


def _service_number(typed: str) -> str:
    """Digits without leading zeros, then letters; a rank before it and words such as "no." do not count."""
    ignored = (*_WORDS["ranks"], *_WORDS["labels"])
    found = _NUMBER.fullmatch("".join(_without(_words("number", typed), ignored)))
    if not found:
        raise IdentifierError("number", "Write the number with its letters, such as 1234 or PW1234.")
    before, digits, after = found.groups()
    return (digits.lstrip("0") or "0") + ("" if before in ignored else before) + after


def _surname(typed: str) -> str:
    """All its words as one; hyphens and apostrophes do not count, nor a rank or title before it."""
    return "".join(_without_titles(_words("surname", typed, joined=True)))


def _force(typed: str) -> str:
    """Without words such as police; short names and Welsh names as the full English one."""
    words = " ".join(word for word in _words("force", typed) if word not in _WORDS["generic"])
    name: str = _WORDS["forces"].get(words, words)
    return name


def _station(typed: str) -> str:
    return " ".join(word for word in _words("station", typed) if word not in _WORDS["stations"])


def _without_titles(words: Sequence[str]) -> Sequence[str]:
    return _without(words, (*_WORDS["ranks"], *_WORDS["titles"]))


def _without(words: Sequence[str], ignored: Sequence[str]) -> Sequence[str]:
    """The words without those at the beginning that are ignored; the last one always stays."""
    while len(words) > 1 and words[0] in ignored:
        words = words[1:]
    return words


def _words(field: str, typed: str, joined: bool = False) -> Sequence[str]:
    """Runs of a to z and 0 to 9; `joined` lets hyphens and apostrophes not part them."""
    plain = _latin(field, typed)
    return re.findall(r"[a-z0-9]+", re.sub(_HYPHENS, "", plain) if joined else plain)


def _latin(field: str, typed: str) -> str:
    """As `_plain`. Raises IdentifierError where letters or digits of another script are left."""
    plain = _plain(typed)
    if any(unicodedata.category(one)[0] in "LN" and not one.isascii() for one in plain):
        raise IdentifierError(field, "Write it in Latin letters and the digits 0 to 9.")
    return plain


def _plain(typed: str) -> str:
    """Lower case, one form of each letter, no accents, nothing that cannot be seen."""
    text = unicodedata.normalize("NFKC", typed).translate(_CONFUSABLES).lower()
    text = unicodedata.normalize("NFKD", text).translate(_LETTERS)
    return "".join(one for one in text if unicodedata.category(one) not in ("Mn", "Mc", "Me", "Cf"))


KINDS: Mapping[str, tuple[tuple[str, ...], Callable[..., Sequence[str]]]] = {
    "warrant": (("number", "force"), _warrant),
    "collar": (("number", "force", "surname"), _collar),
    "email": (("address",), _email),
    "phone": (("number",), _phone),
    "handle": (("name", "network"), _handle),
    "name": (("first", "surname", "force", "station"), _name),
}
"""Every kind, its fields in order, and how it is written."""
