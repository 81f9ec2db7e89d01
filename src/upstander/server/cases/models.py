"""Cases, key epochs, grants, envelopes, uploads and steps. Whatever a person wrote is sealed.

Who may see a row is decided in `access.py` (by grants), what may change in `actions.py` (through one
`perform`). Nothing about a reporter's act is finer than a day.
"""

from django.db import models

from upstander.server.accounts.models import Key, Person
from upstander.server.institutions.models import Channel, Custodian, Institution

# Indexes are most of what a report costs to store. Foreign keys that a unique constraint begins with have
# none of their own, and those that are mostly empty have one only for the rows where they are set.


def _where_set(field: str, name: str) -> models.Index:
    return models.Index(fields=[field], name=name, condition=models.Q(**{f"{field}__isnull": False}))


class Case(models.Model):
    """A report and all that follows from it, or a private record that nobody but its author can open."""

    class State(models.TextChoices):
        PRIVATE = "private"
        OPEN = "open"
        CLOSED = "closed"

    id = models.CharField(primary_key=True, max_length=26)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="cases")
    channels = models.ManyToManyField(Channel, related_name="cases")
    state = models.CharField(max_length=10, choices=State)
    day = models.DateField()  # received
    expires = models.DateField(null=True, blank=True)  # of a private record
    urgent = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)  # every transition counts up; actions compare it
    mailbox = models.CharField(max_length=64, unique=True)  # hash of the mailbox id
    reporter_seal = models.TextField()
    reporter_sign = models.CharField(max_length=43)
    reporter_key = models.CharField(max_length=26)  # key id of the two above
    wrote = models.DateField(null=True, blank=True)  # the reporter, and nobody has answered since


class Epoch(models.Model):
    """A case key's public half and the statement that brought it in."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="epochs", db_index=False)
    scope = models.CharField(max_length=5)  # case, sheet
    number = models.PositiveIntegerField()
    recipient = models.TextField()
    statement = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "scope", "number"], name="one_epoch"),)


class Admit(models.Model):
    """A key that was let in to an epoch after it began, with the statement that says so."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="admits", db_index=False)
    scope = models.CharField(max_length=5)
    epoch = models.PositiveIntegerField()
    to = models.CharField(max_length=26)  # key id, of a person or a custodian
    statement = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "scope", "epoch", "to"], name="one_admit"),)


class Grant(models.Model):
    """The case key sealed to one person's key, or to a custodian. Having a live one *is* having access."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="grants", db_index=False)
    scope = models.CharField(max_length=5)
    epoch = models.PositiveIntegerField()
    key = models.ForeignKey(
        Key, null=True, blank=True, on_delete=models.PROTECT, related_name="grants", db_index=False
    )
    custodian = models.ForeignKey(
        Custodian, null=True, blank=True, on_delete=models.PROTECT, related_name="grants", db_index=False
    )
    sealed = models.BinaryField()
    day = models.DateField()
    live = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(key__isnull=False) ^ models.Q(custodian__isnull=False), name="grant_to_one"
            ),
            models.UniqueConstraint(fields=["case", "scope", "epoch", "key"], name="one_grant_per_key"),
            models.UniqueConstraint(
                fields=["case", "scope", "epoch", "custodian"],
                name="one_grant_per_custodian",
                condition=models.Q(custodian__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["key", "live", "scope", "case"], name="grant_reach"),  # all that a list asks
            _where_set("custodian", "grant_custodian"),
        )


class Envelope(models.Model):
    """One sealed thing a person wrote: report, sheet, message, note or private record."""

    id = models.CharField(primary_key=True, max_length=26)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="envelopes", db_index=False)
    order = models.PositiveIntegerField()  # place in the case, from 1
    kind = models.CharField(max_length=10)
    direction = models.CharField(max_length=12)
    epoch = models.PositiveIntegerField()
    author = models.ForeignKey(  # none: the reporter
        Key, null=True, blank=True, on_delete=models.PROTECT, db_index=False
    )
    day = models.DateField()
    sha256 = models.CharField(max_length=64)
    sealed = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "order"], name="envelope_place"),)
        indexes = (_where_set("author", "envelope_author"),)


class Upload(models.Model):
    """A sealed file that a report or message brought, in parts on the blob store. No row before that."""

    id = models.CharField(primary_key=True, max_length=26)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="uploads")
    size = models.BigIntegerField()  # sealed bytes
    parts = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)  # of all sealed bytes
    sealed_off = models.BooleanField(default=False)  # "stop, possible under-18": nobody may fetch it any more
    day = models.DateField()


class Exclusion(models.Model):
    """A person the reporter shut out: no grant is ever made to any key of theirs."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="exclusions", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "person"], name="one_exclusion"),)


class Step(models.Model):
    """A step of the case as the pack names it: received, opened, acknowledged, let in, closed ..."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps", db_index=False)
    order = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    outcome = models.CharField(max_length=40, blank=True)
    day = models.DateField()
    by = models.ForeignKey(Key, null=True, blank=True, on_delete=models.PROTECT, db_index=False)
    envelope = models.ForeignKey(  # reasons, sealed
        Envelope, null=True, blank=True, on_delete=models.PROTECT, db_index=False
    )
    subject = models.ForeignKey(  # let in, left
        Key, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    upload = models.ForeignKey(Upload, null=True, blank=True, on_delete=models.PROTECT, db_index=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "order"], name="step_place"),)
        indexes = tuple(_where_set(name, f"step_{name}") for name in ("by", "envelope", "subject", "upload"))


class Act(models.Model):
    """What was done in the case, in order, as the leaves in the log commit to it. Goes with the case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="acts", db_index=False)
    number = models.PositiveIntegerField()  # 1, 2, 3 ... without gaps, whoever acts
    act = models.CharField(max_length=26)  # the leaf's
    author = models.ForeignKey(  # none: the reporter
        Key, null=True, blank=True, on_delete=models.PROTECT, db_index=False
    )
    kind = models.CharField(max_length=20)  # the real one
    shown = models.CharField(max_length=20)  # the one the leaf shows
    body = models.TextField()  # the canonical object whose digest the leaf commits to
    salt = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "number"], name="act_number"),)
        indexes = (_where_set("author", "act_author"),)


class OnCallNotice(models.Model):
    """A channel's on-call address is to be told that something urgent came. Deleted once it was told."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notices", db_index=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "channel"], name="one_notice"),)
