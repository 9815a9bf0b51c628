"""A figure that is entered is never below zero, and an entry stays as it was made."""

from django.db import migrations, models

from centers.walls import app_role


class Migration(migrations.Migration):
    dependencies = [("kpi", "0005_monthly_person")]
    operations = [
        migrations.AddConstraint(
            model_name="manualfigure",
            constraint=models.CheckConstraint(
                condition=models.Q(value__gte=0),
                name="manual_figure_not_negative",
                violation_error_message="A result is a whole number, zero or more.",
            ),
        ),
        migrations.RunSQL(
            f"REVOKE UPDATE, DELETE ON kpi_manualfigure FROM {app_role()}",
            f"GRANT UPDATE, DELETE ON kpi_manualfigure TO {app_role()}",
        ),
    ]
