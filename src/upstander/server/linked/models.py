"""What handlers said about released reports that name one person: codes in the clear, reasons sealed."""

from django.db import models

from upstander.server.accounts.models import Key
from upstander.server.institutions.models import Channel


class Mark(models.Model):
    """One mark on a linked group. The server knows neither the group's reports nor whom they name.

    Nothing is overwritten: who thinks otherwise adds a mark of her own.
    """

    act = models.CharField(primary_key=True, max_length=26)  # the leaf's
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=26)  # a fingerprint of pledge ids that the server never sees
    code = models.CharField(max_length=20)
    reports = models.PositiveSmallIntegerField()  # how many of the group it is about
    by = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    sealed = models.BinaryField()  # which reports, and why: an age file to who can open all of them
    order = models.PositiveIntegerField()  # on its channel, from 1

    class Meta:
        constraints = (models.UniqueConstraint(fields=["channel", "order"], name="mark_order"),)
        indexes = (models.Index(fields=["channel", "group"], name="mark_group"),)
