"""What industries want, as surveys found it."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('centers', '0004_exports_wall'),
        ('visas', '0012_waiting_list'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DemandSurvey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('industry', models.CharField(max_length=100, verbose_name='industry')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('surveyed_on', models.DateField(verbose_name='surveyed on')),
                ('wanted', models.PositiveIntegerField(verbose_name='people wanted')),
                ('source', models.CharField(max_length=300, verbose_name='source')),
                ('document', models.CharField(blank=True, max_length=60, verbose_name='document number')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
                ('withdrawn_on', models.DateField(blank=True, null=True)),
                ('withdrawn_why', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('entered_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.municipality', verbose_name='municipality')),
                ('programme', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='visas.visaprogramme', verbose_name='visa programme')),
            ],
            options={
                'verbose_name': 'labour-demand survey',
                'verbose_name_plural': 'labour-demand surveys',
                'ordering': ['-year', 'municipality', 'industry', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('industry', ''), _negated=True), models.Q(('source', ''), _negated=True)), name='demand_says_whose_and_whence'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_on', None), ('withdrawn_why', '')), models.Q(('withdrawn_on__isnull', False), models.Q(('withdrawn_why', ''), _negated=True)), _connector='OR'), name='demand_withdrawn_with_a_reason')],
            },
        ),
    ]
