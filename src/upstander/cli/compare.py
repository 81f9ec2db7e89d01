"""`upstander compare`: whether a server hands out the reporter's page that this copy of Upstander builds.

A browser runs what a server sends. Nothing in the page can tell whether it was changed for one visitor, but
somebody outside can fetch it as a visitor would and compare it, byte for byte, with a build of her own.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import ssl
import sys
import urllib.error
import urllib.request
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from upstander.cli.environment import StopError, command
from upstander.cli.finding import Finding, fail, ok, report, warn
from upstander.formats import ids
from upstander.formats.hashes import hash_of

if TYPE_CHECKING:
    from upstander.cli.environment import Commands

ABOUT = """\
Fetches an institution's page as a visitor's browser would, with everything it can load, and
compares every byte with what this copy of Upstander builds (`make build`; the same sources give
the same bytes). Says which file differs, and where. Sends nothing about you but the request.

A server that wants to cheat can send one visitor another page than the next. So run this from
another network than the institution's, at odd hours, more than once, and let others run it too.
Compare the fingerprint of the key with what others see and with what is printed on posters.

exit code: 0 the same, 3 something differs, 1 could not be compared"""

LARGEST = 8 * 1024 * 1024  # bytes of one file
TIMEOUT = 20  # seconds
DIFFERS = 3
# What a browser sends, so that the request does not stand out from a visitor's.
BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.9",
    "Accept-Encoding": "gzip",
}
_META = r'<meta name="upstander-{}" content="([^"<>]{{0,100}})">'


@dataclass(frozen=True)
class Served:
    """A file as it arrived: its bytes, and the policy the browser would obey."""

    data: bytes
    policy: list[str]


_PAGES = frozenset(
    {"report.html", "survey.html", "pass.html", "staff.html"}
)  # compared with their values filled in, or served by the issuing body of a survey


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nowhere: the page compared has to be the one that was named."""

    def redirect_request(self, *_args: object, **_named: object) -> None:
        return None


def add(commands: Commands) -> None:
    """Adds the command and its arguments."""
    parser = command(commands, "compare", "compare a server's page with the one built here", ABOUT)
    parser.add_argument("url", help="the institution's page, such as https://speak.example.org/marlshire/")
    parser.add_argument("--key", metavar="KEY", help="the installation's key, if you know it from elsewhere")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compares one page with all it can load."""
    parts = urlsplit(arguments.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise StopError(f"{arguments.url} is not the address of a page: it begins with https://.")
    wanted = _manifest()
    served = fetch(arguments.url)
    findings = [*page(served, arguments.key), *survey(f"{arguments.url.rstrip('/')}/survey/")]
    findings += page(fetch(f"{arguments.url.rstrip('/')}/pass/"), arguments.key, "staff.html")
    for number, (name, sha256) in enumerate(sorted(wanted.items()), start=1):
        if sys.stderr.isatty():
            print(f"\rcomparing {number} of {len(wanted)} files", end="\r", file=sys.stderr, flush=True)
        findings.append(asset(urljoin(arguments.url, f"/{name}"), name, sha256))
    wrong = report(findings)
    print("This is not the page that is built here." if wrong else "The server sent what is built here.")
    return DIFFERS if wrong else 0


def page(served: Served, key: str | None, name: str = "report.html") -> list[Finding]:
    """A page: its bytes with its three values filled in, its policy; of the first the values themselves."""
    from upstander.pages import built
    from upstander.pages.headers import CONTENT_SECURITY_POLICY

    text = served.data.decode("utf-8", "replace")
    found = [re.search(_META.format(value), text) for value in ("installation", "key", "roster")]
    if None in found:
        return [fail("the page names no installation and key", "This is not a page of Upstander.")]
    installation, signs, roster = (one[1] for one in found if one is not None)
    ours = built.report_page(installation, signs, roster, name)
    assert ours is not None  # `_manifest` has stopped before, if nothing is built
    values = [_key(signs, key), ok(f"the keepers' roster {roster}" if roster else "no keepers")]
    what = "the page" if name == "report.html" else "the page of staff passes"
    return [
        _same(what, ours, served.data),
        *(values if name == "report.html" else []),
        _policy(what, served.policy, CONTENT_SECURITY_POLICY),
    ]


def survey(address: str) -> list[Finding]:
    """The survey's page beside it: its bytes with the one value filled in, which is who issues passes."""
    from upstander.pages import built

    try:
        served = fetch(address)
    except StopError as stop:
        if str(stop).endswith("answered 404."):  # as where a keeper hands out the page
            return [ok("no survey's page is served here")]
        return [fail(f"survey.html: {stop}", "The survey's page cannot be compared. Try again; tell others.")]
    found = re.search(_META.format("issuer"), served.data.decode("utf-8", "replace"))
    signs = found[1] if found is not None else ""
    ours = built.survey_page(signs)
    assert ours is not None  # `_manifest` has stopped before, if nothing is built
    body = f"passes come from the body with the key {signs}, fingerprint {ids.fingerprint(signs)}"
    named = (
        warn(body, "Compare it with what that body prints in its letters.")
        if signs
        else ok("no body issues passes for a survey")
    )
    return [_same("the survey's page", ours, served.data), named]


