"""The self-assessment of an applicant by the lines of the table of points, whose sum the conditions ask about."""

from importlib import import_module

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from centers.walls import app_role, client_triple, function


rules = import_module("visas.migrations.0015_conditions")
CONDITIONS, TOLD = rules.CONDITIONS, rules.TOLD
READ = import_module("visas.migrations.0009_case_steps").READ
WRITTEN = """
  (SELECT wall.whole('review_visa_cases'))
  OR workspace_id = ANY ((SELECT wall.scope('review_visa_cases'))::bigint[])
  OR workspace_id = ANY ((SELECT wall.scope('work_visa_cases'))::bigint[])
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0021_employments'),
        ('centers', '0004_exports_wall'),
        ('visas', '0015_conditions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PointItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, verbose_name='code')),
                ('valid_from', models.DateField(verbose_name='from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='to')),
                ('points', models.SmallIntegerField(blank=True, null=True, verbose_name='points of the line')),
                ('at_least', models.SmallIntegerField(blank=True, null=True, verbose_name='least points')),
                ('text_ko', models.CharField(max_length=300, verbose_name='wording')),
                ('source', models.CharField(max_length=300, verbose_name='source')),
                ('entered_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='point_items', to='visas.visaprogramme')),
            ],
            options={
                'verbose_name': 'line of a table of points',
                'verbose_name_plural': 'lines of tables of points',
                'ordering': ['programme', 'id'],
            },
        ),
        migrations.CreateModel(
            name='CasePoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
                ('points', models.SmallIntegerField(verbose_name='points')),
                ('evidence', models.CharField(blank=True, max_length=200, verbose_name='evidence')),
                ('actor', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='point_rows', to='visas.visacase')),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.client')),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.person')),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace')),
                ('item', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='visas.pointitem')),
            ],
            options={
                'verbose_name': 'points of a visa case',
                'verbose_name_plural': 'points of visa cases',
            },
        ),
        migrations.AddConstraint(
            model_name='pointitem',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('programme', '='), ('code', '='), (models.Func('valid_from', 'valid_to', models.Value('[]'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='point_item_once_a_day', violation_error_message='Another version of this line holds on some of these days.'),
        ),
        migrations.AddConstraint(
            model_name='pointitem',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='point_item_ends_after_it_starts'),
        ),
        migrations.AddIndex(
            model_name='casepoint',
            index=models.Index(fields=['case', 'id'], name='case_point_by_case'),
        ),
        migrations.AddIndex(
            model_name='casepoint',
            index=models.Index(fields=['client'], name='case_point_by_client'),
        ),
        migrations.AddIndex(
            model_name='casepoint',
            index=models.Index(fields=['person'], name='case_point_by_person'),
        ),
        migrations.AddConstraint(
            model_name='casepoint',
            constraint=models.CheckConstraint(condition=models.Q(('points__gte', -300), ('points__lte', 300)), name='case_point_within_the_table', violation_error_message='A line has no more points than the whole table.'),
        ),
        migrations.RunSQL(
            f"""
            ALTER TABLE visas_casepoint ADD CONSTRAINT case_point_is_of_the_workspace
              FOREIGN KEY (case_id, workspace_id) REFERENCES visas_visacase (id, workspace_id);
            ALTER TABLE visas_casepoint ENABLE ROW LEVEL SECURITY;
            CREATE POLICY view ON visas_casepoint FOR SELECT USING ({READ});
            CREATE POLICY work_insert ON visas_casepoint FOR INSERT WITH CHECK ({WRITTEN});
            REVOKE UPDATE, DELETE ON visas_casepoint FROM {app_role()};
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON visas_casepoint
              FOR EACH ROW EXECUTE FUNCTION wall.keep_case_step();
            """,
            "DROP TRIGGER append_only ON visas_casepoint; DROP POLICY view ON visas_casepoint; "
            "DROP POLICY work_insert ON visas_casepoint; ALTER TABLE visas_casepoint DISABLE ROW LEVEL SECURITY; "
            "ALTER TABLE visas_casepoint DROP CONSTRAINT case_point_is_of_the_workspace",
        ),
        client_triple("visas_casepoint"),
        # A line has the points that its table gives it, or none of them, and is of the programme of the case.
        function(
            "wall.point_fits_its_line()",
            """
            DECLARE
              programme text;
            BEGIN
              SELECT v.programme_id INTO programme FROM public.visas_visacase v WHERE v.id = NEW.case_id;
              IF NOT FOUND THEN
                RAISE EXCEPTION 'there is no such case to be seen' USING ERRCODE = '42501';
              END IF;
              IF NOT EXISTS (SELECT FROM public.visas_pointitem i
                              WHERE i.id = NEW.item_id AND i.programme_id = programme
                                AND (i.points IS NULL OR NEW.points IN (0, i.points))) THEN
                RAISE EXCEPTION 'the line has other points'
                  USING ERRCODE = '23514', CONSTRAINT = 'case_point_fits_its_line', TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NEW;
            END
            """,
            returns="trigger",
        ),
        # What is found of the points is their sum, whoever enters a line.
        function(
            "wall.sum_points()",
            """
            BEGIN
              INSERT INTO public.visas_casefact (workspace_id, case_id, client_id, person_id, kind, value, found_on,
                                                 evidence, actor_id)
              SELECT DISTINCT ON (n.case_id) n.workspace_id, n.case_id, n.client_id, n.person_id, 'points',
                     greatest(wall.points_of(n.case_id), 0), wall.today(), '', n.actor_id
                FROM new_rows n;
              RETURN NULL;
            END
            """,
            returns="trigger",
        ),
        function(
            "wall.points_of(of_case bigint)",
            """
            SELECT sum(last.points) FROM (
              SELECT DISTINCT ON (p.item_id) p.points FROM public.visas_casepoint p
               WHERE p.case_id = of_case ORDER BY p.item_id, p.id DESC) last
            """,
            returns="bigint",
            language="sql",
            traits="STABLE",
        ),
        migrations.RunSQL(
            """
            CREATE TRIGGER fits BEFORE INSERT ON visas_casepoint
              FOR EACH ROW EXECUTE FUNCTION wall.point_fits_its_line();
            CREATE TRIGGER sum AFTER INSERT ON visas_casepoint REFERENCING NEW TABLE AS new_rows
              FOR EACH STATEMENT EXECUTE FUNCTION wall.sum_points();
            """,
            "DROP TRIGGER fits ON visas_casepoint; DROP TRIGGER sum ON visas_casepoint",
        ),
        # As in 0015; where a line has a least number of points, reaching the sum is not enough.
        function(
            "wall.conditions_of(of_case bigint, on_day date)",
            CONDITIONS.replace(
                "WHEN r.threshold IS NULL",
                """WHEN r.kind = 'points' AND EXISTS (
                   SELECT FROM (SELECT DISTINCT ON (p.item_id) p.item_id, p.points FROM visas_casepoint p
                                 WHERE p.case_id = of_case ORDER BY p.item_id, p.id DESC) last
                     JOIN visas_pointitem i ON i.id = last.item_id WHERE last.points < i.at_least) THEN 'not_met'
              WHEN r.threshold IS NULL""",
            ),
            returns=f"TABLE (rule bigint, one_of text, {TOLD}, outcome text)",
            definer=True,
            private=True,
            language="sql",
            traits="STABLE",
        ),
    ]
