"""The log's rows: generations with their trees, leaves, tiles, signed tree heads and what witnesses said.

An act only adds a leaf without a place. The beat gives places, and alone touches everything else here.
"""

from django.db import models


class Log(models.Model):
    """One generation of the log, and the tree over the leaves that have a place in it."""

    generation = models.PositiveIntegerField(primary_key=True)
    size = models.BigIntegerField(default=0)  # leaves
    root = models.CharField(max_length=64, blank=True)  # of that many leaves, in hex
    published = models.BigIntegerField(default=0)  # size of the tree head that is served; never less again
    closed = models.BooleanField(default=False)  # a successor goes on


class LogKey(models.Model):
    """A key that signs, or signed, this generation's tree heads: an Ed25519 verifier key of a signed note."""

    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="keys")
    vkey = models.CharField(max_length=200, unique=True)


class Leaf(models.Model):
    """One act, as `docs/reference/formats.md` section 7 writes it. Nothing here is finer than a day."""

    # both unset while it waits for the beat; `leaf_place` finds those that wait
    log = models.ForeignKey(Log, null=True, blank=True, on_delete=models.PROTECT, db_index=False)
    index = models.BigIntegerField(null=True, blank=True)
    institution = models.CharField(max_length=63)
    kind = models.CharField(max_length=20)  # the shown one
    day = models.DateField()
    label = models.CharField(max_length=32)
    of = models.CharField(max_length=32, blank=True)  # of an answer: the label of the report
    commitment = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    act = models.CharField(max_length=26, unique=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["log", "index"], name="leaf_place"),)


class Opening(models.Model):
    """What the leaf of an act of the installation itself commits to. Acts of a case lie with the case."""

    act = models.CharField(primary_key=True, max_length=26)
    body = models.TextField()
    salt = models.BinaryField()


class Tile(models.Model):
    """Hashes of 256 neighbours of one level, 32 bytes each. Grows until it is full, then never changes."""

    log = models.ForeignKey(Log, on_delete=models.PROTECT, db_index=False)
    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["log", "level", "index"], name="tile_place"),)


class Checkpoint(models.Model):
    """A signed tree head. `beat` counts the beats since 1970, so that none signs twice."""

    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="checkpoints", db_index=False)
    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    day = models.DateField()
    beat = models.BigIntegerField()
    note = models.TextField()  # as signed, without cosignatures

    class Meta:
        constraints = (models.UniqueConstraint(fields=["log", "size"], name="checkpoint_size"),)


class Cosignature(models.Model):
    """A witness's line under a tree head, checked before it was stored."""

    checkpoint = models.ForeignKey(
        Checkpoint, on_delete=models.CASCADE, related_name="cosignatures", db_index=False
    )
    witness = models.CharField(max_length=200)
    line = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["checkpoint", "witness"], name="one_cosignature"),)


class Witness(models.Model):
    """What a witness said last about a generation of the log. Which witnesses there are is in a file."""

    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="witnesses", db_index=False)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField(default=0)  # the largest tree it says it has seen
    day = models.DateField(null=True, blank=True)  # when it last cosigned
    problem = models.CharField(max_length=300, blank=True)  # why it did not, when it was last asked
    against = models.BooleanField(default=False)  # it has seen more than we have, or something else

    class Meta:
        constraints = (models.UniqueConstraint(fields=["log", "name"], name="one_witness"),)
