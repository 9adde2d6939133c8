"""The day on which a row has to be written anew; and sitemaps that read one index and nothing else."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("publication", "0002_cases"),
    ]

    operations = [
        migrations.AddField("PublishedLicence", "next_on", models.DateField(null=True)),
        migrations.AddIndex(
            "PublishedLicence",
            models.Index(fields=["next_on"], condition=models.Q(("next_on__isnull", False)), name="published_next"),
        ),
        migrations.AddConstraint(
            "PublishedLicence",
            models.UniqueConstraint(fields=("place",), include=("number", "changed_at"), name="published_place"),
        ),
        migrations.AlterField(
            "PublishedLicence",
            "place",
            models.BigIntegerField(db_default=models.Func(models.Value("publication_place"), function="nextval")),
        ),
    ]
