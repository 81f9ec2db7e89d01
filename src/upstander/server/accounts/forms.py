"""What the administrator fills in about a person."""

from typing import Any

from django import forms
from django.core.validators import validate_slug

from upstander.server.accounts.models import Person
from upstander.server.institutions.models import Channel, Institution

MISSING = {
    "name": "Type the name.",
    "label": "Type what reporters see.",
    "username": "Choose a user name.",
}


class NewPerson(forms.Form):
    """A new colleague, the channels she is proposed for, and whether she runs the machine."""

    name = forms.CharField(label="Name", help_text="As colleagues see it.", max_length=200)
    label = forms.CharField(
        label="What reporters see",
        help_text="For example: Devi, reporting team. A reporter must be able to tell whom to shut out.",
        max_length=200,
    )
    username = forms.CharField(
        label="User name",
        help_text="Small letters, digits and hyphens. Used to sign in with words.",
        max_length=63,
        validators=[validate_slug],
    )
    channels = forms.ModelMultipleChoiceField(
        label="Works on",
        help_text="A member of the channel still has to let the key in.",
        queryset=Channel.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    sheet = forms.BooleanField(
        label="Also gets the source sheet",
        help_text="The page that could say who the reporter is. As few people as possible.",
        required=False,
    )
    administrator = forms.BooleanField(
        label="Runs people and machine",
        help_text="An administrator reads nothing and works on no channel.",
        required=False,
    )

    def __init__(self, institution: Institution, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, missing in MISSING.items():
            self.fields[name].error_messages["required"] = missing
        self.fields["channels"].queryset = institution.channels.order_by("name")  # type: ignore[attr-defined]
        self.fields["channels"].label_from_instance = lambda channel: channel.name  # type: ignore[attr-defined]

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"]).lower()
        if Person.objects.filter(username=username).exists():
            raise forms.ValidationError("This user name is taken. Choose another.")
        return username

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("administrator") and cleaned.get("channels"):
            self.add_error("channels", "An administrator works on no channel. Tick one or the other.")
        return cleaned
