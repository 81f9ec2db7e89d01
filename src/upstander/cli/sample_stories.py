"""What the made-up reporters say. Coded values and option ids are those of the pack `uk-police`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Said = Mapping[str, Any]  # question id -> value, as the reporter's page codes it


@dataclass(frozen=True)
class Story:
    """A report or record. `ask_first` names answers that are only to be used after asking."""

    said: Said
    ask_first: frozenset[str] = field(default_factory=frozenset)


NIGHT_SHIFT = Story(
    {
        "place": "here",
        "nearest": "saw",
        "relation": "officer",
        "adult": "yes",
        "tell-saw": "On two night shifts a sergeant passed his phone round the parade room at Hollin "
        "Bridge. There were private pictures of a woman on it. He said she was an officer on another team "
        "and that she did not know. Four or five people looked. Someone said, give it here, and laughed. "
        "I looked away and said nothing. I have not slept well since.\n\n"
        "The second time he said there were more in a chat group.",
        "part-of-it": ["pictures", "talk"],
        "when": [{"how": "few", "from": "", "to": "", "words": "two night shifts in October"}],
        "where": ["office", "online"],
        "who": [{"rank": "Sergeant", "nickname": "Coach", "station": "Hollin Bridge, C shift"}],
        "power": ["rank", "handles-reports"],
        "others": {"number": "four or five"},
        "sure": "saw",
        "pictures": "no",
        "proof": {"what": "The chat group is called something like Lates Crew.", "wiped": "yes"},
        "told-anyone": ["no"],
        "pressure": "afraid",
        "wish": ["stop", "safe"],
        "name": "none",
    },
    frozenset({"others"}),
)

RECORDS = Story(
    {
        "place": "here",
        "nearest": "told",
        "relation": "staff",
        "tell-told": "A colleague in the control room told me that a constable keeps looking up his "
        "former partner: where her car was seen, and who called from her street. She was told to leave "
        "it. I saw the search list on her screen once, and the same address was on it many times.",
        "part-of-it": ["records", "partner"],
        "when": [{"how": "still", "from": "2026-06", "to": "", "words": "since the summer"}],
        "where": ["office"],
        "who": [{"rank": "Constable", "station": "Marl Cross response"}],
        "power": ["no"],
        "told-by": {"knows": "not-sure", "saw": "yes"},
        "hurt": [{"name": "his former partner", "knows": "not-sure", "safe": "no"}],
        "told-anyone": ["no"],
        "wish": ["look", "safe"],
        "name": "first",
        "name-details": {"name": "Rhian (made up)", "contact": "Here is best."},
    }
)

SUPERVISOR = Story(
    {
        "place": "here",
        "nearest": "happened",
        "relation": "staff",
        "adult": "yes",
        "tell-happened": "My inspector comments on my body and on what I wear, most weeks, in front of "
        "others. At a leaving do he put his hand on my back and would not take it away. When I asked him "
        "to stop he said I would not get far on his team. I have been moved to nights since.",
        "crime": "talk",
        "part-of-it": ["talk", "touching", "bullying"],
        "when": [{"how": "long", "from": "2025-11", "to": "2026-10", "words": ""}],
        "where": ["office", "social"],
        "pressure": "yes",
        "pressure-what": "Moved to nights with two days' notice.",
        "who": [{"rank": "Inspector", "station": "Marl Cross"}],
        "power": ["boss", "handles-reports"],
        "told-anyone": ["union"],
        "told-what": "They said to write it down.",
        "wish": ["stop", "look"],
        "name": "none",
    },
    frozenset({"when", "told-what"}),
)

CHAT_GROUP = Story(
    {
        "place": "here",
        "nearest": "saw",
        "relation": "former",
        "tell-saw": "I was in a team chat until I left in the spring. Two people posted racist jokes and "
        "a picture of a new recruit with words under it. A supervisor was in the group and put a laughing "
        "face.",
        "part-of-it": ["picked-on"],
        "when": [{"how": "few", "from": "2026-02", "to": "2026-04", "words": ""}],
        "where": ["online"],
        "sure": "screen",
        "wish": ["look", "known"],
        "name": "none",
    }
)

COUNTER = Story(
    {
        "place": "here",
        "nearest": "happened",
        "relation": "public",
        "tell-happened": "I asked at the counter about a lost bag and was told to come back when I had "
        "learnt some manners. There was one person for a full room.",
        "when": [{"how": "once", "from": "2026-11", "to": "", "words": ""}],
        "where": ["office"],
        "wish": ["stop"],
        "name": "none",
    }
)

NOT_YET = Story(
    {
        "place": "here",
        "nearest": "saw",
        "tell-saw": "I am writing this down while I remember it. Custody, last Thursday, about two in the "
        "morning. I am not ready to send it.",
        "when": [{"how": "once", "from": "", "to": "", "words": "last Thursday, about 2 in the morning"}],
    }
)

WRITTEN_UP = {
    "findings": "Two people posted the jokes. A supervisor read them and did nothing. There was no picture.",
    "evidence": "The group's messages from March to June; four members' accounts. One phone was wiped.",
    "account": "Both called it banter, and said that they see now how it reads. The supervisor said nothing.",
    "told": "The reporter: the outcome and why, today. The recruit: the same, and where help is, last week.",
    "acknowledgement": "A supervisor saw it for three months and let it go on. That was wrong, and ours.",
    "learning": "The station's supervisors are told what to do about such a group, by the end of January.",
}
"""What the closed sample says under each thing that a closing has to hold."""
