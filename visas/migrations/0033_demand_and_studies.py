"""A survey stands once, what is evaluated of students opens to its rows, and a semester's share is of who studies then."""

from importlib import import_module

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from centers.walls import function

edited = import_module("visas.migrations.0019_after_the_permit").edited

# Of those that were entered twice the first stays; the others are withdrawn and stay in sight.
ONCE = """
  UPDATE visas_demandsurvey d
     SET withdrawn_on = wall.today(), withdrawn_why = '같은 조사가 앞서 입력되어 있음'
   WHERE d.withdrawn_on IS NULL
     AND EXISTS (SELECT FROM visas_demandsurvey e
                  WHERE e.withdrawn_on IS NULL AND e.id < d.id
                    AND (e.municipality_id, e.industry, e.surveyed_on, e.source, e.year)
                      = (d.municipality_id, d.industry, d.surveyed_on, d.source, d.year)
                    AND e.programme_id IS NOT DISTINCT FROM d.programme_id)
"""

# The students of a day and what of each is evaluated: what is counted and what is listed are the same.
STUDENTS = function(
    "wall.students_on(today date)",
    """
    SELECT e.id, e.workspace_id, e.client_id, e.case_id, e.major_id, e.semester::text, e.ref::text,
           s.studying, s.departs, s.graduates,
           s.studying AND EXISTS (
             SELECT FROM visas_koreanresult k WHERE k.enrolment_id = e.id AND k.test = 'kiip'
                AND k.withdrawn_on IS NULL AND k.held_on <= today),
           s.graduates AND EXISTS (
             SELECT FROM cases_employment m JOIN cases_employer y ON y.id = m.employer_id
              WHERE m.client_id = e.client_id AND y.municipality_id IS NOT NULL AND m.starts_on <= today
                AND coalesce(m.ended_on, m.contract_to, today) >= today)
      FROM visas_enrolment e
      CROSS JOIN LATERAL (
        SELECT c.kind_id FROM visas_statuschange c
         WHERE c.enrolment_id = e.id AND c.withdrawn_on IS NULL AND c.happened_on <= today
         ORDER BY c.happened_on DESC, c.id DESC LIMIT 1) last
      JOIN visas_studystatus s ON s.code = last.kind_id
     WHERE e.admitted_on <= today
    """,
    returns="TABLE (id bigint, workspace_id bigint, client_id bigint, case_id bigint, major_id bigint, semester text,"
    " ref text, in_class boolean, departed boolean, graduated boolean, attending boolean, employed boolean)",
    private=True,
    language="sql",
    traits="STABLE",
)
COUNTS = function(
    "wall.study_counts(today date)",
    """
    SELECT w.code::text, count(*), count(*) FILTER (WHERE s.in_class), count(*) FILTER (WHERE s.departed),
           count(*) FILTER (WHERE s.attending), count(*) FILTER (WHERE s.graduated),
           count(*) FILTER (WHERE s.employed)
      FROM wall.students_on(today) s JOIN centers_workspace w ON w.id = s.workspace_id
     WHERE wall.whole('view_visa_cases')
        OR s.workspace_id = ANY ((SELECT wall.scope('view_clients'))::bigint[])
     GROUP BY w.code
    """,
    returns="TABLE (university text, admitted bigint, in_class bigint, departed bigint, attending bigint,"
    " graduated bigint, employed bigint)",
    definer=True,
    language="sql",
    traits="STABLE",
)
# For the province, which reads the visa case that brought a student, and of all others no name and no file: number,
# major and how they stand of those in class or graduated, and of the rest where they study and since when, since it
# is not for officials to be told of a person that nobody knows where they are. Who departed from a university is
# listed where they are not few, as they are counted.
ROWS = function(
    "wall.study_rows(today date, university text, mark text, few int, first int, page int)",
    """
    WITH listed AS (
      SELECT s.*, s.case_id IS NOT NULL OR s.in_class OR s.graduated AS told
        FROM wall.students_on(today) s JOIN centers_workspace w ON w.id = s.workspace_id
       WHERE wall.whole('view_visa_cases') AND university IN (w.code, '')
         AND CASE mark WHEN 'admitted' THEN true WHEN 'in_class' THEN s.in_class WHEN 'departed' THEN s.departed
                       WHEN 'attending' THEN s.attending WHEN 'graduated' THEN s.graduated
                       WHEN 'employed' THEN s.employed ELSE false END)
    SELECT l.workspace_id, l.semester, l.case_id, CASE WHEN l.told THEN l.ref END,
           CASE WHEN l.told THEN l.major_id END,
           CASE WHEN l.in_class THEN 'in_class' WHEN l.graduated THEN 'graduated' ELSE '' END
      FROM listed l
     WHERE mark <> 'departed' OR university <> '' AND (SELECT count(*) FROM listed) >= few
     ORDER BY l.workspace_id, l.semester DESC, l.id
     OFFSET first LIMIT page
    """,
    returns="TABLE (workspace_id bigint, semester text, case_id bigint, ref text, major_id bigint, stands text)",
    definer=True,
    language="sql",
    traits="STABLE",
)

