"""Figures that were told outside: kept as they were said."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kpi', '0007_session_clients'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PublishedFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(blank=True, max_length=60)),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('as_of', models.DateField(blank=True, null=True, verbose_name='as of')),
                ('said_on', models.DateField(blank=True, null=True, verbose_name='said on')),
                ('audience', models.CharField(choices=[('council', 'Council'), ('press', 'Press'), ('ministry', 'Ministry'), ('other', 'Others')], max_length=10, verbose_name='told to')),
                ('value', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='figure')),
                ('unit_ko', models.CharField(max_length=20, verbose_name='unit')),
                ('wording', models.CharField(max_length=300, verbose_name='what was said')),
                ('definition', models.CharField(max_length=300, verbose_name='definition')),
                ('paths', models.JSONField(blank=True, default=list)),
                ('source', models.CharField(max_length=300, verbose_name='source')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
                ('corrects', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='kpi.publishedfigure')),
                ('said_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
            ],
            options={
                'verbose_name': 'published figure',
                'verbose_name_plural': 'published figures',
                'ordering': ['-year', '-said_on', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('code', ''), _negated=True), fields=('code',), name='published_figure_once'), models.CheckConstraint(condition=models.Q(models.Q(('wording', ''), _negated=True), models.Q(('definition', ''), _negated=True), models.Q(('source', ''), _negated=True)), name='published_figure_says_what_it_is')],
            },
        ),
        migrations.RunSQL(
            "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON kpi_publishedfigure "
            "FOR EACH ROW EXECUTE FUNCTION wall.refuse_change()",
            "DROP TRIGGER append_only ON kpi_publishedfigure",
        ),
    ]
