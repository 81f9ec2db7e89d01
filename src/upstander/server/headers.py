"""The headers every answer carries: what the browser may load, remember and tell others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_SCRIPTS: Final = "script-src 'self'"
CONTENT_SECURITY_POLICY: Final = (
    f"default-src 'none'; {_SCRIPTS}; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types upstander-worker"
)
# A worker obeys the header of its own file, so pages keep a policy without WebAssembly.
WASM_WORKER: Final = "/assets/derive.worker.js"
WASM_POLICY: Final = CONTENT_SECURITY_POLICY.replace(_SCRIPTS, f"{_SCRIPTS} 'wasm-unsafe-eval'")

_SHUT: Final = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "compute-pressure",
    "display-capture",
    "encrypted-media",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "keyboard-map",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "otp-credentials",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
_OWN: Final = ("clipboard-write", "fullscreen", "publickey-credentials-create", "publickey-credentials-get")
PERMISSIONS_POLICY: Final = ", ".join([f"{n}=()" for n in _SHUT] + [f"{n}=(self)" for n in _OWN])

COMMON: Final = (
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Permissions-Policy", PERMISSIONS_POLICY),
)
STRICT_TRANSPORT: Final = "max-age=63072000"
_PRIVATE: Final = ("/api/", "/desk/")


class HeadersMiddleware:
    """Sets the headers last, whatever a view or a library has set.

    A view may only make `Cache-Control` looser on what is the same for everybody (assets, packs); without
    that nothing is stored.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        path = request.path_info
        headers = response.headers
        headers["Content-Security-Policy"] = WASM_POLICY if path == WASM_WORKER else CONTENT_SECURITY_POLICY
        for name, value in COMMON:
            headers[name] = value
        headers["Server"] = "upstander"  # else the server process names itself; a proxy may put its own name
        if "Cache-Control" not in headers or not _public(path):
            headers["Cache-Control"] = "no-store"
        if path.startswith(_PRIVATE):
            headers["X-Robots-Tag"] = "noindex"
        if settings.SECURE:
            headers["Strict-Transport-Security"] = STRICT_TRANSPORT
        return response


def _public(path: str) -> bool:
    return path.startswith(("/assets/", "/api/v1/packs/", "/log/", "/public/"))
