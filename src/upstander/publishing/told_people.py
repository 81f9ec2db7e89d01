"""Findings about groups: what staff say, who is reported, what a change left behind. Never about a person."""

from __future__ import annotations

from collections.abc import Iterator

from upstander.measure.disclosure import opened
from upstander.publishing.figures import Figure, Panel, Tables, notes_of
from upstander.publishing.labels import lower, word
from upstander.publishing.language import listed, say
from upstander.publishing.rows import Line, counts, lines, mark_of, per, pick

STEPS = ("reported", "case", "finding")


def prevalence(tables: Tables, item: str) -> Figure | None:
    """How many staff say they met this, in the last wave of the survey."""
    safe = tables.newest(f"prevalence_{item}_")
    if safe is None:
        return None
    wave = opened(safe).name.rpartition("_")[2]
    found = list(lines(safe))
    whole = next((one for one in found if one.labels[0] == "all"), None)
    good = item == "trusts_reporting"
    named = [one for one in found if one.labels[0] != "all" and one.value is not None and not one.mark]
    most = max(named, key=lambda one: (one.value or 0) * (-1 if good else 1), default=None)
    apart = most if most is not None and whole is not None and _apart(most, whole) else None
    marks = [mark_of(one, _answering(one), strong=one is apart) for one in found]
    if whole is None or whole.value is None:
        finding = say("We cannot tell how many staff {item}.", item=word(item))
    else:
        finding = say("About {number} in 100 staff say they {item}.", number=per(whole), item=word(item))
        if apart is not None:
            finding += " " + say(
                "Among {group} it is about {number}.", group=_group(apart), number=per(apart)
            )
    way = say("Higher is better.") if good else say("Lower is better.")
    return Figure(
        f"prevalence_{item}",
        "staff",
        finding,
        f"{say('Staff survey, wave {wave}.', wave=wave)} {response(tables, wave, item)} {way}",
        safe,
        (Panel(tuple(marks), "share"),),
        notes_of(safe),
        head=f"{per(whole)}|{say('in 100')}"
        if whole is not None and whole.value is not None and item == "bullied"
        else "",
        head_says=f"{say('staff say they {item}', item=word(item))}|{whole.sentence if whole else ''} {way}",
    )


def response(tables: Tables, wave: str, item: str) -> str:
    """Who answered, and what those who did not could hide: said before any result."""
    safe = tables.get(f"response_{wave}")
    if safe is None:
        return say("How many people were asked is not known, so take this with care.")
    found = counts(safe)
    came, share = found["yes",]
    asked = found["All",][0]
    if came is None or asked is None:
        return say("How many people answered is kept back.")
    said = say(
        "About {came} of {asked} people answered ({share} in 100). Those who did not may differ.",
        came=f"{came:,}",
        asked=f"{asked:,}",
        share=share,
    )
    bounds = tables.get(f"response_bounds_{wave}")
    if bounds is None:
        return said
    held = [one for one in lines(bounds) if one.labels[0] == item and one.value is not None]
    if len(held) == 2:
        said += " " + say(
            "If we suppose the least and the most of them, it lies between {least} and {most} in 100.",
            least=per(held[0]),
            most=per(held[1]),
        )
    return said


def waves(tables: Tables) -> Figure | None:
    """What changed from one wave of the survey to the next."""
    safe = tables.newest("waves_")
    if safe is None:
        return None
    found = list(lines(safe))
    marks = [
        mark_of(one, say("Say they {item}", item=word(one.labels[0])), strong=not one.unsure) for one in found
    ]
    sure = [one for one in found if one.value is not None and not one.unsure]
    if sure:
        one = sure[0]
        finding = say(
            "About {number} more in 100 staff say they {item} than in the survey before."
            if (one.value or 0) > 0
            else "About {number} fewer in 100 staff say they {item} than in the survey before.",
            number=round(abs(one.value or 0) * 100),
            item=word(one.labels[0]),
        )
    else:
        finding = say("We cannot tell whether more or fewer staff say so than in the survey before.")
    return Figure(
        "waves",
        "staff",
        finding,
        say("The last survey less the one before, in 100 staff. To the left is fewer."),
        safe,
        (Panel(tuple(marks), "difference", ends=say("fewer|more")),),
        notes_of(safe),
    )


def gaps(tables: Tables, name: str) -> Figure | None:
    """How much more often each group is reported, and how far that goes."""
    safe = tables.get(f"gaps_{name}")
    if safe is None:
        return None
    every = list(lines(safe))
    found = pick(every, lambda one: one.labels[1] in STEPS and one.labels[2:] == ("all", "strict"))
    ranges = {one.labels[:3]: one for one in every if one.labels[3] == "range"}
    lenient = {one.labels[:3]: one.value for one in every if one.labels[3] == "lenient"}
    reference = opened(safe).title.split("than ")[1].split(" staff")[0]
    more = pick(
        found,
        lambda one: (
            one.labels[1] == "reported" and one.value is not None and _above(ranges.get(one.labels[:3]))
        ),
    )
    marks = [
        mark_of(one, f"{_staff(one.labels[0], name)}: {lower(one.labels[1])}", strong=one in more)
        for one in found
    ]
    against = _within(reference, name)
    if not more:
        finding = say(
            "We cannot tell whether any group of staff is reported more often than {group}.", group=against
        )
    else:
        both = [value for one in more for value in (one.value, lenient[one.labels[:3]])]
        ratios = sorted({f"{value:.2g}" for value in both if value is not None}, key=float)
        about = ratios[0] if len(ratios) == 1 else say("{low} to {high}", low=ratios[0], high=ratios[-1])
        named = [_staff(more[0].labels[0], name), *(_within(one.labels[0], name) for one in more[1:])]
        finding = say(
            "{groups} are reported more often than {group}: about {ratio} times.",
            groups=listed(named),
            group=against,
            ratio=about,
        )
    return Figure(
        f"gaps_{name}",
        "fairness",
        finding,
        say(
            "How often staff of each group get this far, against staff of the group they are compared with. "
            "A report is not a finding: who is reported also says who reports, and whom. Drawn by the links "
            "of names that are nearly certain; said of a group only where more links would not undo it."
        ),
        safe,
        (Panel(tuple(marks), "ratio", ends=say("less often|more often")),),
        notes_of(safe),
    )


