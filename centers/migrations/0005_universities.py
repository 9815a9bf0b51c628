"""Universities: from when to when each takes part, and the majors that it offers."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from centers.walls import function, on_statement


class Migration(migrations.Migration):

    dependencies = [
        ('centers', '0004_exports_wall'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Major',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='major')),
                ('degree', models.CharField(choices=[('associate', 'Associate'), ('bachelor', 'Bachelor'), ('master', 'Master'), ('doctor', 'Doctor')], max_length=10, verbose_name='degree')),
                ('industry', models.CharField(blank=True, max_length=100, verbose_name='key industry')),
                ('offered_from', models.DateField(verbose_name='offered from')),
                ('offered_to', models.DateField(blank=True, null=True, verbose_name='offered until')),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='source')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='majors', to='centers.workspace', verbose_name='university')),
            ],
            options={
                'verbose_name': 'major',
                'verbose_name_plural': 'majors',
                'ordering': ['workspace', 'name', 'degree'],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'name', 'degree'), name='major_once', violation_error_message='The university already has this major with this degree.'), models.UniqueConstraint(fields=('id', 'workspace'), name='major_of_one_university'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='major_has_a_name', violation_error_message='Write the name of the major.'), models.CheckConstraint(condition=models.Q(('offered_to', None), ('offered_to__gte', models.F('offered_from')), _connector='OR'), name='major_ends_after_it_starts', violation_error_message='A major is not offered until a day before it begins.')],
            },
        ),
        migrations.CreateModel(
            name='UniversityPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('standing', models.CharField(choices=[('eligible', 'Takes part'), ('restricted', 'Visas restricted')], max_length=10, verbose_name='standing')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='to')),
                ('document', models.CharField(blank=True, max_length=60, verbose_name='document number')),
                ('source', models.CharField(max_length=300, verbose_name='source')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
                ('withdrawn_on', models.DateField(blank=True, null=True)),
                ('withdrawn_why', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('entered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='periods', to='centers.workspace', verbose_name='university')),
            ],
            options={
                'verbose_name': 'period of a university',
                'verbose_name_plural': 'periods of universities',
                'ordering': ['workspace', '-starts_on', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='university_period_ends_after_it_starts', violation_error_message='A period does not end before it starts.'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='university_period_says_whence', violation_error_message='Say where it stands.'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_on', None), ('withdrawn_why', '')), models.Q(('withdrawn_on__isnull', False), models.Q(('withdrawn_why', ''), _negated=True)), _connector='OR'), name='university_period_withdrawn_with_a_reason', violation_error_message='Say why it is withdrawn.'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('withdrawn_on', None)), expressions=[('workspace', '='), (models.Func('starts_on', 'ends_on', models.Value('[]'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='university_period_one_at_a_time', violation_error_message='The university already has a period on some of these days: end that first.')],
            },
        ),
        function(
            "wall.of_a_university()",
            """
            BEGIN
              IF EXISTS (SELECT FROM new_rows n JOIN centers_workspace w ON w.id = n.workspace_id
                          WHERE w.kind <> 'university') THEN
                RAISE EXCEPTION 'the workspace is no university'
                  USING ERRCODE = '23514', CONSTRAINT = 'of_a_university', TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NULL;
            END
            """,
            returns="trigger",
        ),
        on_statement("centers_universityperiod", "of_a_university", "wall.of_a_university"),
        on_statement("centers_major", "of_a_university", "wall.of_a_university"),
    ]
