"""For the templates of everybody's pages: words, days and addresses in the language that is spoken."""

from __future__ import annotations

import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from upstander.publishing import language
from upstander.publishing.labels import long_day

register = template.Library()


@register.simple_tag
def say(english: str, **marks: object) -> SafeString:
    """`{% say "News of {name}" name=one.name %}`: the catalogue's words; what fills them is escaped."""
    words = SafeString(language.say(english))
    return format_html(words, **marks) if marks else words


@register.simple_tag
def own() -> str:
    """Where the pages of the language lie: `/public/` or `/public/cy/`."""
    return f"/public/{language.folder()}"


@register.simple_tag
def tongue() -> str:
    """The language that is spoken."""
    return language.current()


@register.simple_tag
def other_tongue() -> str:
    """The other one."""
    return language.other()


@register.simple_tag
def other_name() -> str:
    """What the other language calls itself."""
    return language.NAMES[language.other()]


@register.simple_tag(takes_context=True)
def elsewhere(context: template.Context) -> str:
    """The same page in the other language. What a link carries stays."""
    here = str(context["request"].get_full_path())
    own, other = (f"/public/{language.FOLDERS[one]}" for one in (language.current(), language.other()))
    return here.replace(own, other, 1)


@register.filter
def day(value: datetime.date) -> str:
    """A day as it is written."""
    return long_day(value)


@register.filter
def moment(value: datetime.datetime) -> str:
    """A day and a time of it, in the installation's zone."""
    local = timezone.localtime(value)
    return f"{long_day(local.date())}, {local:%H:%M}"


@register.filter
def english(value: str) -> SafeString | str:
    """What people wrote in English, marked as such where another language is spoken."""
    if language.current() == language.ENGLISH:
        return value
    return format_html('<span lang="{}">{}</span>', language.ENGLISH, value)
