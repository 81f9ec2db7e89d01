from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    """Cases whose last message is the reporter's, with its day."""
    Case, Envelope = apps.get_model("cases", "Case"), apps.get_model("cases", "Envelope")
    last = Envelope.objects.filter(case=OuterRef("pk"), kind="message").order_by("-order")
    direction, day = Subquery(last.values("direction")[:1]), Subquery(last.values("day")[:1])
    Case.objects.annotate(last=direction).filter(last="to-desk").update(wrote=day)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0004_admits'),
    ]

    operations = [
        migrations.AddField(
            model_name='case', name='wrote', field=models.DateField(blank=True, null=True)
        ),
        migrations.RemoveIndex(model_name='grant', name='cases_grant_key_id_7c03e9_idx'),
        migrations.AddIndex(
            model_name='grant',
            index=models.Index(fields=['key', 'live', 'scope', 'case'], name='grant_reach'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
