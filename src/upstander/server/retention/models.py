"""Legal holds, and what retention took away. A hold beats every rule; a removal says what is gone."""

from django.db import models

from upstander.server.accounts.models import Key
from upstander.server.cases.models import Case, Envelope


class Hold(models.Model):
    """A hold that was placed on a case, or lifted: nothing is overwritten. The reasons are a sealed note."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="holds", db_index=False)
    number = models.PositiveIntegerField()  # of the act in the case
    rule = models.CharField(max_length=40)  # what asks for it: a code of the pack
    set = models.BooleanField()
    day = models.DateField()
    by = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="+", db_index=False)
    reasons = models.OneToOneField(Envelope, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "number"], name="hold_number"),)


class Removal(models.Model):
    """A closed case whose sealed bytes are gone: on which day, and under which rule of the pack."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.CASCADE, related_name="removal")
    rule = models.CharField(max_length=40)
    day = models.DateField()
    act = models.CharField(max_length=26, unique=True)  # the leaf's
