"""A letter of recommendation runs out and is renewed, and a case ends after its permit in more ways than one."""

import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


from centers.walls import function, on_statement

ASIDE = ("announced", "notified", "renewed", "relocated", "extended")
INNER = "('asked', 'answered', 'checked', 'reviewed')"
ANYWHERE = (
    "received", "asked", "answered", "checked", "reviewed", "recommended", "submitted", "granted", "settled",
    "completed", "refused", "ineligible", "withdrawn", "lapsed", "moved", "left", "cancelled",
)  # fmt: skip
BEFORE_A_DECISION = ("received", "asked", "answered", "checked", "reviewed")
# A step, where a case has to stand for it, and on what condition. In the order of the way, what ends a case behind.
ORDER = [
    ("answered", ("asked",), ""),
    ("checked", ("received", "answered"), "city"),
    ("reviewed", ("checked",), ""),
    ("reviewed", ("received", "answered"), "university"),
    ("reviewed", ("answered",), "was_checked"),
    ("recommended", ("reviewed",), ""),
    ("submitted", ("recommended",), ""),
    ("submitted", ("lapsed",), "had_an_end"),
    ("granted", ("recommended", "submitted"), ""),
    ("settled", ("granted",), ""),
    ("completed", ("settled",), ""),
    ("asked", ("received", "answered", "checked"), ""),
    ("left", ("granted", "settled"), ""),
    ("moved", ("granted", "settled"), ""),
    ("cancelled", ("granted", "settled"), ""),
    ("refused", ("recommended", "submitted"), ""),
    ("ineligible", BEFORE_A_DECISION, ""),
    ("lapsed", ("recommended",), ""),
    ("withdrawn", (*BEFORE_A_DECISION, "recommended", "submitted"), ""),
    ("renewed", ("recommended", "lapsed"), ""),
    ("relocated", ("granted", "settled"), ""),
    ("extended", ("granted", "settled"), ""),
    ("notified", ANYWHERE, ""),
    ("announced", BEFORE_A_DECISION, ""),
]
# From what ends a case or stands furthest down up to its beginning: the first that has a day is where it stands.
STAGES = (
    "cancelled", "left", "moved", "lapsed", "withdrawn", "ineligible", "refused", "completed", "settled", "granted",
    "submitted", "recommended",
)  # fmt: skip
ROWS = ", ".join(f"('{step}', '{{{','.join(before)}}}'::text[], '{only_if}')" for step, before, only_if in ORDER)
DAYS = ", ".join(f"('{stage}', {rank}, v.{stage}_on)" for rank, stage in enumerate(STAGES))
CHANGED = " UNION ALL ".join(
    f"SELECT '{stage}'::text, NEW.{stage}_on WHERE NEW.{stage}_on IS DISTINCT FROM OLD.{stage}_on" for stage in STAGES
)
STANDING = "NOT {0}.takes_back AND NOT EXISTS (SELECT FROM public.visas_casestep u WHERE u.undoes_id = {0}.id)"
LAST_INNER = f"""
  SELECT s.kind FROM public.visas_casestep s
   WHERE s.case_id = {{0}} AND s.kind IN {INNER} AND {STANDING.format("s")} ORDER BY s.id DESC LIMIT 1
"""
ASIDES = "'{" + ",".join(ASIDE) + "}'"
PROVINCE = "'{reviewed,recommended,renewed}'"
UNIVERSITY = (
    "'{answered,submitted,granted,refused,settled,left,withdrawn,lapsed,completed,cancelled,moved,announced,notified,"
    "relocated,extended}'"
)
SHARED = (
    "EXISTS (SELECT FROM visas_visacase v WHERE v.id = case_id "
    "AND v.shared_with && (SELECT wall.scope('work_visa_cases'))::int[])"
)
WRITTEN = f"""(SELECT wall.whole('review_visa_cases'))
  OR kind <> ALL ({PROVINCE}) AND workspace_id = ANY ((SELECT wall.scope('review_visa_cases'))::bigint[])
  OR kind = 'answered' AND (workspace_id = ANY ((SELECT wall.scope('work_visa_cases'))::bigint[]) OR {SHARED})
  OR kind = ANY ({UNIVERSITY}) AND workspace_id = ANY ((SELECT wall.scope('work_visa_cases'))::bigint[])
     AND EXISTS (SELECT FROM centers_workspace w WHERE w.id = workspace_id AND w.kind = 'university')"""


