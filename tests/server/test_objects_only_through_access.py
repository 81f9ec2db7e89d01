"""Rows are reached through `access.py` and changed in `actions.py`; this reads the source and allows nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

import upstander

ROOT = Path(upstander.__file__).parent
SERVER = ROOT / "server"
DOORS = {"access.py", "actions.py", "models.py"}
MANAGERS = {"objects", "_base_manager", "_default_manager"}

# Files beside the doors, and why: parts of what an app's `access.py` or `actions.py` is made of ...
ALLOWED = {
    "log/append.py": "leaves that wait, for perform",
    "log/generations.py": "part of log's access and actions",
    "log/tree.py": "part of log's access and actions",
    "log/sequence.py": "part of log's actions",
    "log/publish.py": "part of log's actions",
    "log/cosign.py": "part of log's actions",
    "log/told.py": "part of log's access",
    "institutions/cards.py": "published cards are public",
    "cases/acts.py": "the locked row of a case, for actions",
    "cases/submission.py": "keys of people who are shut out, for actions",
    "cases/prints.py": "part of cases' actions",
    "cases/uploads.py": "claims files, for actions",
    "cases/notices.py": "the list of urgent notices, for the beat",
    "beat.py": "ended sessions",
    "accounts/people.py": "part of accounts.actions",
    "accounts/members.py": "part of accounts.actions",
    "accounts/keys.py": "part of accounts.actions",
    "accounts/cards.py": "part of accounts.actions",
    "tools/briefs.py": "part of tools' actions",
    "transparency/flood.py": "how many asked for news, which leaves no leaf either",
    "transparency/news.py": "subscriptions, which leave no leaf: nobody is to see that somebody reads",
    "casework/acts.py": "part of casework's actions",
    "casework/grants.py": "part of casework's actions",
    "casework/holders.py": "part of casework's actions",
    "casework/recovery.py": "part of casework's actions",
    "casework/regrant.py": "part of casework's actions",
    "casework/work.py": "part of casework's actions",
    "casework/lawful.py": "part of casework's actions",
    "casework/conflict.py": "part of casework.access",
    "casework/naming.py": "who was named by whom, for casework's actions",
    "casework/second.py": "who may confirm a duty, for casework's actions",
    "casework/duties.py": "part of casework's actions",
    "casework/reminders.py": "who is told that something is due, for the beat",
    "casework/docket.py": "part of casework's actions",
    "casework/export.py": "rows that leave for measurement, by command of whoever runs the machine",
    "casework/people.py": "part of casework.access",
    "casework/dossier.py": "part of casework.access",
    "casework/summary.py": "part of casework.access",
    "oversight/samples.py": "part of oversight's actions",
    "casework/investigators.py": "part of casework.access",
    "tools/declaring.py": "part of tools' actions",
    "pledges/counted.py": "what keepers say of a quarter, entered by the beat",
    # ... and sign-in, which looks up people before there is anybody to ask for
    "accounts/sign_in.py": "who signs in",
    "accounts/backend.py": "who has signed in",
    "accounts/adapter.py": "the second step of whoever signs in",
    "accounts/forms.py": "whether a user name is taken",
    "accounts/pages.py": "the signed-in person's own passkeys",
    "accounts/api.py": "the signed-in person's own wrapped keys, and the key a statement is about",
}


def managers_used(path: Path) -> list[int]:
    """Lines on which a file reaches for a manager."""
    tree = ast.parse(path.read_text("utf-8"))
    return [n.lineno for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr in MANAGERS]


def sources() -> list[Path]:
    """Our files, without migrations."""
    return [path for path in sorted(SERVER.rglob("*.py")) if "migrations" not in path.parts]


def test_nobody_else_reaches_for_rows() -> None:
    found = {}
    for path in sources():
        name = path.relative_to(SERVER).as_posix()
        if path.name not in DOORS and name not in ALLOWED and (lines := managers_used(path)):
            found[name] = lines
    assert found == {}


def test_every_exception_is_still_needed() -> None:
    assert [name for name in ALLOWED if not managers_used(SERVER / name)] == []


def test_it_sees_what_it_forbids(tmp_path: Path) -> None:
    path = tmp_path / "view.py"
    path.write_text("def view(request):\n    return Case.objects.get(id=1)\n")
    assert managers_used(path) == [2]
