"""What every answer to a browser carries: what the page may load, remember and tell others."""

from typing import Final

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


def policy_of(path: str) -> str:
    """The content policy of what lies at this path."""
    return WASM_POLICY if path == WASM_WORKER else CONTENT_SECURITY_POLICY
