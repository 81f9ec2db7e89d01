"""The doctor's questions to the running site."""

from __future__ import annotations

import http.client
import socket
import ssl
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from upstander.cli.finding import Finding, fail, ok, warn

LOCAL = {"127.0.0.1", "localhost", "::1"}
TIMEOUT = 10  # seconds
# Addresses kept for documentation (RFC 5737, RFC 3849): nothing is sent to them.
ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


def origin(going_live: bool) -> Finding:
    """Whether the address keeps what is sent from being read on the way."""
    from django.conf import settings

    parts = urlsplit(settings.ORIGIN)
    if parts.scheme == "https":
        return ok(f"people come to {settings.ORIGIN}")
    if parts.hostname in LOCAL and not going_live:
        return ok(f"people come to {settings.ORIGIN}, this machine only")
    return fail(
        f"people come to {settings.ORIGIN}, which is not https",
        "Put a TLS proxy in front and set UPSTANDER_ORIGIN to its address (docs/how-to/run-for-real.md).",
    )


def mail() -> Finding:
    """Whether messages leave the machine: without a mail server nobody is called out for what is urgent."""
    from upstander.server.cases import notices
    from upstander.server.mail import posts

    if posts():
        return ok("messages to on-call addresses go to a mail server, or are printed by a demonstration")
    left = notices.waiting()
    return warn(
        f"there is no mail server: nobody is told what is urgent or due (urgent notices that wait: {left})",
        "Set UPSTANDER_MAIL_URL (docs/reference/settings.md). Until then, look at the desk every day.",
    )


def headers() -> list[Finding]:
    """Whether the site, as it answers through the proxy, sends the headers that protect its pages."""
    from django.conf import settings

    from upstander.pages.headers import COMMON, CONTENT_SECURITY_POLICY

    address = f"{settings.ORIGIN}/desk/sign-in/"
    try:
        got = ask(address)
    except (urllib.error.URLError, OSError) as error:
        return [
            warn(
                f"{address} did not answer ({error})",
                "Start `upstander serve` and the proxy, then look again.",
            )
        ]
    wanted = {"Content-Security-Policy": CONTENT_SECURITY_POLICY, **dict(COMMON)}
    if settings.SECURE:
        from upstander.server.headers import STRICT_TRANSPORT

        wanted["Strict-Transport-Security"] = STRICT_TRANSPORT
    wrong = sorted(name for name, value in wanted.items() if got.get_all(name) != [value])
    if wrong:
        return [
            fail(
                f"the site answers with other headers than Upstander sends: {', '.join(wrong)}",
                "Something in between adds, drops or changes them. Make the proxy pass them as they are.",
            )
        ]
    return [ok("the site's headers arrive as they were sent"), *server_named(got.get("Server", ""))]


def server_named(server: str) -> list[Finding]:
    """A proxy that tells its version tells an attacker what to try."""
    if any(character.isdigit() for character in server):
        return [
            warn(f"the site names its server: {server}", "Switch the version off in the proxy's settings.")
        ]
    return []


def bare(port: int) -> list[Finding]:
    """Whether others reach the server itself, past the proxy that holds slow senders back and does TLS."""
    reached = [address for address in own_addresses() if is_upstander(address, port)]
    if not reached:
        return [ok(f"port {port} answers on this machine only, or not at all")]
    return [
        warn(
            f"the server itself can be reached at {', '.join(reached)}, port {port}",
            "A few slow senders can hold it up, and nothing is encrypted on the way. Serve on 127.0.0.1 "
            "(--host) behind a proxy that takes in whole requests first (docs/how-to/run-for-real.md).",
        )
    ]


def own_addresses() -> list[str]:
    """The addresses by which this machine reaches others. Asking the system for them sends nothing."""
    found = []
    for family, elsewhere in ELSEWHERE:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((elsewhere, 9))
                found.append(str(probe.getsockname()[0]))
        except OSError:
            continue
    return [address for address in found if address not in LOCAL]


def is_upstander(address: str, port: int) -> bool:
    """Whether Upstander answers there in plain HTTP. An answer that refuses this host name counts."""
    from upstander.pages.headers import COMMON

    connection = http.client.HTTPConnection(address, port, timeout=TIMEOUT)
    try:
        connection.request("GET", "/robots.txt")
        got = connection.getresponse().headers
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return all(got.get(name) == value for name, value in dict(COMMON).items())


def ask(address: str) -> urllib.request.http.client.HTTPMessage:  # type: ignore[name-defined]
    """The headers of one page. Also those of an error page, which carries the same."""
    request = urllib.request.Request(address)  # noqa: S310  (scheme is the installation's own)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT, context=ssl.create_default_context()) as answer:  # noqa: S310
            return answer.headers
    except urllib.error.HTTPError as error:
        return error.headers
