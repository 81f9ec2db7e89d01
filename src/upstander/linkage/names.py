"""Short forms of forenames and ranks, as far as they are common in British forces. Data, not rules."""


def _turned(text: str) -> dict[str, str]:
    """Lines of "full: short short" as a look-up from each short form, and the full one, to the full one."""
    found: dict[str, str] = {}
    for line in text.strip().splitlines():
        full, _, short = line.strip().partition(": ")
        found |= dict.fromkeys((full, *short.split()), full)
    return found


RANKS = _turned("""
    constable: pc wpc dc wdc tdc officer
    sergeant: ps sgt sarge ds
    inspector: insp di
    chief inspector: ci dci
    superintendent: supt dsupt dsu
    chief superintendent: cs dcs
    commander: cmdr
    chief officer: acc dcc cc
    pcso: pcso
    special: sc
    staff: staff
""")
"""A word before a name, and the rank it stands for. Detectives have the rank of those in uniform."""

SHORT = _turned("""
    alexander: alex
    amanda: mandy
    andrew: andy
    anthony: tony
    benjamin: ben
    christopher: chris
    daniel: dan danny
    david: dave davey
    edward: ed eddie ted
    elizabeth: liz beth lizzie
    gregory: greg
    james: jim jimmy jamie
    jennifer: jen jenny
    joanne: jo
    jonathan: jon
    joseph: joe
    katherine: kate katie kathy catherine
    kenneth: ken
    margaret: maggie
    matthew: matt
    michael: mike mick mickey
    mohammed: moh mo mohamed muhammad mohammad
    nicholas: nick
    peter: pete
    philip: phil phillip
    rebecca: becky
    robert: rob bob bobby
    ronald: ron
    samuel: sam
    stephen: steve steven
    stuart: stu stewart
    susan: sue
    thomas: tom tommy
    timothy: tim
    victoria: vicky
    william: will bill billy
""")
"""Short forms and spellings of forenames, and the form they are compared in."""

PARTICLES = frozenset(
    ["van", "von", "de", "der", "den", "du", "la", "le", "st", "mac", "mc", "al", "el", "bin", "ter"]
)
"""Words that belong to the surname after them."""

DETAILS = frozenset(
    ["floor", "desk", "team", "shift", "relief", "office", "room", "block", "section", "response"]
)
"""Words that make a part of a mention a detail of a place and not the place."""
