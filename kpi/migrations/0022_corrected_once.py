"""A published figure is put right once; what was wrong again is put right at its correction."""

from django.conf import settings
from django.db import migrations, models

# No row goes: of two corrections of one figure the later one becomes that of the earlier.
ONE_AFTER_THE_OTHER = """
  ALTER TABLE kpi_publishedfigure DISABLE TRIGGER append_only;
  UPDATE kpi_publishedfigure f SET corrects_id = d.before
    FROM (SELECT id, lag(id) OVER (PARTITION BY corrects_id ORDER BY id) AS before
            FROM kpi_publishedfigure WHERE corrects_id IS NOT NULL) d
   WHERE d.id = f.id AND d.before IS NOT NULL;
  SET CONSTRAINTS ALL IMMEDIATE;
  ALTER TABLE kpi_publishedfigure ENABLE TRIGGER append_only;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("kpi", "0021_figures_said_once"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RunSQL(ONE_AFTER_THE_OTHER, migrations.RunSQL.noop, elidable=False),
        migrations.AddConstraint(
            model_name="publishedfigure",
            constraint=models.UniqueConstraint(
                fields=("corrects",),
                name="published_figure_corrected_once",
                violation_error_message="This figure is corrected already: look at its correction, and correct that one.",
            ),
        ),
    ]
