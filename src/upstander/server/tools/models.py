"""What the desk's tools leave on the server: counts by rule, never text, cases or people."""

from __future__ import annotations

from django.db import models

from upstander.server.institutions.models import Institution


class WordCount(models.Model):
    """How often a rule about words was shown in one month, and what became of it. Rule "": texts checked."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, db_index=False)
    month = models.DateField()  # its first day
    rule = models.CharField(max_length=40, blank=True)
    shown = models.PositiveIntegerField(default=0)
    rewritten = models.PositiveIntegerField(default=0)
    stood = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["institution", "month", "rule"], name="word_count"),)
