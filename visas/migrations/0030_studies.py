"""One person studies at one university at a time; leave to work within the studies; what an applicant is to study."""

from importlib import import_module

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from centers.walls import app_role, client_triple, function

rows = import_module("visas.migrations.0009_case_steps")
steps = import_module("visas.migrations.0022_letters_run_out")

# The last of a student's changes says whether the studies have ended, and on which day.
ENDS = [
    function(
        "wall.studies_end(of_student bigint)",
        """
        SELECT CASE WHEN s.ends THEN c.happened_on END
          FROM visas_statuschange c JOIN visas_studystatus s ON s.code = c.kind_id
         WHERE c.enrolment_id = of_student AND c.withdrawn_on IS NULL
         ORDER BY c.happened_on DESC, c.id DESC LIMIT 1
        """,
        returns="date",
        definer=True,
        private=True,
        language="sql",
        traits="STABLE",
    ),
    # Whatever is written there, the day is that of the changes.
    function(
        "wall.keep_studies_end()",
        "BEGIN NEW.ended_on := wall.studies_end(NEW.id); RETURN NEW; END",
        returns="trigger",
        definer=True,
    ),
    function(
        "wall.end_studies()",
        """
        BEGIN
          UPDATE visas_enrolment SET ended_on = NULL
           WHERE id = NEW.enrolment_id AND ended_on IS DISTINCT FROM wall.studies_end(NEW.enrolment_id);
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    migrations.RunSQL(
        """
        CREATE TRIGGER keep_end BEFORE INSERT OR UPDATE ON visas_enrolment
          FOR EACH ROW EXECUTE FUNCTION wall.keep_studies_end();
        CREATE TRIGGER ends AFTER INSERT OR UPDATE OF withdrawn_on ON visas_statuschange
          FOR EACH ROW EXECUTE FUNCTION wall.end_studies();
        UPDATE visas_enrolment SET ended_on = NULL;
        """,
        "DROP TRIGGER keep_end ON visas_enrolment; DROP TRIGGER ends ON visas_statuschange",
    ),
]
# A list is refused by its rows, so a university asks before it writes; it learns that the person studies elsewhere and
# not where, as it would from the refusal.
ELSEWHERE = function(
    "wall.students_elsewhere(here bigint, hashes bytea[], files bigint[])",
    """
    SELECT asked.hash, asked.file
      FROM (SELECT k.digest AS hash, NULL::bigint AS file, k.person_id
              FROM cases_personkey k WHERE k.digest = ANY (hashes)
             UNION ALL
            SELECT NULL, c.id, c.person_id FROM cases_client c WHERE c.id = ANY (files) AND c.workspace_id = here) asked
     WHERE here = ANY ((SELECT wall.scope('work_clients'))::bigint[])
       AND EXISTS (SELECT FROM centers_workspace w WHERE w.id = here AND w.kind = 'university')
       AND EXISTS (SELECT FROM visas_enrolment e
                    WHERE e.person_id = asked.person_id AND e.ended_on IS NULL AND e.workspace_id <> here)
    """,
    returns="TABLE (hash bytea, file bigint)",
    definer=True,
    language="sql",
    traits="STABLE",
)
# 2025-1 is the semester from March 2025, 2025-2 that from September; who comes some weeks before it begins is of it.
SEMESTERS = migrations.RunSQL(
    """
    ALTER TABLE visas_enrolment ADD CONSTRAINT enrolment_semester_of_the_admission CHECK (
      semester !~ '^20[0-9]{2}-[12]$'
      OR right(semester, 1) = '1' AND admitted_on BETWEEN make_date(left(semester, 4)::int, 1, 1)
                                                      AND make_date(left(semester, 4)::int, 8, 31)
      OR right(semester, 1) = '2' AND admitted_on BETWEEN make_date(left(semester, 4)::int, 7, 1)
                                                      AND make_date(left(semester, 4)::int + 1, 3, 1) - 1)
    """,
    "ALTER TABLE visas_enrolment DROP CONSTRAINT enrolment_semester_of_the_admission",
)
# Asked after the row, so that the wall speaks first; the student is locked, so that two leaves are not given at once.
PERMITS = [
    function(
        "wall.permit_within_hours()",
        """
        DECLARE
          studies record;
          most int := (SELECT k.hours FROM visas_studypermitkind k WHERE k.code = NEW.kind_id);
          broken text;
        BEGIN
          SELECT e.admitted_on, e.ended_on INTO studies
            FROM visas_enrolment e WHERE e.id = NEW.enrolment_id FOR NO KEY UPDATE;
          broken := CASE
            WHEN most IS NOT NULL AND NEW.hours IS NULL THEN 'study_permit_says_its_hours'
            WHEN NEW.hours > most THEN 'study_permit_within_hours'
            WHEN NEW.starts_on < studies.admitted_on OR NEW.starts_on > studies.ended_on
              THEN 'study_permit_within_the_studies'
            -- The hours of a day are the most on a day on which one of them begins.
            WHEN EXISTS (
              SELECT FROM visas_studypermit d
               WHERE d.enrolment_id = NEW.enrolment_id AND d.withdrawn_on IS NULL
                 AND d.starts_on BETWEEN NEW.starts_on AND NEW.ends_on
                 AND (SELECT sum(p.hours) > max(k.hours)
                        FROM visas_studypermit p JOIN visas_studypermitkind k ON k.code = p.kind_id
                       WHERE p.enrolment_id = NEW.enrolment_id AND p.withdrawn_on IS NULL AND k.hours IS NOT NULL
                         AND d.starts_on BETWEEN p.starts_on AND p.ends_on))
              THEN 'study_permits_within_hours_together' END;
          IF broken IS NOT NULL THEN
            RAISE EXCEPTION 'this leave to work cannot be given'
              USING ERRCODE = '23514', CONSTRAINT = broken, TABLE = TG_TABLE_NAME;
          END IF;
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    function(
        "wall.permits_within_studies()",
        """
        BEGIN
          IF EXISTS (SELECT FROM visas_studypermit p
                      WHERE p.enrolment_id = NEW.id AND p.withdrawn_on IS NULL AND p.starts_on < NEW.admitted_on) THEN
            RAISE EXCEPTION 'leave to work was given before the admission'
              USING ERRCODE = '23514', CONSTRAINT = 'study_permit_within_the_studies', TABLE = TG_TABLE_NAME;
          END IF;
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    migrations.RunSQL(
        """
        DROP TRIGGER within_hours ON visas_studypermit;
        CREATE TRIGGER within_hours AFTER INSERT ON visas_studypermit
          FOR EACH ROW EXECUTE FUNCTION wall.permit_within_hours();
        CREATE TRIGGER permits_within AFTER UPDATE OF admitted_on ON visas_enrolment
          FOR EACH ROW EXECUTE FUNCTION wall.permits_within_studies();
        """
    ),
]
# Whether the university takes part on the day, or its visas are restricted, is found in its periods.
UNIVERSITY = [
    migrations.RunSQL("SET LOCAL check_function_bodies = off"),
    steps.rewritten(
        r"SELECT 'same_nationality', ceil",
        "SELECT 'university', (y.standing = 'eligible')::int::bigint, y.starts_on, "
        "concat_ws(' · ', nullif(y.document, ''), y.source), NULL::bigint, NULL::bigint "
        "FROM visas_visacase v JOIN centers_universityperiod y ON y.workspace_id = v.workspace_id "
        "AND y.withdrawn_on IS NULL AND on_day BETWEEN y.starts_on AND coalesce(y.ends_on, 'infinity') "
        "WHERE v.id = of_case UNION ALL SELECT 'same_nationality', ceil",
    ),
    migrations.RunSQL("SET LOCAL check_function_bodies = on"),
]
# What an applicant is to study is read and said by whoever reads the case and works on it.
STUDIES = [
    migrations.RunSQL(
        f"""
        ALTER TABLE visas_casestudy ADD CONSTRAINT case_study_is_of_the_workspace
          FOREIGN KEY (case_id, workspace_id) REFERENCES visas_visacase (id, workspace_id);
        ALTER TABLE visas_casestudy ADD CONSTRAINT case_study_major_of_the_university
          FOREIGN KEY (major_id, workspace_id) REFERENCES centers_major (id, workspace_id);
        ALTER TABLE visas_casestudy ENABLE ROW LEVEL SECURITY;
        CREATE POLICY view ON visas_casestudy FOR SELECT USING ({rows.READ});
        CREATE POLICY work_insert ON visas_casestudy FOR INSERT WITH CHECK (
          (SELECT wall.whole('review_visa_cases'))
          OR workspace_id = ANY ((SELECT wall.scope('review_visa_cases'))::bigint[])
          OR workspace_id = ANY ((SELECT wall.scope('work_visa_cases'))::bigint[]));
        REVOKE UPDATE, DELETE ON visas_casestudy FROM {app_role()};
        CREATE TRIGGER by_the_actor BEFORE INSERT ON visas_casestudy
          FOR EACH ROW EXECUTE FUNCTION wall.entered_by_the_actor();
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON visas_casestudy
          FOR EACH ROW EXECUTE FUNCTION wall.keep_case_step();
        """,
        "DROP TRIGGER append_only ON visas_casestudy; DROP TRIGGER by_the_actor ON visas_casestudy; "
        "DROP POLICY view ON visas_casestudy; DROP POLICY work_insert ON visas_casestudy; "
        "ALTER TABLE visas_casestudy DISABLE ROW LEVEL SECURITY; "
        "ALTER TABLE visas_casestudy DROP CONSTRAINT case_study_is_of_the_workspace, "
        "DROP CONSTRAINT case_study_major_of_the_university",
    ),
    client_triple("visas_casestudy"),
]


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0022_guarded_accesses'),
        ('centers', '0007_roles_apart'),
        ('visas', '0028_waiting_line'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseStudy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
                ('semester', models.CharField(max_length=6, validators=[django.core.validators.RegexValidator('^20[0-9]{2}-[12]$', 'Write the semester as year and number: 2025-1 or 2025-2.')], verbose_name='semester of admission')),
            ],
            options={
                'verbose_name': 'intended studies',
                'verbose_name_plural': 'intended studies',
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='enrolment',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='enrolment',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='enrolment',
            name='ended_on',
            field=models.DateField(editable=False, null=True, verbose_name='studies ended on'),
        ),
        *ENDS,
        migrations.AddField(
            model_name='enrolmentevent',
            name='ended_on',
            field=models.DateField(editable=False, null=True, verbose_name='studies ended on'),
        ),
        migrations.AlterField(
            model_name='casefact',
            name='kind',
            field=models.CharField(choices=[('degree', 'Domestic degree (associate or higher)'), ('income', 'Income of a year (won)'), ('korean', 'Korean level (TOPIK or KIIP)'), ('stay', 'Stay in the last ten years (months)'), ('points', 'Points of the self-assessment'), ('contract_pay', 'Pay of the contract (won a year)'), ('contract_months', 'Contract still runs (months)'), ('tenure', 'Time at the workplace (months)'), ('residence', 'Residence in the area (months)'), ('family_move', 'Moves with the family, under 60'), ('funds', 'Proof of funds (won)'), ('uncancelled', 'No permit cancelled in the time before'), ('confirmed', 'Confirmed by hand'), ('number', 'A number against a limit'), ('date', 'A day against a limit'), ('university', 'Eligibility of the university'), ('same_nationality', 'Share of one nationality among the recommended (%)')], max_length=20, verbose_name='condition'),
        ),
        migrations.AlterField(
            model_name='eligibilityrule',
            name='kind',
            field=models.CharField(choices=[('degree', 'Domestic degree (associate or higher)'), ('income', 'Income of a year (won)'), ('korean', 'Korean level (TOPIK or KIIP)'), ('stay', 'Stay in the last ten years (months)'), ('points', 'Points of the self-assessment'), ('contract_pay', 'Pay of the contract (won a year)'), ('contract_months', 'Contract still runs (months)'), ('tenure', 'Time at the workplace (months)'), ('residence', 'Residence in the area (months)'), ('family_move', 'Moves with the family, under 60'), ('funds', 'Proof of funds (won)'), ('uncancelled', 'No permit cancelled in the time before'), ('confirmed', 'Confirmed by hand'), ('number', 'A number against a limit'), ('date', 'A day against a limit'), ('university', 'Eligibility of the university'), ('same_nationality', 'Share of one nationality among the recommended (%)')], max_length=20, verbose_name='condition'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='enrolment',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."admitted_on" IS DISTINCT FROM (NEW."admitted_on") OR OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."ended_on" IS DISTINCT FROM (NEW."ended_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."major_id" IS DISTINCT FROM (NEW."major_id") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."recorded_on" IS DISTINCT FROM (NEW."recorded_on") OR OLD."ref" IS DISTINCT FROM (NEW."ref") OR OLD."semester" IS DISTINCT FROM (NEW."semester") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "visas_enrolmentevent" ("admitted_on", "case_id", "client_id", "ended_on", "id", "major_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_on", "ref", "semester", "workspace_id") VALUES (OLD."admitted_on", OLD."case_id", OLD."client_id", OLD."ended_on", OLD."id", OLD."major_id", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."recorded_at", OLD."recorded_on", OLD."ref", OLD."semester", OLD."workspace_id"); RETURN NULL;', hash='53275ff5db621ec71eca6f77ecf838c9126f3d81', operation='UPDATE', pgid='pgtrigger_update_update_24861', table='visas_enrolment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='enrolment',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visas_enrolmentevent" ("admitted_on", "case_id", "client_id", "ended_on", "id", "major_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_on", "ref", "semester", "workspace_id") VALUES (OLD."admitted_on", OLD."case_id", OLD."client_id", OLD."ended_on", OLD."id", OLD."major_id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recorded_at", OLD."recorded_on", OLD."ref", OLD."semester", OLD."workspace_id"); RETURN NULL;', hash='7cfab0736d5792d12b6885c8a40bae84ddf7ed2b', operation='DELETE', pgid='pgtrigger_delete_delete_00ba6', table='visas_enrolment', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_on', None)), fields=('person',), name='enrolment_one_at_a_time', violation_error_message='This person cannot be entered as a student here as things stand. Ask the province office that looks after the visas for students.'),
        ),
        migrations.AddField(
            model_name='casestudy',
            name='actor',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='casestudy',
            name='case',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='studies', to='visas.visacase'),
        ),
        migrations.AddField(
            model_name='casestudy',
            name='client',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.client'),
        ),
        migrations.AddField(
            model_name='casestudy',
            name='major',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.major', verbose_name='major'),
        ),
        migrations.AddField(
            model_name='casestudy',
            name='person',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.person'),
        ),
        migrations.AddField(
            model_name='casestudy',
            name='workspace',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace'),
        ),
        migrations.AddIndex(
            model_name='casestudy',
            index=models.Index(fields=['case', 'id'], name='case_study_by_case'),
        ),
        migrations.AddIndex(
            model_name='casestudy',
            index=models.Index(fields=['client'], name='case_study_by_client'),
        ),
        migrations.AddIndex(
            model_name='casestudy',
            index=models.Index(fields=['person'], name='case_study_by_person'),
        ),
        migrations.AddConstraint(
            model_name='casestudy',
            constraint=models.CheckConstraint(condition=models.Q(('semester__regex', '^20[0-9]{2}-[12]$')), name='case_study_in_a_semester', violation_error_message='Write the semester as year and number: 2025-1 or 2025-2.'),
        ),
        ELSEWHERE,
        SEMESTERS,
        *PERMITS,
        *UNIVERSITY,
        *STUDIES,
    ]