# A share of a semester counts whoever is to begin in it, on whatever day the place is taken: by a day in its midst, so
# that it does not matter with which day of March or September the share begins. Whose studies are not said yet counts
# by the day of the place. What is said afterwards takes the place along, under the locks of the case and its quota.
SEMESTERS = [
    function(
        "wall.studies_on(of_case bigint)",
        """
        SELECT CASE right(s.semester, 1) WHEN '1' THEN make_date(left(s.semester, 4)::int, 4, 30)
                                         ELSE make_date(left(s.semester, 4)::int, 10, 31) END
          FROM visas_casestudy s WHERE s.case_id = of_case ORDER BY s.id DESC LIMIT 1
        """,
        returns="date",
        private=True,
        language="sql",
        traits="STABLE",
    ),
    edited(
        "wall.place_visa_case()",
        "NEW.pool_id :=",
        "NEW.share_on := coalesce(wall.studies_on(NEW.id), NEW.seat_on);\n          NEW.pool_id :=",
    ),
    edited("wall.visa_case_seats()", "'day', n.seat_on", "'day', n.share_on"),
    edited("wall.visa_case_seats()", "'day', o.seat_on", "'day', o.share_on"),
    edited("wall.recount_places(text)", "v.workspace_id, v.seat_on", "v.workspace_id, v.share_on"),
    edited("wall.waiting_line(text,text,date)", "v.workspace_id, on_day", "v.workspace_id, coalesce(v.share_on, on_day)"),
    function(
        "wall.take_place_along()",
        """
        BEGIN
          UPDATE visas_visacase v SET share_on = v.share_on WHERE v.id = NEW.case_id;
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    # What was counted until now stays so in the history; what stands is counted anew.
    migrations.RunSQL(
        [
            "ALTER TABLE visas_visacase DISABLE TRIGGER USER",
            "ALTER TABLE visas_visacaseevent DISABLE TRIGGER USER",
            "UPDATE visas_visacase v SET share_on = coalesce(wall.studies_on(v.id), v.seat_on)",
            "UPDATE visas_visacaseevent v SET share_on = v.seat_on",
            "ALTER TABLE visas_visacase ENABLE TRIGGER USER",
            "ALTER TABLE visas_visacaseevent ENABLE TRIGGER USER",
            "SELECT wall.recount_places(p.code) FROM visas_quotapool p ORDER BY p.code",
            """
            DROP TRIGGER place ON visas_visacase;
            CREATE TRIGGER place BEFORE INSERT OR UPDATE OF
              programme_id, received_on, recommended_on, submitted_on, granted_on, refused_on, withdrawn_on, lapsed_on,
              ineligible_on, left_on, cancelled_on, moved_on, seat_on, share_on, given_back_on, pool_id, period
              ON visas_visacase FOR EACH ROW EXECUTE FUNCTION wall.place_visa_case();
            CREATE TRIGGER take_place AFTER INSERT ON visas_casestudy
              FOR EACH ROW EXECUTE FUNCTION wall.take_place_along();
            """,
        ]
    ),
]


class Migration(migrations.Migration):

    dependencies = [
        ('visas', '0032_decisions'),
    ]

    operations = [
        migrations.RunSQL(ONCE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='demandsurvey',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_on', None)), fields=('municipality', 'industry', 'surveyed_on', 'source', 'year', 'programme'), name='demand_entered_once', nulls_distinct=False, violation_error_message='This survey was entered before: same municipality, industry, day, source, year and programme. Withdraw the earlier entry if its number is wrong.'),
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='visacase',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='visacase',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='visacase',
            name='share_on',
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='visacaseevent',
            name='share_on',
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visacase',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."cancelled_on" IS DISTINCT FROM (NEW."cancelled_on") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."completed_on" IS DISTINCT FROM (NEW."completed_on") OR OLD."given_back_on" IS DISTINCT FROM (NEW."given_back_on") OR OLD."granted_on" IS DISTINCT FROM (NEW."granted_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."ineligible_on" IS DISTINCT FROM (NEW."ineligible_on") OR OLD."inner_step" IS DISTINCT FROM (NEW."inner_step") OR OLD."lapsed_on" IS DISTINCT FROM (NEW."lapsed_on") OR OLD."left_on" IS DISTINCT FROM (NEW."left_on") OR OLD."letter_number" IS DISTINCT FROM (NEW."letter_number") OR OLD."letter_valid_until" IS DISTINCT FROM (NEW."letter_valid_until") OR OLD."moved_on" IS DISTINCT FROM (NEW."moved_on") OR OLD."municipality_id" IS DISTINCT FROM (NEW."municipality_id") OR OLD."order_exception_id" IS DISTINCT FROM (NEW."order_exception_id") OR OLD."period" IS DISTINCT FROM (NEW."period") OR OLD."pool_id" IS DISTINCT FROM (NEW."pool_id") OR OLD."programme_id" IS DISTINCT FROM (NEW."programme_id") OR OLD."quota_exception_id" IS DISTINCT FROM (NEW."quota_exception_id") OR OLD."received_on" IS DISTINCT FROM (NEW."received_on") OR OLD."recommended_on" IS DISTINCT FROM (NEW."recommended_on") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."recorded_on" IS DISTINCT FROM (NEW."recorded_on") OR OLD."ref" IS DISTINCT FROM (NEW."ref") OR OLD."refused_on" IS DISTINCT FROM (NEW."refused_on") OR OLD."seat_on" IS DISTINCT FROM (NEW."seat_on") OR OLD."settled_on" IS DISTINCT FROM (NEW."settled_on") OR OLD."share_on" IS DISTINCT FROM (NEW."share_on") OR OLD."submitted_on" IS DISTINCT FROM (NEW."submitted_on") OR OLD."withdrawn_on" IS DISTINCT FROM (NEW."withdrawn_on") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "visas_visacaseevent" ("cancelled_on", "client_id", "completed_on", "given_back_on", "granted_on", "id", "ineligible_on", "inner_step", "lapsed_on", "left_on", "letter_number", "letter_valid_until", "moved_on", "municipality_id", "order_exception_id", "period", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pool_id", "programme_id", "quota_exception_id", "received_on", "recommended_on", "recorded_at", "recorded_on", "ref", "refused_on", "seat_on", "settled_on", "share_on", "submitted_on", "withdrawn_on", "workspace_id") VALUES (OLD."cancelled_on", OLD."client_id", OLD."completed_on", OLD."given_back_on", OLD."granted_on", OLD."id", OLD."ineligible_on", OLD."inner_step", OLD."lapsed_on", OLD."left_on", OLD."letter_number", OLD."letter_valid_until", OLD."moved_on", OLD."municipality_id", OLD."order_exception_id", OLD."period", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."pool_id", OLD."programme_id", OLD."quota_exception_id", OLD."received_on", OLD."recommended_on", OLD."recorded_at", OLD."recorded_on", OLD."ref", OLD."refused_on", OLD."seat_on", OLD."settled_on", OLD."share_on", OLD."submitted_on", OLD."withdrawn_on", OLD."workspace_id"); RETURN NULL;', hash='1a7b9efc80c39b6ed2a7600d831bc9c0394d53da', operation='UPDATE', pgid='pgtrigger_update_update_7240a', table='visas_visacase', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visacase',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visas_visacaseevent" ("cancelled_on", "client_id", "completed_on", "given_back_on", "granted_on", "id", "ineligible_on", "inner_step", "lapsed_on", "left_on", "letter_number", "letter_valid_until", "moved_on", "municipality_id", "order_exception_id", "period", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pool_id", "programme_id", "quota_exception_id", "received_on", "recommended_on", "recorded_at", "recorded_on", "ref", "refused_on", "seat_on", "settled_on", "share_on", "submitted_on", "withdrawn_on", "workspace_id") VALUES (OLD."cancelled_on", OLD."client_id", OLD."completed_on", OLD."given_back_on", OLD."granted_on", OLD."id", OLD."ineligible_on", OLD."inner_step", OLD."lapsed_on", OLD."left_on", OLD."letter_number", OLD."letter_valid_until", OLD."moved_on", OLD."municipality_id", OLD."order_exception_id", OLD."period", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pool_id", OLD."programme_id", OLD."quota_exception_id", OLD."received_on", OLD."recommended_on", OLD."recorded_at", OLD."recorded_on", OLD."ref", OLD."refused_on", OLD."seat_on", OLD."settled_on", OLD."share_on", OLD."submitted_on", OLD."withdrawn_on", OLD."workspace_id"); RETURN NULL;', hash='3b4b90342680cc358b1ca5ab2f43b4cc4f3c6c1f', operation='DELETE', pgid='pgtrigger_delete_delete_8009d', table='visas_visacase', when='AFTER')),
        ),
        *SEMESTERS,
        STUDENTS,
        COUNTS,
        ROWS,
    ]
