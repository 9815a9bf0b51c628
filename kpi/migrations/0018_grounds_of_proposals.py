"""What a proposal is about and which surveys it rests on; a figure is of no day after the one on which it was said."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kpi', '0017_kinds_of_indicators'),
        ('visas', '0033_demand_and_studies'),
    ]

    operations = [
        migrations.AddField(
            model_name='proposal',
            name='pools',
            field=models.ManyToManyField(blank=True, related_name='proposals', to='visas.quotapool'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='surveys',
            field=models.ManyToManyField(blank=True, related_name='proposals', to='visas.demandsurvey'),
        ),
        # What was kept before stays as it was told: a published figure is never changed.
        AddConstraintNotValid(
            model_name='publishedfigure',
            constraint=models.CheckConstraint(condition=models.Q(('as_of', None), ('said_on', None), ('as_of__lte', models.F('said_on')), _connector='OR'), name='published_figure_of_a_day_before', violation_error_message='A figure is of the day on which it was said, or of an earlier one.'),
        ),
    ]
