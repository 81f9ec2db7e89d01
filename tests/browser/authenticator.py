"""A virtual authenticator with PRF, built into Chromium: passkeys without a person's finger."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page

OPTIONS = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}

# Keeps a copy of every PRF result the page reads, so that a test can look for it where it must not be.
WATCH = """
(() => {
  const read = PublicKeyCredential.prototype.getClientExtensionResults;
  const hex = bytes => [...new Uint8Array(bytes.buffer ?? bytes)].map(n => n.toString(16).padStart(2, '0')).join('');
  PublicKeyCredential.prototype.getClientExtensionResults = function () {
    const results = read.call(this);
    const first = results.prf?.results?.first;
    if (first) sessionStorage.setItem('watched', `${sessionStorage.getItem('watched') ?? ''} ${hex(first)}`);
    return results;
  };
})();
"""


def add_authenticator(page: Page, prf: bool = True) -> None:
    """Gives the page's browser an authenticator that says yes to everything."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {**OPTIONS, "hasPrf": prf}})


def watch_prf(context: BrowserContext) -> None:
    """Notes PRF results from now on, on every page that is loaded."""
    context.add_init_script(WATCH)


def prf_outputs(page: Page) -> set[bytes]:
    """Every PRF result the pages of this tab have read so far."""
    noted = page.evaluate("sessionStorage.getItem('watched')") or ""
    return {bytes.fromhex(one) for one in str(noted).split()}
