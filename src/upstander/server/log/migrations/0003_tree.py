"""The tree. Leaves from before it lose their numbers, and wait for the beat like any other."""

import django.db.models.deletion
from django.db import migrations, models


def _id():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def _log(**options):
    return ("log", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="log.log", **options))


def _unique(name, *fields):
    return {"constraints": [models.UniqueConstraint(fields=fields, name=name)]}


class Migration(migrations.Migration):

    dependencies = [("log", "0002_fewer_indexes")]

    operations = [
        migrations.RemoveConstraint(model_name="leaf", name="leaf_place"),
        migrations.RemoveField(model_name="leaf", name="index"),
        migrations.RemoveField(model_name="leaf", name="log"),
        migrations.DeleteModel(name="Log"),
        migrations.CreateModel(
            name="Log",
            fields=[
                ("generation", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("size", models.BigIntegerField(default=0)),
                ("root", models.CharField(blank=True, max_length=64)),
                ("published", models.BigIntegerField(default=0)),
                ("closed", models.BooleanField(default=False)),
            ],
        ),
        migrations.AddField(
            model_name="leaf",
            name="log",
            field=models.ForeignKey(
                blank=True,
                null=True,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="log.log",
            ),
        ),
        migrations.AddField(
            model_name="leaf", name="index", field=models.BigIntegerField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="leaf", name="of", field=models.CharField(blank=True, default="", max_length=32),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="leaf", constraint=models.UniqueConstraint(fields=("log", "index"), name="leaf_place")
        ),
        migrations.CreateModel(
            name="LogKey",
            fields=[
                _id(),
                ("vkey", models.CharField(max_length=200, unique=True)),
                _log(related_name="keys"),
            ],
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                ("act", models.CharField(max_length=26, primary_key=True, serialize=False)),
                ("body", models.TextField()),
                ("salt", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                _id(),
                ("level", models.PositiveSmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("data", models.BinaryField()),
                _log(db_index=False),
            ],
            options=_unique("tile_place", "log", "level", "index"),
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                _id(),
                ("size", models.BigIntegerField()),
                ("root", models.CharField(max_length=64)),
                ("day", models.DateField()),
                ("beat", models.BigIntegerField()),
                ("note", models.TextField()),
                _log(related_name="checkpoints", db_index=False),
            ],
            options=_unique("checkpoint_size", "log", "size"),
        ),
        migrations.CreateModel(
            name="Cosignature",
            fields=[
                _id(),
                ("witness", models.CharField(max_length=200)),
                ("line", models.TextField()),
                (
                    "checkpoint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cosignatures",
                        to="log.checkpoint",
                    ),
                ),
            ],
            options=_unique("one_cosignature", "checkpoint", "witness"),
        ),
        migrations.CreateModel(
            name="Witness",
            fields=[
                _id(),
                ("name", models.CharField(max_length=200)),
                ("size", models.BigIntegerField(default=0)),
                ("day", models.DateField(blank=True, null=True)),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("against", models.BooleanField(default=False)),
                _log(related_name="witnesses", db_index=False),
            ],
            options=_unique("one_witness", "log", "name"),
        ),
    ]
