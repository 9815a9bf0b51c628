"""What was said to somebody on a day stands once in the register of published figures."""

from django.conf import settings
from django.db import migrations, models

# No row goes: one that was entered again becomes the correction of the one before it, which it agrees with, so that the
# year shows the figure once.
ENTERED_AGAIN = """
  ALTER TABLE kpi_publishedfigure DISABLE TRIGGER append_only;
  UPDATE kpi_publishedfigure f SET corrects_id = d.before
    FROM (SELECT id, lag(id) OVER (PARTITION BY year, as_of, said_on, audience, value, unit_ko, wording, corrects_id
                                   ORDER BY id) AS before FROM kpi_publishedfigure) d
   WHERE d.id = f.id AND d.before IS NOT NULL;
  SET CONSTRAINTS ALL IMMEDIATE;
  ALTER TABLE kpi_publishedfigure ENABLE TRIGGER append_only;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('kpi', '0020_months_by_code'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(ENTERED_AGAIN, migrations.RunSQL.noop, elidable=False),
        migrations.AddConstraint(
            model_name='publishedfigure',
            constraint=models.UniqueConstraint(fields=('year', 'as_of', 'said_on', 'audience', 'value', 'unit_ko', 'wording', 'corrects'), name='published_figure_said_once', nulls_distinct=False, violation_error_message='This figure is in the register already: same year, days, recipient, number and wording. One that was wrong is corrected there.'),
        ),
    ]
