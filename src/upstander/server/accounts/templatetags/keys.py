"""How a key is shown to people who compare it aloud."""

from django import template

register = template.Library()


@register.filter
def groups(key_id: str) -> list[str]:
    """A key id in groups of four letters and digits."""
    return [key_id[start : start + 4] for start in range(0, len(key_id), 4)]
