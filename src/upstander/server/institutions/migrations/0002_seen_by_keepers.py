from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('institutions', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='card',
            name='in_force',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='card',
            name='seen',
            field=models.TextField(default='[]'),
        ),
    ]
