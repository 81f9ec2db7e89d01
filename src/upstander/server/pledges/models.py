"""What the server keeps of a pledge: all of it sealed, to keepers or to the reporter herself.

Every report, sent or held or kept, has at least one row here, so a row says nothing.
"""

from django.db import models

from upstander.server.cases.models import Case


class Pledge(models.Model):
    """A copy of what went to the keepers, and the reporter's own slip, with which she can change her mind."""

    id = models.CharField(primary_key=True, max_length=26)  # the page's choice; not the keepers' name for it
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="pledges")
    day = models.DateField()
    slip = models.BinaryField()  # sealed to the reporter
    notes = models.TextField()  # JSON: a sealed note for each keeper, by its name
    parcel = models.BinaryField()


class Quarter(models.Model):
    """What one keeper published about one quarter, as it signed it. The log keeps its hash."""

    name = models.CharField(primary_key=True, max_length=48)  # quarter and keeper
    keeper = models.CharField(max_length=32)
    quarter = models.CharField(max_length=8)
    text = models.TextField()
