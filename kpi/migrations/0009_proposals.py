"""Proposals to the ministry, with the figures they rest on and where each stands."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kpi', '0008_published_figures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('text', models.TextField(max_length=5000, verbose_name='text')),
                ('rests_on', models.CharField(blank=True, max_length=300, verbose_name='rests on')),
                ('quotas_on', models.DateField(blank=True, null=True, verbose_name='quotas as of')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
                ('entered_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('figures', models.ManyToManyField(blank=True, related_name='proposals', to='kpi.publishedfigure')),
            ],
            options={
                'verbose_name': 'proposal to the ministry',
                'verbose_name_plural': 'proposals to the ministry',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='ProposalStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('drafted', 'Being drafted'), ('submitted', 'Submitted to the ministry'), ('reviewed', 'Under review'), ('accepted', 'Accepted'), ('partly', 'Accepted in part'), ('declined', 'Declined')], max_length=10, verbose_name='status')),
                ('happened_on', models.DateField(verbose_name='day')),
                ('document', models.CharField(blank=True, max_length=60, verbose_name='document number')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
                ('entered_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='kpi.proposal')),
            ],
            options={
                'verbose_name': 'step of a proposal',
                'verbose_name_plural': 'steps of proposals',
                'ordering': ['pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('title', ''), _negated=True), models.Q(('text', ''), _negated=True)), name='proposal_says_what'),
        ),
        migrations.RunSQL(
            "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON kpi_proposalstep "
            "FOR EACH ROW EXECUTE FUNCTION wall.refuse_change()",
            "DROP TRIGGER append_only ON kpi_proposalstep",
        ),
    ]
