from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0004_docket_days'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='fact',
            index=models.Index(
                condition=models.Q(('current', True), ('kind', 'task')), fields=['case'], name='fact_task'
            ),
        ),
    ]
