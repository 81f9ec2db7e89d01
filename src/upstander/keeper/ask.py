"""Asking a keeper over the network: JSON there and back, https only, with an end to time and size."""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from upstander.formats.errors import FormatError

TIMEOUT = 20  # seconds a keeper may take
LARGEST = 16 * 1024 * 1024  # bytes of its answer


def check_address(url: str) -> str:
    """Returns an https address (or one on this machine). Raises FormatError for any other."""
    if not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise FormatError("An address begins with https://: keepers talk over nothing else.")
    return url


def ask_over_https(url: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Posts JSON and returns the answer; a refusal is one too. Raises OSError, FormatError."""
    request = urllib.request.Request(  # noqa: S310 (checked here)
        check_address(url), json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            data = answer.read(LARGEST + 1)
    except urllib.error.HTTPError as error:
        data = error.read(LARGEST + 1)
    except http.client.HTTPException as error:
        raise OSError("The other keeper broke off.") from error
    try:
        read = json.loads(data) if len(data) <= LARGEST else None
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise FormatError("The other keeper's answer is not one.")
    return read
