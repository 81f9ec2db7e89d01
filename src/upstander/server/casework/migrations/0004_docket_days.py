from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0003_reminder'),
    ]

    operations = [
        migrations.RenameField(model_name='docket', old_name='reason', new_name='outcome'),
        migrations.AddField(model_name='docket', name='opened', field=models.DateField(blank=True, null=True)),
        migrations.AddField(model_name='docket', name='closed', field=models.DateField(blank=True, null=True)),
    ]
