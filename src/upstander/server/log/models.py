"""The log's rows: one head per log, one row per leaf. The tree comes later, behind the same `perform`."""

from django.db import models


class Log(models.Model):
    """A log's head. Locked last in every commit, so that leaves get contiguous numbers."""

    name = models.CharField(primary_key=True, max_length=100)
    size = models.BigIntegerField(default=0)


class Leaf(models.Model):
    """One act, as `docs/reference/formats.md` section 7 writes it. Nothing here is finer than a day."""

    log = models.ForeignKey(Log, on_delete=models.PROTECT, db_index=False)  # `leaf_place` begins with it
    index = models.BigIntegerField()
    institution = models.CharField(max_length=63)
    kind = models.CharField(max_length=20)
    day = models.DateField()
    label = models.CharField(max_length=32)
    commitment = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    act = models.CharField(max_length=26, unique=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["log", "index"], name="leaf_place"),)
