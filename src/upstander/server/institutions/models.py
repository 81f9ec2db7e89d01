"""Institutions, their channels, custodians and published cards."""

from django.db import models


class Institution(models.Model):
    """A body people report about. Everything below belongs to exactly one."""

    slug = models.SlugField(unique=True, max_length=63)
    name = models.CharField(max_length=200)
    pack = models.CharField(max_length=63)  # id of the policy pack in force
    demonstration = models.BooleanField(
        default=True
    )  # pages say "do not use for a real report" until switched off
    time_zone = models.CharField(max_length=63, default="Europe/London")


class Channel(models.Model):
    """A receiving team, inside or outside the institution."""

    id = models.CharField(primary_key=True, max_length=26)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="channels")
    slug = models.SlugField(max_length=63)
    name = models.CharField(max_length=200)
    about = models.TextField(blank=True)  # who they are, hours, what they can do: read by the reporter
    inside = models.BooleanField()  # works for the institution
    prescribed = models.BooleanField(default=False)  # named in law for workers' reports
    on_call = models.EmailField(blank=True)  # told that something urgent came, with no content

    class Meta:
        constraints = (models.UniqueConstraint(fields=["institution", "slug"], name="channel_slug"),)


class Custodian(models.Model):
    """A channel's offline recovery identity. Only the public half is here; the rest is on paper, m of n."""

    key = models.CharField(primary_key=True, max_length=26)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="custodians")
    seal = models.TextField()
    needs = models.PositiveSmallIntegerField()
    of = models.PositiveSmallIntegerField()
    retired = models.BooleanField(default=False)


class Card(models.Model):
    """Every version of an institution's signed card, kept for ever."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="cards")
    version = models.PositiveIntegerField()
    day = models.DateField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64, unique=True)
    # Statements of keepers that have seen it, a JSON list; and whether the page is given it: where there
    # are keepers, only once enough of them have.
    seen = models.TextField(default="[]")
    in_force = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["institution", "version"], name="card_version"),)
