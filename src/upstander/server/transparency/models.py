"""Publications with their sign-offs, hearings, subscriptions whose addresses are sealed, and their limits."""

from django.db import models

from upstander.publishing.language import ENGLISH
from upstander.server.accounts.models import Person
from upstander.server.institutions.models import Channel, Institution


class Publication(models.Model):
    """One release of the public site, or a review. What was published stays; another one puts it right."""

    class State(models.TextChoices):
        ANNOUNCED = "announced"  # its day is public, nothing is here yet
        DELIVERED = "delivered"  # the files are here, under embargo until its moment
        PUBLISHED = "published"
        WITHDRAWN = "withdrawn"  # before its moment, with a reason

    class Kind(models.TextChoices):
        FIGURES = "figures"  # pages of the public site
        REVIEW = "review"  # of one institution, over some time

    id = models.CharField(primary_key=True, max_length=26)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.FIGURES)
    state = models.CharField(max_length=10, choices=State, default=State.ANNOUNCED)
    institutions = models.ManyToManyField(Institution, related_name="publications")
    announced = models.DateField()  # when its day was said
    moment = models.DateTimeField()  # 9:30 on its day
    published = models.DateTimeField(null=True)  # when it really became public
    reason = models.TextField(blank=True)  # what it puts right, or why it was withdrawn
    cutoff = models.DateField(null=True)
    manifest = models.CharField(max_length=64, blank=True)  # SHA-256 of publication.json
    act = models.CharField(max_length=26, blank=True)  # of its leaf
    label = models.CharField(max_length=32, blank=True)
    salt = models.CharField(max_length=43, blank=True)  # b64: whoever has it can recompute the leaf


class SignOff(models.Model):
    """Somebody outside an institution has looked at its figures before they are public."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="sign_offs")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    manifest = models.CharField(max_length=64)  # what exactly was looked at
    day = models.DateField()
    label = models.CharField(max_length=32, blank=True)  # of its leaf
    salt = models.CharField(max_length=43, blank=True)  # b64: whoever has it can recompute the leaf

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["publication", "institution"], name="one_sign_off_each"),
        )


class Hearing(models.Model):
    """A hearing in public. There is no room for words, so that no name can stand here."""

    class Kind(models.TextChoices):
        HEARING = "hearing"
        ACCELERATED = "accelerated hearing"
        APPEAL = "appeal"

    class Access(models.TextChoices):
        PUBLIC = "public"
        PARTLY = "partly in private"  # the chair has ordered it
        PRIVATE = "in private"  # listed without place, standards and outcome

    id = models.CharField(primary_key=True, max_length=26)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="hearings")
    day = models.DateField()
    kind = models.CharField(max_length=20, choices=Kind)
    access = models.CharField(max_length=20, choices=Access, default=Access.PUBLIC)
    place = models.CharField(max_length=120, blank=True)
    standards = models.JSONField(default=list)  # numbers of the standards said to be breached
    listed = models.DateField()  # since when it stands here
    outcome = models.CharField(max_length=40, blank=True)
    outcome_day = models.DateField(null=True)
    until = models.DateField(null=True)  # the last day the outcome stands here


class Subscription(models.Model):
    """Somebody asked for news of an institution, or of an area of it. Unsubscribing deletes the row."""

    id = models.CharField(primary_key=True, max_length=26)
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="subscriptions")
    area = models.SlugField(max_length=63, blank=True)
    sealed = models.BinaryField()  # the address, opened only to send
    mark = models.CharField(max_length=43)  # keyed hash, so that nobody is told twice
    language = models.CharField(max_length=5, default=ENGLISH)  # of the page it was asked for on
    told = models.JSONField(default=list)  # keys of the news that went out, or was there before
    told_mark = models.CharField(max_length=64, blank=True)  # their hash, to find who waits

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["mark", "institution", "area"], name="one_subscription_each"),
        )


class Asked(models.Model):
    """A link went to some address today: no more go there before tomorrow. Deleted when the day is over.

    The mark is a keyed hash of day and address: rows of two days, or a row and a subscription, have nothing
    in common that shows.
    """

    mark = models.CharField(primary_key=True, max_length=43)
    day = models.DateField()


class AskedHour(models.Model):
    """How often anybody asked in one hour, whoever it was and whatever became of it."""

    hour = models.PositiveIntegerField(primary_key=True)  # since 1970
    count = models.PositiveIntegerField(default=0)