def asset(address: str, name: str, sha256: str) -> Finding:
    """One file that the page can load."""
    from upstander.pages.headers import WASM_POLICY, WASM_WORKER

    try:
        served = fetch(address)
    except StopError as stop:
        return fail(f"{name}: {stop}", "The page cannot be compared as a whole. Try again; tell others.")
    if hash_of(served.data) != sha256:
        return fail(
            f"{name} is not the file that is built here",
            f"served {hash_of(served.data)}, built {sha256}. Keep a copy of it, and tell others.",
        )
    if f"/{name}" == WASM_WORKER:
        return _policy(name, served.policy, WASM_POLICY)  # a worker obeys the policy of its own file
    return ok(name)


def fetch(address: str) -> Served:
    """A file as a browser gets it. Raises StopError, in plain words, when there is none."""
    context = ssl.create_default_context()
    opener = urllib.request.build_opener(_Stay, urllib.request.HTTPSHandler(context=context))
    request = urllib.request.Request(address, headers=BROWSER)  # noqa: S310  (http or https: `run` checks)
    try:
        with opener.open(request, timeout=TIMEOUT) as answer:
            data = answer.read(LARGEST + 1)
            packed = answer.headers.get("Content-Encoding", "") == "gzip"
            policy = answer.headers.get_all("Content-Security-Policy") or []
    except urllib.error.HTTPError as error:
        where = error.headers.get("Location")
        raise StopError(
            f"{address} leads on to {where}: compare that." if where else f"{address} answered {error.code}."
        ) from error
    except (OSError, http.client.HTTPException) as error:
        raise StopError(f"{address} could not be fetched: {error}") from error
    if packed:
        data = _unpacked(data, address)
    if len(data) > LARGEST:
        raise StopError(f"{address} is larger than any file of Upstander.")
    return Served(data, policy)


def _unpacked(data: bytes, address: str) -> bytes:
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        return unpacker.decompress(data, LARGEST + 1)
    except zlib.error as error:
        raise StopError(f"{address} did not unpack.") from error


def _manifest() -> dict[str, str]:
    from upstander.pages import built

    path = built.FOLDER / "manifest.json"
    if not path.is_file():
        raise StopError("nothing is built here to compare with. Run `make build` first.")
    return {
        name: sha256 for name, sha256 in json.loads(path.read_text("utf-8")).items() if name not in _PAGES
    }


def _same(what: str, ours: bytes, theirs: bytes) -> Finding:
    if ours == theirs:
        return ok(f"{what}, byte for byte (SHA-256 {hash_of(theirs)})")
    pairs = zip(ours.splitlines(), theirs.splitlines(), strict=False)
    line = next((number for number, (one, other) in enumerate(pairs, start=1) if one != other), 0)
    where = f"first in line {line}" if line else "one goes on where the other ends"
    return fail(
        f"{what} differs from the one built here, {where}",
        "Either another version is served than you have here, or somebody changed it. Keep a copy of it.",
    )


def _key(signs: str, known: str | None) -> Finding:
    named = f"the installation's key {signs}, fingerprint {ids.fingerprint(signs)}"
    if known is None:
        return warn(named, "Compare it with what others see: everyone must see the same.")
    if known != signs:
        return fail(named, f"You expected {known}.")
    return ok(named)


def _policy(what: str, policy: list[str], wanted: str) -> Finding:
    if policy == [wanted]:
        return ok(f"{what}, with its content policy")
    return fail(
        f"{what} comes with another content policy", "It could load or send what Upstander's forbids."
    )