def refused(rule: str, why: str) -> str:
    return f"RAISE EXCEPTION '{why}' USING ERRCODE = '23514', CONSTRAINT = '{rule}', TABLE = TG_TABLE_NAME;"


def rewritten(pattern: str, new: str) -> migrations.RunSQL:
    """Put another text in place of a pattern in each function that has it; refused where none has."""
    return migrations.RunSQL(
        f"""
        DO $do$
        DECLARE
          one record;
          changed int := 0;
        BEGIN
          FOR one IN SELECT p.oid, pg_get_functiondef(p.oid) AS body FROM pg_proc p
                       JOIN pg_namespace n ON n.oid = p.pronamespace
                      WHERE n.nspname IN ('wall', 'public') AND p.prokind = 'f' AND p.prosrc ~ $p${pattern}$p$ LOOP
            EXECUTE regexp_replace(one.body, $p${pattern}$p$, $n${new}$n$, 'g');
            changed := changed + 1;
          END LOOP;
          IF changed = 0 THEN
            RAISE EXCEPTION 'no function reads as expected: %', $p${pattern}$p$;
          END IF;
        END
        $do$
        """
    )


STEPS = [
    function(
        "wall.step_order()",
        f"SELECT o.step, o.before, o.only_if FROM (VALUES {ROWS}) AS o (step, before, only_if)",
        returns="TABLE (step text, before text[], only_if text)",
        language="sql",
        traits="IMMUTABLE",
    ),
    function(
        "wall.step_follows(of_case bigint, next text, now_at text)",
        f"""
        SELECT EXISTS (
          SELECT FROM wall.step_order() o, public.visas_visacase v
            JOIN public.visas_visaprogramme p ON p.code = v.programme_id
           WHERE v.id = of_case AND o.step = next AND now_at = ANY (o.before)
             AND CASE o.only_if
                   WHEN 'city' THEN p.workspace_kind <> 'university'
                   WHEN 'university' THEN p.workspace_kind = 'university'
                   WHEN 'had_an_end' THEN v.letter_valid_until IS NOT NULL
                   WHEN 'was_checked' THEN EXISTS (SELECT FROM public.visas_casestep s
                     WHERE s.case_id = of_case AND s.kind = 'checked' AND {STANDING.format("s")})
                   ELSE true END)
        """,
        returns="boolean",
        language="sql",
        traits="STABLE",
    ),
    function(
        "wall.case_state(of_case bigint)",
        f"""
        SELECT stands.kind, coalesce(stands.day, last.happened_on, v.received_on), last.id
          FROM public.visas_visacase v
         CROSS JOIN LATERAL (
                 SELECT d.kind, d.day
                   FROM (VALUES {DAYS},
                          (coalesce(nullif(v.inner_step, ''), 'received'), 100,
                           CASE WHEN v.inner_step = '' THEN v.received_on END)) AS d (kind, rank, day)
                  WHERE d.day IS NOT NULL OR d.rank = 100 ORDER BY d.rank LIMIT 1) stands
          LEFT JOIN LATERAL (
                 SELECT s.id, s.happened_on FROM public.visas_casestep s
                  WHERE s.case_id = v.id AND s.kind = stands.kind AND {STANDING.format("s")}
                  ORDER BY s.id DESC LIMIT 1) last ON true
         WHERE v.id = of_case
        """,
        returns="TABLE (kind text, day date, step bigint)",
        language="sql",
        traits="STABLE",
    ),
    # One step: it takes its workspace and its client from the case, follows on what the case stands at, and gives the
    # case its day. It sees and changes what whoever takes it may see and change.
    function(
        "wall.take_case_step()",
        f"""
        DECLARE
          owner boolean := pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE');
          c public.visas_visacase;
          state record;
          given date := CASE WHEN NOT NEW.takes_back THEN NEW.happened_on END;
          aside boolean := NEW.kind = ANY ({ASIDES});
          first date;
        BEGIN
          PERFORM pg_advisory_xact_lock(hashtextextended('visa case', NEW.case_id));
          SELECT * INTO c FROM public.visas_visacase v WHERE v.id = NEW.case_id;
          IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no such case to be seen' USING ERRCODE = '42501';
          END IF;
          NEW.workspace_id := c.workspace_id;
          NEW.client_id := c.client_id;
          NEW.person_id := c.person_id;
          NEW.actor_id := coalesce(wall.actor(), NEW.actor_id);
          SELECT * INTO state FROM wall.case_state(NEW.case_id);
          IF NEW.kind = 'received' THEN
            IF NOT owner OR NEW.takes_back THEN
              {refused("case_step_follows", "a case is received once")}
            END IF;
            RETURN NEW;
          END IF;
          IF NEW.takes_back AND aside THEN
            IF NEW.kind = 'renewed' AND state.kind <> 'recommended' OR NOT EXISTS (
                 SELECT FROM public.visas_casestep s WHERE s.id = NEW.undoes_id AND s.case_id = NEW.case_id
                    AND s.kind = NEW.kind AND {STANDING.format("s")}) THEN
              {refused("case_step_taken_back_last", "something stands on it, or it was taken back")}
            END IF;
          ELSIF NEW.takes_back THEN
            IF NEW.kind <> state.kind OR NEW.kind = 'recommended' AND EXISTS (
                 SELECT FROM public.visas_casestep s WHERE s.case_id = NEW.case_id AND s.kind = 'renewed'
                    AND {STANDING.format("s")}) THEN
              {refused("case_step_taken_back_last", "another step came last")}
            END IF;
            NEW.undoes_id := state.step;
          ELSE
            NEW.undoes_id := NULL;
            IF NOT coalesce(wall.step_follows(NEW.case_id, NEW.kind, state.kind), false) THEN
              RAISE EXCEPTION 'the step does not follow on %', state.kind
                USING ERRCODE = '23514', CONSTRAINT = 'case_step_follows', TABLE = TG_TABLE_NAME;
            END IF;
            -- A letter counts up to its last day: who applies later has none, and none lapses before.
            IF NEW.kind IN ('submitted', 'granted', 'refused') AND state.kind IN ('recommended', 'lapsed')
               AND NEW.happened_on > c.letter_valid_until THEN
              {refused("letter_has_run_out", "the letter has run out")}
            END IF;
            IF NEW.kind = 'lapsed' AND NEW.happened_on <= c.letter_valid_until THEN
              {refused("letter_still_valid", "the letter is valid still")}
            END IF;
            IF state.kind = 'lapsed' AND NEW.kind IN ('submitted', 'renewed') THEN
              INSERT INTO public.visas_casestep (workspace_id, case_id, client_id, person_id, kind, happened_on,
                                                 takes_back, document, note, against_advice, consented, at_id)
              VALUES (c.workspace_id, c.id, c.client_id, c.person_id, 'lapsed', wall.today(), true, '',
                      concat_ws(' · ', nullif(NEW.document, ''), NEW.happened_on), '', false, NEW.at_id);
              SELECT * INTO state FROM wall.case_state(NEW.case_id);
            END IF;
            first := (CASE WHEN NOT aside THEN state.day
                           WHEN NEW.kind = 'renewed' THEN c.recommended_on
                           WHEN NEW.kind IN ('relocated', 'extended') THEN c.granted_on
                           WHEN NEW.kind = 'notified' THEN c.received_on END);
            IF NEW.happened_on < first THEN
              {refused("case_step_in_order", "the step lies before what it follows on")}
            END IF;
          END IF;
          IF NEW.kind IN {INNER} OR aside AND NEW.kind <> 'renewed' THEN
            RETURN NEW;
          END IF;
          IF NOT aside THEN
            EXECUTE format('UPDATE public.visas_visacase SET %I = $1 WHERE id = $2', NEW.kind || '_on')
              USING given, NEW.case_id;
          END IF;
          IF NEW.kind IN ('recommended', 'renewed') THEN
            UPDATE public.visas_visacase v
               SET (letter_number, letter_valid_until) = (
                     SELECT coalesce(max(l.document), ''), max(l.valid_until) FROM (
                       SELECT * FROM (
                         SELECT s.id, s.document, s.valid_until FROM public.visas_casestep s
                          WHERE s.case_id = NEW.case_id AND s.kind IN ('recommended', 'renewed')
                            AND s.id IS DISTINCT FROM NEW.undoes_id AND {STANDING.format("s")}
                          UNION ALL
                         SELECT NEW.id, NEW.document, NEW.valid_until WHERE NOT NEW.takes_back) s
                        ORDER BY s.id DESC LIMIT 1) l)
             WHERE v.id = NEW.case_id;
          END IF;
          SELECT * INTO c FROM public.visas_visacase v WHERE v.id = NEW.case_id;
          IF NOT aside AND (to_jsonb(c) ->> (NEW.kind || '_on'))::date IS DISTINCT FROM given
             OR NEW.kind = 'renewed' AND NOT NEW.takes_back AND c.letter_number IS DISTINCT FROM NEW.document THEN
            RAISE EXCEPTION 'the case is not yours to change' USING ERRCODE = '42501';
          END IF;
          RETURN NEW;
        END
        """,
        returns="trigger",
    ),
    # Who completes a case need not be who may change it, so the step before the recommendation is noted for all.
    function(
        "wall.keep_inner_step()",
        f"""
        BEGIN
          UPDATE visas_visacase v SET inner_step = coalesce(({LAST_INNER.format("NEW.case_id")}), '')
           WHERE v.id = NEW.case_id;
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    # A case never says another day or step than its rows do, whoever writes it.
    function(
        "wall.case_agrees_with_steps()",
        f"""
        BEGIN
          IF EXISTS (
               SELECT FROM ({CHANGED}) AS changed (kind, day)
                 JOIN visas_casestep s ON s.case_id = NEW.id AND s.kind = changed.kind AND NOT s.takes_back
                WHERE NOT EXISTS (SELECT FROM visas_casestep u WHERE u.undoes_id = s.id)
                  AND s.happened_on IS DISTINCT FROM changed.day)
             OR NEW.inner_step <> OLD.inner_step
                AND NEW.inner_step <> coalesce(({LAST_INNER.format("NEW.id")}), '') THEN
            RAISE EXCEPTION 'a step of the case says another day'
              USING ERRCODE = '23514', CONSTRAINT = 'visa_case_agrees_with_its_steps', TABLE = TG_TABLE_NAME;
          END IF;
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    # The duties of the principal are over and looked at. Those of the family have ends of their own.
    function(
        "wall.complete_in_time()",
        f"""
        DECLARE
          of_principal bigint[];
        BEGIN
          SELECT coalesce(array_agg(o.id), '{{}}') INTO of_principal FROM visas_obligation o
           WHERE o.case_id = NEW.case_id AND o.link_id IS NULL AND o.ended_on IS NULL;
          IF EXISTS (SELECT FROM visas_obligation o WHERE o.id = ANY (of_principal) AND o.ends_on > NEW.happened_on) THEN
            {refused("case_completed_before_its_duties", "a duty runs longer")}
          END IF;
          IF EXISTS (SELECT FROM visas_obligationcheck k
                       LEFT JOIN visas_finding f ON f.check_made_id = k.id
                      WHERE k.obligation_id = ANY (of_principal) AND k.withdrawn_on IS NULL
                        AND (k.result = '' OR f.state = 'open' OR f.state = 'confirmed' AND NOT EXISTS (
                               SELECT FROM visas_closing z WHERE z.finding_id = f.id AND z.state = 'confirmed'))) THEN
            {refused("case_completed_with_open_checks", "a check or a finding is open")}
          END IF;
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
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
          PERFORM pg_advisory_xact_lock(hashtextextended('letter ' || l.programme_id || ' ' || l.letter_number, 0))
            FROM (SELECT DISTINCT v.programme_id, v.letter_number FROM visas_visacase v WHERE v.id = ANY (letters)
                   ORDER BY 1, 2) l;
          IF EXISTS (
               SELECT FROM visas_visacase v WHERE v.id = ANY (letters) AND (
                 EXISTS (SELECT FROM visas_visacase o WHERE o.programme_id = v.programme_id
                            AND o.letter_number = v.letter_number AND o.letter_number <> '' AND o.id <> v.id)
                 OR EXISTS (SELECT FROM visas_casestep s JOIN visas_visacase o ON o.id = s.case_id
                             WHERE s.document = v.letter_number AND s.kind IN ('recommended', 'renewed')
                               AND o.programme_id = v.programme_id AND o.id <> v.id AND {STANDING.format("s")}))) THEN
            {refused("visa_case_letter_once", "the number is of another letter")}
          END IF;
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    on_statement("visas_visacase", "letter_once", "wall.letter_once"),
    migrations.RunSQL(
        f"""
        CREATE TRIGGER keep_inner_step AFTER INSERT ON visas_casestep
          FOR EACH ROW WHEN (NEW.kind IN {INNER}) EXECUTE FUNCTION wall.keep_inner_step();
        CREATE TRIGGER complete AFTER INSERT ON visas_casestep
          FOR EACH ROW WHEN (NEW.kind = 'completed' AND NOT NEW.takes_back)
          EXECUTE FUNCTION wall.complete_in_time();
        DROP POLICY work_insert ON visas_casestep;
        CREATE POLICY work_insert ON visas_casestep FOR INSERT WITH CHECK ({WRITTEN});
        """,
    ),
    on_statement(
        "visas_visacase", "not_after_today", "wall.refuse_future", arguments=["completed_on", "cancelled_on", "moved_on"]
    ),
    # What a permit ended by gives the place back where the programme says so of those who left, and the family is
    # asked about. Who has fulfilled the duties stays, and so does the family.
    rewritten(
        r"(given_back_on\([^()]*?)(\w+)\.left_on\)", r"\1least(\2.left_on, \2.cancelled_on, \2.moved_on))"
    ),
    rewritten(r"coalesce\((\w+)\.left_on,", r"coalesce(\1.cancelled_on, \1.moved_on, \1.left_on,"),
]
KNOWN = [
    # What stands in the steps is noted on the cases; nothing else of them changes.
    migrations.RunSQL(
        f"""
        ALTER TABLE visas_visacase DISABLE TRIGGER USER;
        UPDATE visas_visacase v SET inner_step = coalesce(({LAST_INNER.format("v.id")}), '')
         WHERE EXISTS (SELECT FROM visas_casestep s WHERE s.case_id = v.id);
        UPDATE visas_visacase v SET letter_valid_until = s.valid_until FROM visas_casestep s
         WHERE s.case_id = v.id AND s.kind = 'recommended' AND v.recommended_on IS NOT NULL AND {STANDING.format("s")};
        ALTER TABLE visas_visacase ENABLE TRIGGER USER;
        """,
        "",
    ),
]


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0022_guarded_accesses'),
        ('centers', '0007_roles_apart'),
        ('visas', '0021_quota_notices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='visacase',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='visacase',
            name='update_update',
        ),
        migrations.RemoveConstraint(
            model_name='casestep',
            name='recommendation_has_a_number',
        ),
        migrations.RemoveConstraint(
            model_name='visacase',
            name='visa_case_dates_in_order',
        ),
        migrations.RemoveConstraint(
            model_name='visacase',
            name='visa_case_letter_once',
        ),
        migrations.AddField(
            model_name='casestep',
            name='channel',
            field=models.CharField(blank=True, choices=[('phone', 'Telephone'), ('message', 'Text message or messenger'), ('mail', 'Letter by post'), ('email', 'E-mail'), ('in_person', 'In person'), ('posted', 'Posted or on the website')], db_default='', max_length=10, verbose_name='way of telling'),
        ),
        migrations.AddField(
            model_name='visacase',
            name='cancelled_on',
            field=models.DateField(blank=True, null=True, verbose_name='permit cancelled on'),
        ),
        migrations.AddField(
            model_name='visacase',
            name='completed_on',
            field=models.DateField(blank=True, null=True, verbose_name='duties fulfilled on'),
        ),
        migrations.AddField(
            model_name='visacase',
            name='inner_step',
            field=models.CharField(blank=True, db_default='', editable=False, max_length=20),
        ),
        migrations.AddField(
            model_name='visacase',
            name='letter_valid_until',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='letter valid until'),
        ),
        migrations.AddField(
            model_name='visacase',
            name='moved_on',
            field=models.DateField(blank=True, null=True, verbose_name='moved away on'),
        ),
        migrations.AddField(
            model_name='visacaseevent',
            name='cancelled_on',
            field=models.DateField(blank=True, null=True, verbose_name='permit cancelled on'),
        ),
        migrations.AddField(
            model_name='visacaseevent',
            name='completed_on',
            field=models.DateField(blank=True, null=True, verbose_name='duties fulfilled on'),
        ),
        migrations.AddField(
            model_name='visacaseevent',
            name='inner_step',
            field=models.CharField(blank=True, db_default='', editable=False, max_length=20),
        ),
        migrations.AddField(
            model_name='visacaseevent',
            name='letter_valid_until',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='letter valid until'),
        ),
        migrations.AddField(
            model_name='visacaseevent',
            name='moved_on',
            field=models.DateField(blank=True, null=True, verbose_name='moved away on'),
        ),
        migrations.AddField(
            model_name='visaprogramme',
            name='letter_reminder_days',
            field=models.PositiveSmallIntegerField(db_default=30, default=30, verbose_name='days of warning before a letter runs out'),
        ),
        migrations.AddField(
            model_name='visaprogramme',
            name='letter_valid_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='days a letter is valid'),
        ),
        migrations.AlterField(
            model_name='casebatch',
            name='kind',
            field=models.CharField(choices=[('received', 'Received'), ('asked', 'Completion requested'), ('answered', 'Completed'), ('checked', 'Checked by the city'), ('reviewed', 'Reviewed by the province'), ('recommended', 'Recommended'), ('submitted', 'Submitted'), ('granted', 'Granted'), ('settled', 'Settled'), ('refused', 'Refused'), ('ineligible', 'Ineligible'), ('withdrawn', 'Withdrawn'), ('lapsed', 'Lapsed'), ('left', 'Left'), ('completed', 'Duties fulfilled'), ('cancelled', 'Permit cancelled'), ('moved', 'Moved away'), ('announced', 'Notice published'), ('notified', 'Applicant notified'), ('renewed', 'Letter renewed'), ('relocated', 'Moved within the province'), ('extended', 'Stay extended')], max_length=20, verbose_name='step'),
        ),
        migrations.AlterField(
            model_name='casestep',
            name='kind',
            field=models.CharField(choices=[('received', 'Received'), ('asked', 'Completion requested'), ('answered', 'Completed'), ('checked', 'Checked by the city'), ('reviewed', 'Reviewed by the province'), ('recommended', 'Recommended'), ('submitted', 'Submitted'), ('granted', 'Granted'), ('settled', 'Settled'), ('refused', 'Refused'), ('ineligible', 'Ineligible'), ('withdrawn', 'Withdrawn'), ('lapsed', 'Lapsed'), ('left', 'Left'), ('completed', 'Duties fulfilled'), ('cancelled', 'Permit cancelled'), ('moved', 'Moved away'), ('announced', 'Notice published'), ('notified', 'Applicant notified'), ('renewed', 'Letter renewed'), ('relocated', 'Moved within the province'), ('extended', 'Stay extended')], max_length=20, verbose_name='step'),
        ),
        migrations.AddIndex(
            model_name='casestep',
            index=models.Index(condition=models.Q(('kind__in', ['recommended', 'renewed'])), fields=['document'], name='case_step_by_letter'),
        ),
        migrations.AddIndex(
            model_name='visacase',
            index=models.Index(condition=models.Q(('letter_number', ''), _negated=True), fields=['programme', 'letter_number'], name='visa_case_by_letter'),
        ),
        migrations.AddIndex(
            model_name='visacase',
            index=models.Index(condition=models.Q(('granted_on', None), ('lapsed_on', None), ('letter_valid_until__isnull', False), ('submitted_on', None)), fields=['workspace', 'letter_valid_until'], name='visa_case_by_validity'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visacase',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."cancelled_on" IS DISTINCT FROM (NEW."cancelled_on") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."completed_on" IS DISTINCT FROM (NEW."completed_on") OR OLD."granted_on" IS DISTINCT FROM (NEW."granted_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."ineligible_on" IS DISTINCT FROM (NEW."ineligible_on") OR OLD."inner_step" IS DISTINCT FROM (NEW."inner_step") OR OLD."lapsed_on" IS DISTINCT FROM (NEW."lapsed_on") OR OLD."left_on" IS DISTINCT FROM (NEW."left_on") OR OLD."letter_number" IS DISTINCT FROM (NEW."letter_number") OR OLD."letter_valid_until" IS DISTINCT FROM (NEW."letter_valid_until") OR OLD."moved_on" IS DISTINCT FROM (NEW."moved_on") OR OLD."municipality_id" IS DISTINCT FROM (NEW."municipality_id") OR OLD."order_exception_id" IS DISTINCT FROM (NEW."order_exception_id") OR OLD."period" IS DISTINCT FROM (NEW."period") OR OLD."pool_id" IS DISTINCT FROM (NEW."pool_id") OR OLD."programme_id" IS DISTINCT FROM (NEW."programme_id") OR OLD."quota_exception_id" IS DISTINCT FROM (NEW."quota_exception_id") OR OLD."received_on" IS DISTINCT FROM (NEW."received_on") OR OLD."recommended_on" IS DISTINCT FROM (NEW."recommended_on") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."recorded_on" IS DISTINCT FROM (NEW."recorded_on") OR OLD."ref" IS DISTINCT FROM (NEW."ref") OR OLD."refused_on" IS DISTINCT FROM (NEW."refused_on") OR OLD."settled_on" IS DISTINCT FROM (NEW."settled_on") OR OLD."submitted_on" IS DISTINCT FROM (NEW."submitted_on") OR OLD."withdrawn_on" IS DISTINCT FROM (NEW."withdrawn_on") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "visas_visacaseevent" ("cancelled_on", "client_id", "completed_on", "granted_on", "id", "ineligible_on", "inner_step", "lapsed_on", "left_on", "letter_number", "letter_valid_until", "moved_on", "municipality_id", "order_exception_id", "period", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pool_id", "programme_id", "quota_exception_id", "received_on", "recommended_on", "recorded_at", "recorded_on", "ref", "refused_on", "settled_on", "submitted_on", "withdrawn_on", "workspace_id") VALUES (OLD."cancelled_on", OLD."client_id", OLD."completed_on", OLD."granted_on", OLD."id", OLD."ineligible_on", OLD."inner_step", OLD."lapsed_on", OLD."left_on", OLD."letter_number", OLD."letter_valid_until", OLD."moved_on", OLD."municipality_id", OLD."order_exception_id", OLD."period", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."pool_id", OLD."programme_id", OLD."quota_exception_id", OLD."received_on", OLD."recommended_on", OLD."recorded_at", OLD."recorded_on", OLD."ref", OLD."refused_on", OLD."settled_on", OLD."submitted_on", OLD."withdrawn_on", OLD."workspace_id"); RETURN NULL;', hash='66ff6b9d7978cfed5087a878ebe81161119c0aea', operation='UPDATE', pgid='pgtrigger_update_update_7240a', table='visas_visacase', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visacase',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visas_visacaseevent" ("cancelled_on", "client_id", "completed_on", "granted_on", "id", "ineligible_on", "inner_step", "lapsed_on", "left_on", "letter_number", "letter_valid_until", "moved_on", "municipality_id", "order_exception_id", "period", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pool_id", "programme_id", "quota_exception_id", "received_on", "recommended_on", "recorded_at", "recorded_on", "ref", "refused_on", "settled_on", "submitted_on", "withdrawn_on", "workspace_id") VALUES (OLD."cancelled_on", OLD."client_id", OLD."completed_on", OLD."granted_on", OLD."id", OLD."ineligible_on", OLD."inner_step", OLD."lapsed_on", OLD."left_on", OLD."letter_number", OLD."letter_valid_until", OLD."moved_on", OLD."municipality_id", OLD."order_exception_id", OLD."period", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pool_id", OLD."programme_id", OLD."quota_exception_id", OLD."received_on", OLD."recommended_on", OLD."recorded_at", OLD."recorded_on", OLD."ref", OLD."refused_on", OLD."settled_on", OLD."submitted_on", OLD."withdrawn_on", OLD."workspace_id"); RETURN NULL;', hash='24d16397e30002566c8de9f7b6fc5afa618624eb', operation='DELETE', pgid='pgtrigger_delete_delete_8009d', table='visas_visacase', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='casestep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['recommended', 'renewed']), _negated=True), models.Q(('document', ''), _negated=True), ('takes_back', True), _connector='OR'), name='recommendation_has_a_number', violation_error_message='A recommendation has the number of its letter or list.'),
        ),
        migrations.AddConstraint(
            model_name='casestep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'renewed'), _negated=True), ('valid_until__isnull', False), ('takes_back', True), _connector='OR'), name='renewal_has_a_last_day', violation_error_message='Say up to which day the renewed letter is valid.'),
        ),
        migrations.AddConstraint(
            model_name='casestep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'notified'), _negated=True), models.Q(('channel', ''), _negated=True), ('takes_back', True), _connector='OR'), name='notified_by_a_way', violation_error_message='Say how the applicant was told.'),
        ),
        migrations.AddConstraint(
            model_name='casestep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('completed', 'cancelled', 'moved', 'relocated', 'extended')), _negated=True), models.Q(('document', ''), _negated=True), models.Q(('note', ''), _negated=True), ('takes_back', True), _connector='OR'), name='case_step_rests_on_something', violation_error_message='Say what it rests on: a document number or a reason.'),
        ),
        migrations.AddConstraint(
            model_name='visacase',
            constraint=models.CheckConstraint(condition=models.Q(('order_exception__isnull', False), models.Q(models.Q(('recommended_on', None), ('recommended_on__gte', models.F('received_on')), _connector='OR'), models.Q(('submitted_on', None), ('submitted_on__gte', django.db.models.functions.comparison.Greatest('received_on', 'recommended_on')), _connector='OR'), models.Q(('granted_on', None), ('granted_on__gte', django.db.models.functions.comparison.Greatest('received_on', 'recommended_on', 'submitted_on')), _connector='OR'), models.Q(('refused_on', None), ('refused_on__gte', django.db.models.functions.comparison.Greatest('received_on', 'recommended_on', 'submitted_on')), _connector='OR'), models.Q(('settled_on', None), models.Q(('granted_on__isnull', False), ('settled_on__gte', models.F('granted_on'))), _connector='OR'), models.Q(('left_on', None), models.Q(('granted_on__isnull', False), ('left_on__gte', django.db.models.functions.comparison.Coalesce('settled_on', 'granted_on'))), _connector='OR'), models.Q(('completed_on', None), models.Q(('completed_on__gte', models.F('settled_on')), ('settled_on__isnull', False)), _connector='OR'), models.Q(('cancelled_on', None), models.Q(('cancelled_on__gte', django.db.models.functions.comparison.Coalesce('settled_on', 'granted_on')), ('granted_on__isnull', False)), _connector='OR'), models.Q(('moved_on', None), models.Q(('granted_on__isnull', False), ('moved_on__gte', django.db.models.functions.comparison.Coalesce('settled_on', 'granted_on'))), _connector='OR'), models.Q(('ineligible_on', None), ('ineligible_on__gte', models.F('received_on')), _connector='OR'), models.Q(('withdrawn_on', None), ('withdrawn_on__gte', models.F('received_on')), _connector='OR'), models.Q(('lapsed_on', None), ('lapsed_on__gte', models.F('received_on')), _connector='OR')), _connector='OR'), name='visa_case_dates_in_order', violation_error_message='The dates of the case are out of order: received, recommended, submitted, granted or refused, settled, and what came after.'),
        ),
        *STEPS,
        *KNOWN,
    ]
