from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0004_docket_days'),
    ]

    operations = [
        migrations.AddField(
            model_name='docket', name='law', field=models.CharField(blank=True, max_length=64)
        ),
        migrations.AddField(
            model_name='docket', name='unsaid', field=models.DateField(blank=True, null=True)
        ),
        migrations.AddIndex(
            model_name='docket', index=models.Index(fields=['unsaid'], name='docket_unsaid')
        ),
        migrations.AddIndex(
            model_name='fact',
            index=models.Index(
                condition=models.Q(('current', True), ('kind', 'task')), fields=['case'], name='fact_task'
            ),
        ),
    ]
