"""A case that was taken out, as a folder to read: one page without scripts, and the JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

from upstander.cli.environment import StopError
from upstander.sealing.casefile import CaseFile, Item

_STYLE = (
    "body{font:1rem/1.5 Verdana,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#17201f}"
    "article{border-top:1px solid #67716e;padding:.5rem 0}dt{font-weight:bold}"
    ".bad{color:#86271a;font-weight:bold}"
    "small,figcaption{color:#434d4b}@media print{article{break-inside:avoid}}"
)
_KINDS = {
    "report": "Report",
    "message": "Message",
    "note": "Note",
    "sheet": "Source sheet",
    "brief": "Investigator's version",
    "work": "Investigator's note",
}


def write_folder(found: CaseFile, content: bytes, to: Path) -> None:
    """Makes the folder (0700) with `case.html` and `case.json` (0600). Raises StopError where it is there."""
    try:
        to.mkdir(mode=0o700)
    except FileExistsError:
        raise StopError(f"{to} is there already; nothing was written.") from None
    except OSError as error:
        raise StopError(f"cannot make the folder {to}: {error.strerror}.") from error
    _write(to / "case.html", page(found).encode())
    _write(to / "case.json", json.dumps(json.loads(content), indent=2, ensure_ascii=False).encode() + b"\n")


def _write(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def page(found: CaseFile) -> str:
    """The page. Everything in it is text: nothing that anybody wrote is read as HTML."""
    said = found.said
    whole = found.kind == "whole"
    case = said["case"]["id"] if whole else ""
    title = f"Case {case[:3]}-{case[3:6]}".upper() if whole else "Redacted bundle"
    parts = [f"<h1>{escape(title)}</h1>", f"<p>{escape(_about(said, whole))}</p>"]
    if found.findings:
        rows = [(one.holds, one.words) for one in found.findings]
        parts.append("<h2>What was checked when this was opened</h2>" + _list(_finding(*row) for row in rows))
    parts.append("<h2>What it says</h2>" + "".join(_article(item, whole) for item in found.items))
    if whole:
        parts += [_files(said["files"]), _steps(said["steps"]), _told(said.get("told", ()))]
        parts += [_custody(said["custody"]), _log(said["acts"])]
    return (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _about(said: Mapping[str, Any], whole: bool) -> str:
    if whole:
        taken = f"Taken out on {said['made']} by {said['by']}, {said['institution']}."
        state = f"Received {said['case']['received']}, {said['case']['state']}."
        return f"{taken} {state} The source sheet is not part of this."
    made = f"Made on {said['made']}, {said['institution']}, for: {said['purpose']}."
    return f"{made} Items that are not relevant: {said['left_out']}, left out. What was removed says why."


def _finding(holds: bool, words: str) -> str:
    return escape(words) if holds else f'<span class="bad">Does not hold: {escape(words)}</span>'


def _article(item: Item, whole: bool) -> str:
    kind = _KINDS.get(item.kind, item.kind)
    author = f", {escape(item.author)}" if item.author else ""
    head = f"<h3>{item.order}. {escape(kind)}, {escape(item.day)}{author}</h3>"
    if item.closed:
        return f"<article>{head}<p><small>Not taken out.</small></p></article>"
    wrong = f'<p class="bad">{escape(item.wrong)} Do not rely on it.</p>' if item.wrong else ""
    return f"<article>{head}{wrong}{_body(item.body)}{'' if whole else _marks(item.body)}</article>"


def _body(body: Mapping[str, Any]) -> str:
    answers = [one for one in body.get("answers") or () if isinstance(one, dict)]
    rows = [
        f"<dt>{_text(one.get('question'))}</dt><dd>{_paragraphs(one.get('text'))}</dd>" for one in answers
    ]
    listed = f"<dl>{''.join(rows)}</dl>" if rows else ""
    files = [str(one.get("name")) for one in body.get("files") or () if isinstance(one, dict)]
    named = f"<p><small>Files: {escape(', '.join(files))}</small></p>" if files else ""
    return listed + _paragraphs(body.get("text")) + named


def _marks(body: Mapping[str, Any]) -> str:
    shared = [f"with {one['with']} on {one['day']}" for one in body["shared"]]
    withheld = "<p>[the text is sensitive and not part of this]</p>" if not body["text"] else ""
    told = "; ".join([*body["marks"], *(f"shared {one}" for one in shared)])
    return f"{withheld}<p><small>{escape(told)}</small></p>"


def _paragraphs(value: object) -> str:
    text = value if isinstance(value, str) else ""
    parts = [part.strip() for part in text.split("\n\n") if part.strip()]
    return "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in parts)


def _text(value: object) -> str:
    return escape(value if isinstance(value, str) else "")


def _list(rows: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{row}</li>" for row in rows) + "</ul>"


def _files(files: Iterable[Mapping[str, Any]]) -> str:
    rows = [
        _text(f"{one.get('name')}, {one.get('size')} bytes, SHA-256 {one.get('sha256')}") for one in files
    ]
    return "<h2>Files, saved apart</h2>" + _list(rows) if rows else ""


def _steps(steps: Iterable[Mapping[str, Any]]) -> str:
    return "<h2>Steps</h2>" + _list(
        _text(f"{one.get('day')}: {one.get('label')} {one.get('outcome')}") for one in steps
    )


def _told(people: Iterable[Mapping[str, Any]]) -> str:
    """Who was told what; what was said is among the notes."""
    rows = []
    for one in people:
        reporter = ", the reporter" if one.get("reporter") is True else ""
        rows.append(_text(f"{one.get('who')}{reporter}. Last told: {one.get('last')}"))
        rows += [_text(_telling(one.get("who"), each)) for each in _objects(one.get("told"))]
    return "<h2>Who was told what</h2>" + _list(rows) if rows else ""


def _telling(who: object, each: Mapping[str, Any]) -> str:
    how = f", {each.get('how')}" if each.get("how") else ""
    again = f"; looked at again by {each.get('again')}" if each.get("again") else ""
    return f"{who}, {each.get('day')}: {each.get('what')}{how}, by {each.get('by')}{again}"


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _custody(custody: Iterable[Mapping[str, Any]]) -> str:
    rows = []
    for one in custody:
        sheet = " (source sheet)" if one.get("scope") == "sheet" else ""
        rows.append(_text(f"{one.get('label')}, since {one.get('since')}{sheet}"))
    return "<h2>Who could open the case when this was made</h2>" + _list(rows)


def _log(acts: Iterable[Mapping[str, Any]]) -> str:
    rows = [_text(f"Act {one.get('number')}, {one.get('day')}: entry {one.get('leaf')}") for one in acts]
    return "<h2>Entries in the log</h2>" + _list(rows)
