from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0007_quick_lists'),
    ]

    operations = [
        migrations.AddField(model_name='duty', name='of', field=models.CharField(blank=True, max_length=40)),
        migrations.AddField(model_name='docket', name='covert', field=models.BooleanField(default=False)),
        migrations.AddField(model_name='docket', name='covert_review', field=models.DateField(blank=True, null=True)),
    ]
