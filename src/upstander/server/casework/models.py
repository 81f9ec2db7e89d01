"""Coded facts of a case: codes, days and numbers in the clear, words sealed (in notes of the case).

Nothing is overwritten: a correction is a new row for the same item, by whoever made it, and the act of the
case's trail it came with. `Docket` holds what lists ask for; it can be made again from steps and facts.
"""

from django.db import models

from upstander.server.accounts.models import Key, Person
from upstander.server.cases.models import Case, Envelope


class Fact(models.Model):
    """One version of one coded fact: a person, an allegation, a decision ... (`facts.py` has their forms)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="facts", db_index=False)
    item = models.CharField(max_length=26)  # what it is a version of; chosen by the browser
    kind = models.CharField(max_length=20)
    number = models.PositiveIntegerField()  # of the act it came with
    by = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    data = models.JSONField()  # codes, days and numbers, as `facts.py` checked them
    words = models.ForeignKey(  # a name or reasons, sealed
        Envelope, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    who = models.CharField(max_length=26, blank=True)  # pseudonym of a person, the same in all cases
    current = models.BooleanField(default=True)  # no later version

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case", "item", "number"], name="fact_version"),
            models.UniqueConstraint(
                fields=["case", "item"], condition=models.Q(current=True), name="fact_current"
            ),
        )
        indexes = (
            models.Index(fields=["who"], name="fact_who", condition=~models.Q(who="")),
            models.Index(fields=["case"], name="fact_task", condition=models.Q(kind="task", current=True)),
            models.Index(fields=["by"], name="fact_by"),
            models.Index(fields=["words"], name="fact_words", condition=models.Q(words__isnull=False)),
        )


class Duty(models.Model):
    """What a person may do beyond a handler's work; whoever runs the people gives and ends it."""

    class Kind(models.TextChoices):
        DECIDER = "decider"  # takes the decisions the law gives the authority
        GUARDIAN = "guardian"  # watches for retaliation, outside both people's line
        OVERSEER = "overseer"  # outside: codes, days and counts; opens nothing

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="duties", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    of = models.CharField(max_length=40, blank=True)  # an overseer's kind of body, as the pack names it

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "kind"], name="one_duty"),)


class Overdue(models.Model):
    """A limit whose day passed with nothing done: a state, with a leaf of its own."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="overdue", db_index=False)
    limit = models.CharField(max_length=40)
    due = models.DateField()
    day = models.DateField()  # when it was written down
    act = models.CharField(max_length=26, unique=True)  # the leaf's

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "limit", "due"], name="one_overdue"),)


class ShutOut(models.Model):
    """Somebody who works here and has no part in a case: its subject, or one who declared a connection.

    For a subject neither the case nor its count exists.
    """

    class Why(models.TextChoices):
        SUBJECT = "subject"
        RECUSED = "recused"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="shut_out", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=10, choices=Why)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "person"], name="one_shut_out"),)


class BriefNames(models.Model):
    """Which envelope of the investigator's version says whom it is about: it is given before any other."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.CASCADE, related_name="+")
    envelope = models.ForeignKey(Envelope, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()  # of the act it came with


class Docket(models.Model):
    """What lists ask of a case, kept beside it: who works on it, what is due next, what is missing."""

    class Referral(models.TextChoices):
        NONE = "none"  # no criterion is met
        DUE = "due"  # has to be referred, and was not
        REFERRED = "referred"
        OVERRULED = "overruled"  # by a named decider, with reasons

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.CASCADE, related_name="docket")
    assigned = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=40, blank=True)  # in the institution's own case system
    due = models.DateField(
        null=True, blank=True
    )  # the limit that ends first, that of evidence loss among them
    due_limit = models.CharField(max_length=40, blank=True)
    work = models.DateField(
        null=True, blank=True
    )  # work that was set off, or a task for nobody, is due first
    unsaid = models.DateField(
        null=True, blank=True
    )  # first day of a limit that was not written down as passed
    opened = models.DateField(null=True, blank=True)
    told = models.DateField(null=True, blank=True)  # last written to the reporter
    heard = models.DateField(null=True, blank=True)  # since when somebody owed a word has had none
    look_again = models.DateField(null=True, blank=True)  # first review of a reason not to tell somebody
    closed = models.DateField(null=True, blank=True)
    referral = models.CharField(max_length=10, choices=Referral, default=Referral.NONE)
    vawg = models.BooleanField(default=False)
    coded = models.JSONField(default=list)  # ids of facts coded yes on any allegation
    recorded = models.JSONField(default=list)  # ids of declarations that everybody who works on it made
    outcome = models.CharField(max_length=40, blank=True)  # it was closed with
    covert = models.BooleanField(default=False)  # nobody but its holders, and who the pack names, knows of it
    covert_review = models.DateField(null=True, blank=True)  # when that is looked at again
    law = models.CharField(max_length=64, blank=True)  # hash of the pack's law that all this was made by
    form = models.PositiveSmallIntegerField(default=0)  # of `docket.FORM`, by which all this was made

    class Meta:
        indexes = (
            models.Index(fields=["due"], name="docket_due"),
            models.Index(fields=["unsaid"], name="docket_unsaid"),
            models.Index(fields=["referral"], name="docket_referral"),
        )


class Direction(models.Model):
    """What an overseer asks of those who hold a case, with a leaf of its own. A fact answers it."""

    class Code(models.TextChoices):
        RECONSIDER = "reconsider", "Reconsider this decision"
        REFER = "refer", "Refer it, or say again why not"
        ANSWER = "answer", "Write to the reporter"
        INDEPENDENT = "independent", "Give it to people with no connection"
        COMMENT = "comment", "Read what she wrote, and answer"

    id = models.CharField(primary_key=True, max_length=26)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="directions")
    code = models.CharField(max_length=20, choices=Code)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    act = models.CharField(max_length=26, unique=True)  # the leaf's
    due = models.DateField(null=True, blank=True)  # last day for an answer; none of those asked before
    sealed = models.BinaryField(null=True, blank=True)  # a comment, to the keys that held the case


class Sample(models.Model):
    """A dip sample: its list is fixed with a leaf, and the first published head over that leaf draws."""

    id = models.CharField(primary_key=True, max_length=26)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="samples")  # the overseer
    day = models.DateField()  # ordered
    count = models.PositiveIntegerField()
    listed = models.JSONField()  # ids of the cases it is drawn from, sorted
    digest = models.CharField(max_length=64)  # of the list, as the leaf says it
    act = models.CharField(max_length=26, unique=True)  # the leaf's
    root = models.CharField(max_length=64, blank=True)  # of the head that drew; empty until then
    size = models.BigIntegerField(default=0)  # of that head
    until = models.DateField(null=True, blank=True)  # last day on which copies can be opened
    over = models.BooleanField(default=False)  # copies were deleted


class Drawn(models.Model):
    """A case of a sample, and its redacted copy: sealed to the overseer alone by a holder of the case."""

    id = models.CharField(primary_key=True, max_length=26)
    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="drawn")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="drawn")
    place = models.PositiveIntegerField()  # in the order in which they were drawn
    key = models.ForeignKey(Key, null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # to whom
    sealed = models.BinaryField(null=True, blank=True)
    handed = models.DateField(null=True, blank=True)
    opened = models.DateField(null=True, blank=True)  # the first time

    class Meta:
        constraints = (models.UniqueConstraint(fields=["sample", "case"], name="drawn_once"),)


class Reminder(models.Model):
    """The day on which a person was last told by mail that something is due."""

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
