"""A case that ended makes room for another; where a place is held is a day of its case."""

import datetime
from importlib import import_module

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import visas.models.case
from django.db import migrations, models

from centers.walls import function, on_statement

edited = import_module("visas.migrations.0019_after_the_permit").edited

# What a programme's settings said from when to when: what held before each decision, and what holds now.
RULES_OF_PLACES = """
  SELECT coalesce(lag(d.from_on) OVER w, '-infinity'::date), d.from_on, d.seat_taken_before::text,
         d.seat_given_back_before::text[]
    FROM public.visas_programmesetting d WHERE d.programme_id = programme WINDOW w AS (ORDER BY d.from_on, d.id)
   UNION ALL
  SELECT coalesce((SELECT max(d.from_on) FROM public.visas_programmesetting d WHERE d.programme_id = g.code),
                  '-infinity'), 'infinity', g.seat_taken_at::text, g.seat_given_back_by::text[]
    FROM public.visas_visaprogramme g WHERE g.code = programme
"""
# A place is taken, and given back, on the first day on which the rule of that day says so.
FIRST_DAY = """
  SELECT min(greatest(said.day, rule.from_on)) FROM wall.rules_of_places(programme) rule,
         LATERAL (SELECT wall.{0} AS day) said WHERE said.day < rule.until
"""
SEAT = "wall.takes_place_on({0}.programme_id, {0}.received_on, {0}.recommended_on, {0}.submitted_on, {0}.granted_on)"
GIVEN_BACK = (
    "wall.gives_back_on({0}.programme_id, {0}.refused_on, {0}.withdrawn_on, {0}.lapsed_on, {0}.ineligible_on, "
    "least({0}.left_on, {0}.cancelled_on, {0}.moved_on))"
)
SEATS = """
  SELECT jsonb_agg(jsonb_build_object(
           'pool', {0}.pool_id, 'municipality', {0}.municipality_id, 'workspace', {0}.workspace_id,
           'day', {0}.seat_on, 'seats', {2}1, 'exceptions', {2}({0}.quota_exception_id IS NOT NULL)::int))
    INTO more FROM {1} {0} WHERE {0}.pool_id IS NOT NULL AND {0}.given_back_on IS NULL;
  changes := changes || coalesce(more, '[]');
"""
# Those that stand otherwise than they would if they were written now.
PLACE_AGAIN = f"""
  UPDATE visas_visacase v SET pool_id = v.pool_id
    FROM (SELECT v.id, {SEAT.format("v")} AS seat_on, {GIVEN_BACK.format("v")} AS given_back_on
            FROM visas_visacase v) now
   WHERE now.id = v.id
     AND ((v.seat_on, v.given_back_on, v.pool_id)
          IS DISTINCT FROM (now.seat_on, now.given_back_on, wall.pool_on(v.programme_id, now.seat_on))
          OR v.period <> wall.period_on(v.programme_id, coalesce(now.seat_on, v.recommended_on, v.received_on),
                                        v.received_on));
"""
PLACES = [
    function(
        "wall.rules_of_places(programme text)",
        RULES_OF_PLACES,
        returns="TABLE (from_on date, until date, taken_at text, given_back_by text[])",
        language="sql",
        traits="STABLE",
    ),
    function(
        "wall.takes_place_on(programme text, received date, recommended date, submitted date, granted date)",
        FIRST_DAY.format("seat_on(rule.taken_at, received, recommended, submitted, granted)"),
        returns="date",
        language="sql",
        traits="STABLE",
    ),
    function(
        "wall.gives_back_on(programme text, refused date, withdrawn date, lapsed date, ineligible date, gone date)",
        FIRST_DAY.format("given_back_on(rule.given_back_by, refused, withdrawn, lapsed, ineligible, gone)"),
        returns="date",
        language="sql",
        traits="STABLE",
    ),
    function(
        "wall.begin_setting()",
        """
        BEGIN
          SELECT g.seat_taken_at, g.seat_given_back_by INTO NEW.seat_taken_before, NEW.seat_given_back_before
            FROM visas_visaprogramme g WHERE g.code = NEW.programme_id FOR NO KEY UPDATE;
          IF NEW.from_on < (SELECT max(d.from_on) FROM visas_programmesetting d
                             WHERE d.programme_id = NEW.programme_id) THEN
            RAISE EXCEPTION 'a later decision holds already'
              USING ERRCODE = '23514', CONSTRAINT = 'programme_setting_in_order', TABLE = TG_TABLE_NAME;
          END IF;
          RETURN NEW;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    on_statement(
        "visas_programmesetting", "not_in_the_future", "wall.refuse_future", events=("INSERT",), arguments=["from_on"]
    ),
    # What was decided until now counted for all days, and these stay as they were counted.
    migrations.RunSQL(
        [
            """
            ALTER TABLE visas_programmesetting DISABLE TRIGGER USER;
            UPDATE visas_programmesetting d
               SET from_on = (d.entered_at AT TIME ZONE 'Asia/Seoul')::date, seat_taken_before = g.seat_taken_at,
                   seat_given_back_before = g.seat_given_back_by
              FROM visas_visaprogramme g WHERE g.code = d.programme_id;
            ALTER TABLE visas_programmesetting ENABLE TRIGGER USER;
            CREATE TRIGGER begin BEFORE INSERT ON visas_programmesetting
              FOR EACH ROW EXECUTE FUNCTION wall.begin_setting();
            """
        ],
        "DROP TRIGGER begin ON visas_programmesetting",
    ),
    function(
        "wall.place_visa_case()",
        f"""
        BEGIN
          NEW.seat_on := {SEAT.format("NEW")};
          NEW.given_back_on := {GIVEN_BACK.format("NEW")};
          NEW.pool_id := wall.pool_on(NEW.programme_id, NEW.seat_on);
          NEW.period := wall.period_on(NEW.programme_id, coalesce(NEW.seat_on, NEW.recommended_on, NEW.received_on),
                                       NEW.received_on);
          RETURN NEW;
        END
        """,
        returns="trigger",
        definer=True,  # a temporary table of the caller's cannot stand in for the quotas
    ),
    # What stands on record is noted as it was counted; nothing else of a case changes.
    migrations.RunSQL(
        [
            "ALTER TABLE visas_visacase DISABLE TRIGGER USER",
            "ALTER TABLE visas_visacaseevent DISABLE TRIGGER USER",
            *(
                f"UPDATE {table} v SET seat_on = {SEAT.format('v')}, given_back_on = {GIVEN_BACK.format('v')}"
                for table in ("visas_visacase", "visas_visacaseevent")
            ),
            "ALTER TABLE visas_visacase ENABLE TRIGGER USER",
            "ALTER TABLE visas_visacaseevent ENABLE TRIGGER USER",
            """
            DROP TRIGGER place ON visas_visacase;
            CREATE TRIGGER place BEFORE INSERT OR UPDATE OF
              programme_id, received_on, recommended_on, submitted_on, granted_on, refused_on, withdrawn_on, lapsed_on,
              ineligible_on, left_on, cancelled_on, moved_on, seat_on, given_back_on, pool_id, period
              ON visas_visacase FOR EACH ROW EXECUTE FUNCTION wall.place_visa_case();
            """,
        ]
    ),
    function(
        "wall.visa_case_seats()",
        f"""
        DECLARE
          changes jsonb := '[]';
          more jsonb;
        BEGIN
          IF TG_OP <> 'DELETE' THEN {SEATS.format("n", "new_rows", "")} END IF;
          IF TG_OP <> 'INSERT' THEN {SEATS.format("o", "old_rows", "-")} END IF;
          PERFORM wall.count_seats(changes);
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    # Counts the places of a quota anew, while nobody else changes them.
    function(
        "wall.recount_places(of_pool text)",
        """
        BEGIN
          PERFORM FROM visas_quotapool p WHERE p.code = of_pool FOR NO KEY UPDATE;
          WITH held AS MATERIALIZED (
            SELECT wall.share_of(v.pool_id, v.municipality_id, v.workspace_id, v.seat_on) AS share,
                   count(*)::int AS seats, count(v.quota_exception_id)::int AS exceptions
              FROM visas_visacase v WHERE v.pool_id = of_pool AND v.given_back_on IS NULL GROUP BY 1
          ), shares AS (
            UPDATE visas_quotashare s
               SET taken = coalesce((SELECT h.seats FROM held h WHERE h.share = s.id), 0),
                   excepted = coalesce((SELECT h.exceptions FROM held h WHERE h.share = s.id), 0)
             WHERE s.pool_id = of_pool
          )
          UPDATE visas_quotapool p
             SET taken = (SELECT coalesce(sum(h.seats), 0) FROM held h),
                 excepted = (SELECT coalesce(sum(h.exceptions), 0) FROM held h),
                 taken_in_shares = (SELECT coalesce(sum(h.seats - h.exceptions), 0) FROM held h
                                     WHERE h.share IS NOT NULL)
           WHERE p.code = of_pool;
        END
        """,
        returns="void",
        definer=True,
        private=True,
    ),
    function("wall.place_again()", f"BEGIN {PLACE_AGAIN} RETURN NULL; END", returns="trigger", definer=True),
    function(
        "wall.take_places_anew()",
        f"""
        BEGIN
          LOCK TABLE visas_visacase IN SHARE ROW EXCLUSIVE MODE;
          {PLACE_AGAIN}
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
]
# Says which cases of one person hold a place of one quota, before an index says that there are some.
NONE_DOUBLED = """
  DO $do$
  DECLARE
    doubled text;
  BEGIN
    SELECT string_agg(format('%s (%s)', d.cases, d.pool_id), '; ') INTO doubled FROM (
      SELECT v.pool_id, string_agg(v.id::text, ', ' ORDER BY v.id) AS cases FROM visas_visacase v
       WHERE v.pool_id IS NOT NULL AND v.given_back_on IS NULL AND v.quota_exception_id IS NULL
       GROUP BY v.person_id, v.pool_id HAVING count(*) > 1 ORDER BY 2 LIMIT 50) d;
    IF doubled IS NOT NULL THEN
      RAISE EXCEPTION 'One person holds several places of a quota. End all but one of each case before this step: %', doubled;
    END IF;
  END
  $do$
"""
# Nobody settles with a permit that had ended. Who has fulfilled the duties stays, and so does the family.
DEPENDANTS = [
    function(
        "wall.dependant_before_the_end()",
        """
        BEGIN
          IF NEW.settled_on IS NOT NULL AND NOT EXISTS (
               SELECT FROM cases_household h JOIN visas_visacase v ON v.person_id = h.principal_person_id
                WHERE h.id = NEW.household_id
                  AND NEW.settled_on BETWEEN v.granted_on
                                         AND coalesce(least(v.left_on, v.cancelled_on, v.moved_on), 'infinity'))
             AND EXISTS (SELECT FROM cases_household h JOIN visas_visacase v ON v.person_id = h.principal_person_id
                          WHERE h.id = NEW.household_id AND v.granted_on <= NEW.settled_on) THEN
            RAISE EXCEPTION 'the permit had ended by that day'
              USING ERRCODE = '23514', CONSTRAINT = 'dependant_settles_before_the_end', TABLE = TG_TABLE_NAME;
          END IF;
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    migrations.RunSQL(
        """
        CREATE CONSTRAINT TRIGGER before_the_end AFTER INSERT OR UPDATE OF settled_on, household_id ON cases_familylink
          DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wall.dependant_before_the_end();
        """,
        "DROP TRIGGER before_the_end ON cases_familylink",
    ),
]
# Where the person moved within the province, which is one of its municipalities.
MOVES = [
    function(
        "wall.lives_in(of_case bigint, on_day date)",
        """
        SELECT coalesce((SELECT s.municipality_id FROM public.visas_casestep s
                          WHERE s.case_id = of_case AND s.kind = 'relocated' AND s.municipality_id IS NOT NULL
                            AND s.happened_on <= on_day AND NOT s.takes_back
                            AND NOT EXISTS (SELECT FROM public.visas_casestep u WHERE u.undoes_id = s.id)
                          ORDER BY s.happened_on DESC, s.id DESC LIMIT 1), v.municipality_id)::text
          FROM public.visas_visacase v WHERE v.id = of_case
        """,
        returns="text",
        language="sql",
        traits="STABLE",
    ),
    function(
        "wall.relocate()",
        """
        DECLARE
          wrong text;
        BEGIN
          IF NEW.kind <> 'relocated' OR NEW.takes_back THEN
            NEW.municipality_id := NULL;
            RETURN NEW;
          END IF;
          wrong := CASE WHEN NEW.municipality_id IS NULL THEN 'relocation_says_where'
                        WHEN NOT EXISTS (SELECT FROM public.centers_municipality m WHERE m.code = NEW.municipality_id)
                        THEN 'relocation_within_the_province'
                        WHEN NEW.municipality_id = wall.lives_in(NEW.case_id, NEW.happened_on)
                        THEN 'relocation_goes_elsewhere' END;
          IF wrong IS NOT NULL THEN
            RAISE EXCEPTION 'that is no move: %', wrong
              USING ERRCODE = '23514', CONSTRAINT = wrong, TABLE = TG_TABLE_NAME;
          END IF;
          RETURN NEW;
        END
        """,
        returns="trigger",
    ),
    migrations.RunSQL(
        "CREATE TRIGGER relocate BEFORE INSERT ON visas_casestep FOR EACH ROW EXECUTE FUNCTION wall.relocate()",
        "DROP TRIGGER relocate ON visas_casestep",
    ),
]

# A letter number is the same in capitals or small, with spaces or without, in full-width signs or not.
STANDING = "NOT {0}.takes_back AND NOT EXISTS (SELECT FROM visas_casestep u WHERE u.undoes_id = {0}.id)"
LETTER_KEY = [
    function(
        "wall.letter_key(number text)",
        r"SELECT upper(regexp_replace(normalize(number, NFKC), '\s', '', 'g'))",
        returns="text",
        language="sql",
        traits="IMMUTABLE",
    ),
]
LETTERS = [
    # Of a programme with a letter for each person a number is one person's, those of renewed letters among them.
    function(
        "wall.letter_once()",
        f"""
        DECLARE
          letters bigint[];
        BEGIN
          IF TG_OP = 'INSERT' THEN
            SELECT array_agg(n.id) INTO letters FROM new_rows n
              JOIN visas_lettertext t ON t.programme_id = n.programme_id AND t.own_letter
             WHERE n.letter_number <> '';
          ELSE
            SELECT array_agg(n.id) INTO letters FROM new_rows n
              JOIN visas_lettertext t ON t.programme_id = n.programme_id AND t.own_letter
              JOIN old_rows o ON o.id = n.id AND o.letter_number <> n.letter_number
             WHERE n.letter_number <> '';
          END IF;
          IF letters IS NULL THEN
            RETURN NULL;
          END IF;
          PERFORM pg_advisory_xact_lock(hashtextextended('letter ' || l.programme_id || ' ' || l.number, 0))
            FROM (SELECT DISTINCT v.programme_id, wall.letter_key(v.letter_number) AS number
                    FROM visas_visacase v WHERE v.id = ANY (letters) ORDER BY 1, 2) l;
          IF EXISTS (
               SELECT FROM visas_visacase v WHERE v.id = ANY (letters) AND (
                 EXISTS (SELECT FROM visas_visacase o WHERE o.programme_id = v.programme_id
                            AND wall.letter_key(o.letter_number) = wall.letter_key(v.letter_number)
                            AND o.letter_number <> '' AND o.id <> v.id)
                 OR EXISTS (SELECT FROM visas_casestep s JOIN visas_visacase o ON o.id = s.case_id
                             WHERE wall.letter_key(s.document) = wall.letter_key(v.letter_number)
                               AND s.kind IN ('recommended', 'renewed')
                               AND o.programme_id = v.programme_id AND o.id <> v.id AND {STANDING.format("s")}))) THEN
            RAISE EXCEPTION 'the number is of another letter'
              USING ERRCODE = '23514', CONSTRAINT = 'visa_case_letter_once', TABLE = TG_TABLE_NAME;
          END IF;
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    # A list carries one number for many, however each was written.
    *(
        edited(
            f"wall.{name}",
            "v.letter_number = number",
            "v.letter_number <> '' AND wall.letter_key(v.letter_number) = wall.letter_key(number)",
        )
        for name in ("people_of_letter(text,text,date,bigint)", "size_of_letter(text,text,date)")
    ),
]
# Places are granted while the quota runs. What is left of them goes back afterwards.
GRANTS = [
    function(
        "wall.grant_in_time()",
        """
        BEGIN
          IF EXISTS (SELECT FROM new_rows n JOIN visas_quotaentry e ON e.id = n.entry_id
                       JOIN visas_quotapool p ON p.code = n.pool_id
                      WHERE e.kind IN ('grant', 'supplement') AND e.effective_on > p.ends_on) THEN
            RAISE EXCEPTION 'the quota has ended by that day'
              USING ERRCODE = '23514', CONSTRAINT = 'quota_grant_after_its_end', TABLE = 'visas_quotaline';
          END IF;
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    on_statement("visas_quotaline", "in_time", "wall.grant_in_time", events=("INSERT",)),
]
# A permit of the same programme that was cancelled within the months of the rule speaks against the applicant, wherever
# it was; where none is on record here, what was found by hand counts.
EXCLUDED = [
    edited(
        "wall.facts_of(bigint,date)",
        "on_day, '', part, whole FROM share",
        """on_day, '', part, whole FROM share
    UNION ALL
    (SELECT 'uncancelled', 0, o.cancelled_on, o.programme_id || ' ' || o.cancelled_on, NULL, NULL
       FROM visas_visacase me
       JOIN visas_visacase o ON o.person_id = me.person_id AND o.programme_id = me.programme_id AND o.id <> me.id
       JOIN visas_eligibilityrule r ON r.programme_id = me.programme_id AND r.kind = 'uncancelled'
        AND r.voided_on IS NULL AND me.received_on BETWEEN r.valid_from AND coalesce(r.valid_to, 'infinity')
      WHERE me.id = of_case AND o.cancelled_on <= on_day
        AND o.cancelled_on + make_interval(months => r.threshold::int) > on_day
      ORDER BY o.cancelled_on DESC LIMIT 1)""",
    ),
    edited(
        "wall.conditions_of(bigint,date)",
        "WHEN r.threshold IS NULL OR f.value IS NULL THEN 'unknown'",
        """WHEN r.threshold IS NULL OR f.value IS NULL THEN 'unknown'
              WHEN r.kind = 'uncancelled' THEN CASE f.value WHEN 0 THEN 'not_met' ELSE 'met' END""",
    ),
]


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0022_guarded_accesses'),
        ('centers', '0007_roles_apart'),
        ('visas', '0025_programme_settings'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='visacase',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='visacase',
            name='delete_delete',
        ),
        migrations.RemoveConstraint(
            model_name='visacase',
            name='visa_case_one_live',
        ),
        migrations.RemoveConstraint(
            model_name='visacase',
            name='visa_case_one_live_of_quota',
        ),
        migrations.AddField(
            model_name='visacase',
            name='given_back_on',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='place given back on'),
        ),
        migrations.AddField(
            model_name='visacase',
            name='seat_on',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='place taken on'),
        ),
        migrations.AddField(
            model_name='visacaseevent',
            name='given_back_on',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='place given back on'),
        ),
        migrations.AddField(
            model_name='visacaseevent',
            name='seat_on',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='place taken on'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visacase',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."cancelled_on" IS DISTINCT FROM (NEW."cancelled_on") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."completed_on" IS DISTINCT FROM (NEW."completed_on") OR OLD."given_back_on" IS DISTINCT FROM (NEW."given_back_on") OR OLD."granted_on" IS DISTINCT FROM (NEW."granted_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."ineligible_on" IS DISTINCT FROM (NEW."ineligible_on") OR OLD."inner_step" IS DISTINCT FROM (NEW."inner_step") OR OLD."lapsed_on" IS DISTINCT FROM (NEW."lapsed_on") OR OLD."left_on" IS DISTINCT FROM (NEW."left_on") OR OLD."letter_number" IS DISTINCT FROM (NEW."letter_number") OR OLD."letter_valid_until" IS DISTINCT FROM (NEW."letter_valid_until") OR OLD."moved_on" IS DISTINCT FROM (NEW."moved_on") OR OLD."municipality_id" IS DISTINCT FROM (NEW."municipality_id") OR OLD."order_exception_id" IS DISTINCT FROM (NEW."order_exception_id") OR OLD."period" IS DISTINCT FROM (NEW."period") OR OLD."pool_id" IS DISTINCT FROM (NEW."pool_id") OR OLD."programme_id" IS DISTINCT FROM (NEW."programme_id") OR OLD."quota_exception_id" IS DISTINCT FROM (NEW."quota_exception_id") OR OLD."received_on" IS DISTINCT FROM (NEW."received_on") OR OLD."recommended_on" IS DISTINCT FROM (NEW."recommended_on") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."recorded_on" IS DISTINCT FROM (NEW."recorded_on") OR OLD."ref" IS DISTINCT FROM (NEW."ref") OR OLD."refused_on" IS DISTINCT FROM (NEW."refused_on") OR OLD."seat_on" IS DISTINCT FROM (NEW."seat_on") OR OLD."settled_on" IS DISTINCT FROM (NEW."settled_on") OR OLD."submitted_on" IS DISTINCT FROM (NEW."submitted_on") OR OLD."withdrawn_on" IS DISTINCT FROM (NEW."withdrawn_on") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "visas_visacaseevent" ("cancelled_on", "client_id", "completed_on", "given_back_on", "granted_on", "id", "ineligible_on", "inner_step", "lapsed_on", "left_on", "letter_number", "letter_valid_until", "moved_on", "municipality_id", "order_exception_id", "period", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pool_id", "programme_id", "quota_exception_id", "received_on", "recommended_on", "recorded_at", "recorded_on", "ref", "refused_on", "seat_on", "settled_on", "submitted_on", "withdrawn_on", "workspace_id") VALUES (OLD."cancelled_on", OLD."client_id", OLD."completed_on", OLD."given_back_on", OLD."granted_on", OLD."id", OLD."ineligible_on", OLD."inner_step", OLD."lapsed_on", OLD."left_on", OLD."letter_number", OLD."letter_valid_until", OLD."moved_on", OLD."municipality_id", OLD."order_exception_id", OLD."period", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."pool_id", OLD."programme_id", OLD."quota_exception_id", OLD."received_on", OLD."recommended_on", OLD."recorded_at", OLD."recorded_on", OLD."ref", OLD."refused_on", OLD."seat_on", OLD."settled_on", OLD."submitted_on", OLD."withdrawn_on", OLD."workspace_id"); RETURN NULL;', hash='f80239d5acfc3f1179adab7d671e4c84a3ae7c1e', operation='UPDATE', pgid='pgtrigger_update_update_7240a', table='visas_visacase', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visacase',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visas_visacaseevent" ("cancelled_on", "client_id", "completed_on", "given_back_on", "granted_on", "id", "ineligible_on", "inner_step", "lapsed_on", "left_on", "letter_number", "letter_valid_until", "moved_on", "municipality_id", "order_exception_id", "period", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pool_id", "programme_id", "quota_exception_id", "received_on", "recommended_on", "recorded_at", "recorded_on", "ref", "refused_on", "seat_on", "settled_on", "submitted_on", "withdrawn_on", "workspace_id") VALUES (OLD."cancelled_on", OLD."client_id", OLD."completed_on", OLD."given_back_on", OLD."granted_on", OLD."id", OLD."ineligible_on", OLD."inner_step", OLD."lapsed_on", OLD."left_on", OLD."letter_number", OLD."letter_valid_until", OLD."moved_on", OLD."municipality_id", OLD."order_exception_id", OLD."period", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pool_id", OLD."programme_id", OLD."quota_exception_id", OLD."received_on", OLD."recommended_on", OLD."recorded_at", OLD."recorded_on", OLD."ref", OLD."refused_on", OLD."seat_on", OLD."settled_on", OLD."submitted_on", OLD."withdrawn_on", OLD."workspace_id"); RETURN NULL;', hash='de04663a5a7d0ac3867f9a90b6f5448d46dbea33', operation='DELETE', pgid='pgtrigger_delete_delete_8009d', table='visas_visacase', when='AFTER')),
        ),
        migrations.AddField(
            model_name='programmesetting',
            name='from_on',
            field=models.DateField(default=datetime.date(1, 1, 1), verbose_name='from'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='programmesetting',
            name='seat_given_back_before',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), db_default=[], default=list, editable=False, size=None),
        ),
        migrations.AddField(
            model_name='programmesetting',
            name='seat_taken_before',
            field=models.CharField(db_default='', editable=False, max_length=20),
        ),
        *PLACES,
        *DEPENDANTS,
        migrations.AddField(
            model_name='casestep',
            name='municipality',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.municipality', verbose_name='moved to'),
        ),
        *MOVES,
        *LETTER_KEY,
        migrations.RemoveIndex(model_name='visacase', name='visa_case_by_letter'),
        migrations.RemoveIndex(model_name='casestep', name='case_step_by_letter'),
        migrations.AddIndex(
            model_name='visacase',
            index=models.Index(models.F('programme'), visas.models.case.LetterKey('letter_number'), condition=models.Q(('letter_number', ''), _negated=True), name='visa_case_by_letter'),
        ),
        migrations.AddIndex(
            model_name='casestep',
            index=models.Index(visas.models.case.LetterKey('document'), condition=models.Q(('kind__in', ['recommended', 'renewed'])), name='case_step_by_letter'),
        ),
        *LETTERS,
        *GRANTS,
        migrations.AlterField(
            model_name='casefact',
            name='kind',
            field=models.CharField(choices=[('degree', 'Domestic degree (associate or higher)'), ('income', 'Income of a year (won)'), ('korean', 'Korean level (TOPIK or KIIP)'), ('stay', 'Stay in the last ten years (months)'), ('points', 'Points of the self-assessment'), ('contract_pay', 'Pay of the contract (won a year)'), ('contract_months', 'Contract still runs (months)'), ('tenure', 'Time at the workplace (months)'), ('residence', 'Residence in the area (months)'), ('family_move', 'Moves with the family, under 60'), ('funds', 'Proof of funds (won)'), ('uncancelled', 'No permit cancelled in the time before'), ('confirmed', 'Confirmed by hand'), ('number', 'A number against a limit'), ('date', 'A day against a limit'), ('same_nationality', 'Share of one nationality among the recommended (%)')], max_length=20, verbose_name='condition'),
        ),
        migrations.AlterField(
            model_name='eligibilityrule',
            name='kind',
            field=models.CharField(choices=[('degree', 'Domestic degree (associate or higher)'), ('income', 'Income of a year (won)'), ('korean', 'Korean level (TOPIK or KIIP)'), ('stay', 'Stay in the last ten years (months)'), ('points', 'Points of the self-assessment'), ('contract_pay', 'Pay of the contract (won a year)'), ('contract_months', 'Contract still runs (months)'), ('tenure', 'Time at the workplace (months)'), ('residence', 'Residence in the area (months)'), ('family_move', 'Moves with the family, under 60'), ('funds', 'Proof of funds (won)'), ('uncancelled', 'No permit cancelled in the time before'), ('confirmed', 'Confirmed by hand'), ('number', 'A number against a limit'), ('date', 'A day against a limit'), ('same_nationality', 'Share of one nationality among the recommended (%)')], max_length=20, verbose_name='condition'),
        ),
        *EXCLUDED,
        migrations.AddConstraint(
            model_name='visacase',
            constraint=models.UniqueConstraint(condition=models.Q(('cancelled_on', None), ('completed_on', None), ('ineligible_on', None), ('lapsed_on', None), ('left_on', None), ('moved_on', None), ('refused_on', None), ('withdrawn_on', None)), fields=('person', 'programme', 'period'), name='visa_case_one_live', violation_error_message='The person already has a live case of this programme in this period.'),
        ),
        migrations.AddConstraint(
            model_name='visacase',
            constraint=models.UniqueConstraint(condition=models.Q(('cancelled_on', None), ('completed_on', None), ('ineligible_on', None), ('lapsed_on', None), ('left_on', None), ('moved_on', None), ('refused_on', None), ('withdrawn_on', None), models.Q(('period__regex', '^\\d{4}$'), _negated=True)), fields=('person', 'period'), name='visa_case_one_live_of_quota', violation_error_message='The person already has a live case of this period in a programme that shares its quota with this one.'),
        ),
        migrations.RunSQL(NONE_DOUBLED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='visacase',
            constraint=models.UniqueConstraint(condition=models.Q(('given_back_on', None), ('quota_exception', None)), fields=('person', 'pool'), name='visa_case_one_place', violation_error_message='An earlier case of the person has ended and still holds a place of this quota, which its programme does not give back: there is no second place in this period.'),
        ),
    ]
