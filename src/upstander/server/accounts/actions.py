"""All that changes people, keys and places: for the desk, `upstander init` and demonstrations."""

from upstander.server.accounts.keys import add_wrapping, register_key, replace_words
from upstander.server.accounts.members import deactivate, enrol, enrol_first, leave, revoke_key
from upstander.server.accounts.people import create_person, invite, propose, sweep_invites, use_invite

__all__ = [
    "add_wrapping",
    "create_person",
    "deactivate",
    "enrol",
    "enrol_first",
    "invite",
    "leave",
    "propose",
    "register_key",
    "replace_words",
    "revoke_key",
    "sweep_invites",
    "use_invite",
]
