"""People who work here, their keys (public halves and wrapped private halves) and their places on channels.

Reporters have no row here and never will.
"""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from upstander.formats import statements
from upstander.server.institutions.models import Channel, Institution


class PersonManager(BaseUserManager["Person"]):
    """Looks people up by user name, as Django's sign-in expects."""


class Person(AbstractBaseUser):
    """A handler, custodian, overseer or administrator. Signs in by passkey or generated words."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="people")
    username = models.SlugField(unique=True, max_length=63)
    name = models.CharField(max_length=200)  # as colleagues see it
    label = models.CharField(max_length=200)  # as reporters see it
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    administrator = models.BooleanField(default=False)  # runs the machine and the people; can read nothing
    words_key = models.CharField(
        max_length=43, blank=True
    )  # b64 Ed25519 public key that unlock words answer with

    objects: ClassVar[PersonManager] = PersonManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []


class Key(models.Model):
    """A person's public keys. Its id is the key id of `docs/reference/formats.md` section 1."""

    class State(models.TextChoices):
        ACTIVE = "active"
        RETIRED = "retired"  # replaced; still opens what was sealed to it
        REVOKED = "revoked"  # lost or taken away; nothing new is ever sealed to it

    id = models.CharField(primary_key=True, max_length=26)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="keys")
    seal = models.TextField()
    sign = models.CharField(max_length=43)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    day = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(state="active"), name="one_active_key"
            ),
        )


class WrappedKey(models.Model):
    """A private half as its owner's browser wrapped it: the server cannot open it."""

    key = models.ForeignKey(Key, on_delete=models.CASCADE, related_name="wrapped")
    method = models.CharField(max_length=10)  # words, prf
    credential = models.TextField(blank=True)
    blob = models.JSONField()


class Membership(models.Model):
    """A key's place on a channel, by the signature of a handler already there."""

    class State(models.TextChoices):
        ACTIVE = "active"
        RETIRED = "retired"

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="members")
    key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="memberships")
    enrol = models.TextField()  # the enrol statement
    sheet = models.BooleanField(default=False)  # gets source sheets
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    order = models.PositiveIntegerField()  # place on the card: a member's signer stands before it

    class Meta:
        constraints = (models.UniqueConstraint(fields=["channel", "key"], name="one_place_per_key"),)

    @property
    def let_in_by(self) -> str:
        """Name of whoever signed for this key, as the statement says."""
        by = str(statements.peek(self.enrol, "enrol")["by"])
        signer = Person.objects.filter(keys=by).first()
        return signer.name if signer is not None else "the installation"


class Candidate(models.Model):
    """The administrator proposes a person for a channel. Only a member's signature puts her there."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="candidacies")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="candidates")
    sheet = models.BooleanField(default=False)  # proposed to get source sheets

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "channel"], name="one_candidacy"),)


class Invite(models.Model):
    """A sign-in link. Only its hash is kept."""

    token_hash = models.CharField(primary_key=True, max_length=64)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invites")
    expires = models.DateTimeField()
    used = models.BooleanField(default=False)
    reusable = models.BooleanField(default=False)  # demonstration only
