"""A survey stands once."""

from django.db import migrations, models

# Of those that were entered twice the first stays; the others are withdrawn and stay in sight.
ONCE = """
  UPDATE visas_demandsurvey d
     SET withdrawn_on = current_date, withdrawn_why = '같은 조사가 앞서 입력되어 있음'
   WHERE d.withdrawn_on IS NULL
     AND EXISTS (SELECT FROM visas_demandsurvey e
                  WHERE e.withdrawn_on IS NULL AND e.id < d.id
                    AND (e.municipality_id, e.industry, e.surveyed_on, e.source, e.year)
                      = (d.municipality_id, d.industry, d.surveyed_on, d.source, d.year)
                    AND e.programme_id IS NOT DISTINCT FROM d.programme_id)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('visas', '0031_duties_and_evidence'),
    ]

    operations = [
        migrations.RunSQL(ONCE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='demandsurvey',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_on', None)), fields=('municipality', 'industry', 'surveyed_on', 'source', 'year', 'programme'), name='demand_entered_once', nulls_distinct=False, violation_error_message='This survey was entered before: same municipality, industry, day, source, year and programme. Withdraw the earlier entry if its number is wrong.'),
        ),
    ]
