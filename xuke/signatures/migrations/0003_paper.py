"""A statement can be signed on paper at the counter. Only words of the model change; the column holds texts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatures", "0002_walls")]

    operations = [
        migrations.AlterField(
            "signature",
            "means",
            models.TextField(
                choices=[
                    ("certificate", "数字证书"),
                    ("passkey", "通行密钥"),
                    ("confirmation", "账号确认"),
                    ("paper", "纸质签字"),
                ]
            ),
        )
    ]
