from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("transparency", "0002_news_language_and_limits")]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="kind",
            field=models.CharField(
                choices=[("figures", "Figures"), ("review", "Review")], default="figures", max_length=10
            ),
        ),
        migrations.AddField(
            model_name="signoff", name="label", field=models.CharField(blank=True, default="", max_length=32),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="signoff", name="salt", field=models.CharField(blank=True, default="", max_length=43),
            preserve_default=False,
        ),
    ]
