"""Settings of staff sign-in: no passwords anywhere, passkeys and one-time codes through allauth.

`settings.py` takes all names of this module in and adds the two lists to its own.
"""

from typing import Any, Final

ACCOUNTS_APPS: Final = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
# in this order, after the security and header middleware
ACCOUNTS_MIDDLEWARE: Final = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "upstander.server.accounts.csrf.CsrfMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "upstander.server.accounts.middleware.StaffMiddleware",
]
ACCOUNTS_CONTEXT_PROCESSORS: Final = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "upstander.server.accounts.context.desk",
]

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["upstander.server.accounts.backend.PersonBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/desk/sign-in/"

ACCOUNT_ADAPTER = "upstander.server.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600  # seconds; also how long an act that asks again remembers the answer
# Counted per account, never per address: a station shares one address.
ACCOUNT_RATE_LIMITS: dict[str, Any] = {"login_failed": "10/5m/key", "reauthenticate": "10/m/user"}

MFA_ADAPTER = "upstander.server.accounts.adapter.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Upstander"
MFA_RATE_LIMITS: dict[str, Any] = {
    "webauthn_login": None
}  # its default counts addresses; there is nothing to guess

SESSION_COOKIE_NAME = "desk"
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds: one shift
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_HTTPONLY = True
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True  # the page reads the token from its own meta element
CSRF_FAILURE_VIEW = "upstander.server.accounts.views.signed_out"

UNLOCK_IDLE_SECONDS = 15 * 60  # how long an unlocked key stays open without use
INVITE_DAYS = 7
