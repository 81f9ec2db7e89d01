"""Who a guardian looks after: a name sealed to her key. The server knows case and day, never the name."""

from __future__ import annotations

from django.db import models

from upstander.server.accounts.models import Key
from upstander.server.cases.models import Case


class Watched(models.Model):
    """Somebody who reported and wants acts against her looked at, told to one guardian."""

    id = models.CharField(primary_key=True, max_length=26)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="watched")
    key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="watched")  # the guardian's
    sealed = models.BinaryField()
    day = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "key"], name="watched_once"),)
