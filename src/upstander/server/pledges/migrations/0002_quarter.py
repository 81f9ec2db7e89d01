from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pledges', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Quarter',
            fields=[
                ('name', models.CharField(max_length=48, primary_key=True, serialize=False)),
                ('keeper', models.CharField(max_length=32)),
                ('quarter', models.CharField(max_length=8)),
                ('text', models.TextField()),
            ],
        ),
    ]
