from django.db import migrations, models


def make_anew(apps, schema_editor):
    """The beat makes every docket again, with the new day in it."""
    apps.get_model("casework", "Docket").objects.update(law="")


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0007_quick_lists'),
    ]

    operations = [
        migrations.AddField(
            model_name='docket', name='unsaid', field=models.DateField(blank=True, null=True)
        ),
        migrations.AddIndex(
            model_name='docket', index=models.Index(fields=['unsaid'], name='docket_unsaid')
        ),
        migrations.RunPython(make_anew, migrations.RunPython.noop),
    ]