def few(tables: Tables) -> Figure | None:
    """Whether it is a few people: never without what chance alone would show."""
    safe = tables.get("concentration")
    if safe is None:
        return None
    every = list(lines(safe))
    found = pick(every, lambda one: one.labels[-1] == "lenient")
    ends = (pick(every, lambda one: one.labels[-1] == "strict"), found)
    if any(len(end) != 4 or any(one.value is None for one in end) for end in ends):
        return None  # four numbers or none, at both ends of the links
    seen, chance, _, later = (_ends(*both) for both in zip(*ends, strict=True))
    top = opened(safe).title.split("top ")[1].split(" of")[0]
    return Figure(
        "concentration",
        "fairness",
        say(
            "The {top} of people with most reports had about {seen} in 100 of them. Chance alone would give "
            "about {chance}; in the next period the same people had about {later}.",
            top=top,
            seen=seen,
            chance=chance,
            later=later,
        ),
        say("Take the four together. With a few reports each, identical people look unequal."),
        safe,
        (Panel(tuple(mark_of(one, word(one.labels[0])) for one in found), "share"),),
        notes_of(safe),
    )


def step(tables: Tables) -> Figure | None:
    """Whether a change left a step in the number of reports."""
    safe = tables.get("change")
    if safe is None:
        return None
    found = pick(list(lines(safe)), lambda one: one.unit == "ratio")
    if not found:
        return None
    first = found[0]
    when = opened(safe).title.rpartition(" ")[2]
    if when == "change":
        return None  # neither plan nor calendar names one: nothing was asked
    if first.value is None or first.unsure:
        finding = say(
            "We cannot tell whether the change in {when} left a step in the number of reports.", when=when
        )
    else:
        finding = say(
            "At the change in {when}, reports went up to about {ratio} times what they were."
            if first.value > 1
            else "At the change in {when}, reports went down to about {ratio} times what they were.",
            when=when,
            ratio=f"{first.value:.2g}",
        )
    return Figure(
        "change",
        "change",
        finding,
        say(
            "Reports a month before and after, with time on duty taken into account. A rise in reports is "
            "not worse behaviour."
        ),
        safe,
        (Panel(tuple(mark_of(one, word(one.labels[0])) for one in found), "ratio", ends=say("fewer|more")),),
        notes_of(safe),
    )


def all_of(tables: Tables) -> Iterator[Figure]:
    """Every finding about groups of people that these tables allow."""
    items = dict.fromkeys(
        name.split("_", 1)[1].rpartition("_")[0] for name in tables.by_name if name.startswith("prevalence_")
    )
    names = [name.removeprefix("gaps_") for name in tables.by_name if name.startswith("gaps_")]
    found = [
        *(prevalence(tables, item) for item in items),
        waves(tables),
        *(gaps(tables, name) for name in names),
        few(tables),
        step(tables),
    ]
    yield from (one for one in found if one is not None)


def _above(one: Line | None) -> bool:
    """Whether the ratio is above one at both ends of the links, chance included."""
    return one is not None and one.mark == "[l]" and one.low is not None and one.low > 1


def _ends(strict: Line, lenient: Line) -> str:
    """A share in 100 by strict and by lenient links: one number where both round to it."""
    least, most = sorted((strict, lenient), key=lambda one: one.value or 0.0)
    return per(least) if per(least) == per(most) else say("{low} to {high}", low=per(least), high=per(most))


def _apart(one: Line, whole: Line) -> bool:
    """Whether the group's interval leaves out the figure for everybody."""
    value = whole.value or 0.0
    return (one.low or 0.0) > value or (one.high if one.high is not None else 1.0) < value


def _answering(one: Line) -> str:
    """A group of people who answered, as a row's name: others and the silent by what they were asked."""
    if one.labels[1] in ("other", "not_stated"):
        return f"{word(one.labels[0])}: {lower(one.labels[1])}"
    return word(one.labels[1])


def _group(one: Line) -> str:
    """A group of people who answered, within a sentence."""
    code = one.labels[1]
    if code in ("female", "male"):
        return lower(code)
    return say("{group} staff", group=word(code))


def _staff(code: str, name: str) -> str:
    """A group of staff, at the beginning of a sentence."""
    if name == "sex":
        return say("People of another sex") if code == "other" else word(code)
    return say("Staff of other groups") if code == "other" else say("{group} staff", group=word(code))


def _within(code: str, name: str) -> str:
    """The same within a sentence; names of peoples keep their letter."""
    group = _staff(code, name)
    return group if code in ("asian", "black", "white") else group[:1].lower() + group[1:]
