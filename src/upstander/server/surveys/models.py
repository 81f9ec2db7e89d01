"""The survey's rows. An answer has no time, no order and nothing that leads to a pass, nor a pass to it.

Both are stored under random numbers, so that SQLite files them where chance says (the numbers are its own
row ids, hence the kind of field); on PostgreSQL, which files rows as they come, `actions.shuffle` stores them
anew every day.
"""

from django.db import models

from upstander.server.institutions.models import Institution


class Body(models.Model):
    """A body that issues passes, by its signing key, as an administrator heard it from that body.

    The last one counts. The ones before stay, as the log has them.
    """

    id = models.CharField(primary_key=True, max_length=26)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="survey_bodies")
    sign = models.CharField(max_length=44)
    place = models.PositiveIntegerField()  # among the institution's bodies, from 1

    class Meta:
        constraints = (models.UniqueConstraint(fields=["institution", "place"], name="body_place"),)


class Wave(models.Model):
    """A wave of an institution's survey, as its issuing body announced it."""

    id = models.CharField(primary_key=True, max_length=26)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="waves")
    name = models.CharField(max_length=41)
    opens = models.DateField()
    closes = models.DateField()
    notice = models.TextField()
    population = models.TextField()  # staff totals by what is kept of people, as JSON
    closed = models.BooleanField(default=False)
    shuffled = models.DateField()  # the day its rows were stored anew

    class Meta:
        constraints = (models.UniqueConstraint(fields=["institution", "name"], name="wave_name"),)


class Answer(models.Model):
    """What one member of staff answered: groups and codes, never finer than the wave's collection plan."""

    id = models.BigAutoField(primary_key=True)  # never counted: drawn by `actions`
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="answers")
    stratum = models.CharField(max_length=40)
    sex = models.CharField(max_length=12)
    ethnicity5 = models.CharField(max_length=12)
    age_band = models.CharField(max_length=12)
    disability = models.CharField(max_length=12)
    sexual_orientation = models.CharField(max_length=12)
    sexism = models.CharField(max_length=12)
    racism = models.CharField(max_length=12)
    homophobia = models.CharField(max_length=12)
    bullied = models.CharField(max_length=12)
    harassed = models.CharField(max_length=12)
    retaliation = models.CharField(max_length=12)
    trusts_reporting = models.CharField(max_length=12)


class Spent(models.Model):
    """The hash of a pass that was spent. Deleted when the wave closes."""

    id = models.BigAutoField(primary_key=True)  # never counted: drawn by `actions`
    name = models.CharField(max_length=64, unique=True)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="spent")
