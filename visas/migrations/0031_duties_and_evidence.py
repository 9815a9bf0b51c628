"""Duties come back as they were, checks keep to their time and follow the contracts, and steps rest on something."""

from importlib import import_module

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from centers.walls import function

edited = import_module("visas.migrations.0019_after_the_permit").edited
MONTHS = import_module("visas.migrations.0015_conditions").MONTHS

DUTIES = [
    # What ended a duty may be taken back: it goes on then with its checks, and no other stands in its place.
    edited(
        "wall.keep_obligation()",
        "THEN '{ended_on,ended_why}' ELSE",
        """THEN '{ended_on,ended_why}'
                        WHEN OLD.ended_why <> '' AND NEW.ended_on IS NULL AND EXISTS (
                             SELECT FROM visas_visacase v
                              WHERE v.id = NEW.case_id AND v.granted_on IS NOT NULL
                                AND num_nonnulls(v.left_on, v.cancelled_on, v.moved_on, v.refused_on, v.withdrawn_on,
                                                 v.lapsed_on) = 0)
                        THEN '{ended_on,ended_why}' ELSE""",
    ),
    # That a duty was not kept is put on record whenever it is found out.
    function(
        "wall.check_in_its_time()",
        """
        DECLARE
          since date;
          ahead integer;
          rule text;
        BEGIN
          SELECT o.starts_on, r.days_ahead INTO since, ahead
            FROM visas_obligation o JOIN visas_obligationrule r ON r.id = o.rule_id WHERE o.id = NEW.obligation_id;
          rule := CASE WHEN NEW.done_on < since THEN 'check_before_its_duty'
                       WHEN NEW.result <> 'not_kept' AND NEW.done_on < NEW.due_on - ahead THEN 'check_too_early' END;
          IF rule IS NOT NULL THEN
            RAISE EXCEPTION 'the check lies outside of its time'
              USING ERRCODE = '23514', CONSTRAINT = rule, TABLE = TG_TABLE_NAME;
          END IF;
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    migrations.RunSQL(
        "CREATE TRIGGER in_its_time AFTER INSERT OR UPDATE OF result, done_on ON visas_obligationcheck "
        "FOR EACH ROW WHEN (NEW.done_on IS NOT NULL AND NEW.withdrawn_on IS NULL) "
        "EXECUTE FUNCTION wall.check_in_its_time()",
        "DROP TRIGGER in_its_time ON visas_obligationcheck",
    ),
    edited("wall.ask_check_again()", "result, document, note, withdrawn_why)",
           "result, document, note, withdrawn_why, brought_by)"),
    edited("wall.ask_check_again()", "'', '', '', '');", "'', '', '', '', NEW.brought_by);"),
]

LAST = "coalesce({0}.ended_on, {0}.contract_to)"
# Another contract with the same workplace that goes on from this one, or from which this one goes on: no change of it.
AFTER = f"""EXISTS (SELECT FROM cases_employment n WHERE n.client_id = e.client_id AND n.employer_id = e.employer_id
                     AND n.starts_on > e.starts_on AND n.starts_on <= {LAST.format("e")} + 1)"""
BEFORE = f"""EXISTS (SELECT FROM cases_employment b WHERE b.client_id = e.client_id AND b.employer_id = e.employer_id
                      AND b.starts_on < e.starts_on AND {LAST.format("b")} >= e.starts_on - 1)"""
WORK = [
    # Contracts that begin, end or move while a duty of work runs ask people to look; they say nothing of what they find.
    # ``lapsed``: contracts whose last day has passed without a word; one look after that day is enough.
    function(
        "wall.look_at_work(contracts bigint[], how text)",
        f"""
        INSERT INTO visas_obligationcheck (workspace_id, case_id, client_id, person_id, obligation_id, due_on,
                                           result, document, note, withdrawn_why, brought_by)
        SELECT DISTINCT o.workspace_id, o.case_id, o.client_id, o.person_id, o.id,
               least(o.ends_on, wall.today() + coalesce(r.days_ahead, 0)), '', '', '', '', 'contract'
          FROM cases_employment e
          JOIN visas_obligation o ON o.client_id = e.client_id AND o.ended_on IS NULL
           AND wall.today() BETWEEN o.starts_on AND o.ends_on
          JOIN visas_obligationrule r ON r.id = o.rule_id AND r.kind IN ('work', 'workplace')
         WHERE e.id = ANY (contracts)
           AND (e.starts_on >= o.starts_on AND NOT {BEFORE}
                OR {LAST.format("e")} BETWEEN o.starts_on AND wall.today() AND NOT {AFTER}
                OR how = 'moved' AND e.starts_on <= wall.today()
                   AND coalesce({LAST.format("e")}, 'infinity') >= wall.today())
           AND NOT EXISTS (SELECT FROM visas_obligationcheck k WHERE k.obligation_id = o.id AND k.withdrawn_on IS NULL
                              AND (k.result = '' AND k.due_on <= wall.today() + coalesce(r.days_ahead, 0)
                                   OR how = 'lapsed' AND k.done_on > {LAST.format("e")}))
         ORDER BY 5
            ON CONFLICT DO NOTHING
        """,
        returns="void",
        definer=True,
        private=True,
        language="sql",
    ),
    function(
        "wall.look_at_work_of(of_workspace bigint)",
        f"""
        SELECT wall.look_at_work(array_agg(e.id), 'lapsed') FROM cases_employment e
         WHERE e.workspace_id = of_workspace AND of_workspace = ANY (wall.scope('work_clients'))
           AND e.ended_on IS NULL AND e.contract_to < wall.today() AND NOT {AFTER}
        """,
        returns="void",
        definer=True,
        language="sql",
    ),
    function(
        "wall.contract_asks_to_look()",
        """
        BEGIN
          PERFORM wall.look_at_work(ARRAY[NEW.id], 'changed');
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    function(
        "wall.workplace_asks_to_look()",
        """
        BEGIN
          PERFORM wall.look_at_work(array_agg(e.id), 'moved') FROM cases_employment e WHERE e.employer_id = NEW.id;
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    migrations.RunSQL(
        """
        CREATE TRIGGER asks_to_look AFTER INSERT ON cases_employment
          FOR EACH ROW EXECUTE FUNCTION wall.contract_asks_to_look();
        CREATE TRIGGER asks_to_look_again AFTER UPDATE ON cases_employment FOR EACH ROW
          WHEN ((OLD.employer_id, OLD.starts_on, OLD.contract_to, OLD.ended_on)
                IS DISTINCT FROM (NEW.employer_id, NEW.starts_on, NEW.contract_to, NEW.ended_on))
          EXECUTE FUNCTION wall.contract_asks_to_look();
        CREATE TRIGGER asks_to_look AFTER UPDATE ON cases_employer FOR EACH ROW
          WHEN (OLD.municipality_id IS DISTINCT FROM NEW.municipality_id)
          EXECUTE FUNCTION wall.workplace_asks_to_look();
        """,
        """
        DROP TRIGGER asks_to_look ON cases_employer; DROP TRIGGER asks_to_look_again ON cases_employment;
        DROP TRIGGER asks_to_look ON cases_employment;
        """,
    ),
    # Of two contracts that run at once, the longer one says how long somebody has been at work.
    edited(
        "wall.facts_of(bigint,date)",
        "SELECT work.employer_id, work.starts_on FROM work",
        "SELECT e.employer_id, e.starts_on FROM c JOIN cases_employment e ON e.client_id = c.client_id "
        f"WHERE e.starts_on <= on_day AND coalesce({LAST.format('e')}, 'infinity') >= on_day",
    ),
    edited(
        "wall.facts_of(bigint,date)",
        f"{MONTHS.format('on_day', '(SELECT min(starts_on) FROM begun)')}, on_day, name, NULL, NULL FROM work",
        f"{MONTHS.format('on_day', 'longest.starts_on')}, on_day, longest.name, NULL, NULL FROM (SELECT b.starts_on, "
        "w.name FROM begun b JOIN cases_employer w ON w.id = b.employer_id ORDER BY b.starts_on, b.employer_id LIMIT 1"
        ") longest",
    ),
]

STEPS = [
    function(
        "wall.rest_on_something()",
        """
        BEGIN
          IF NEW.document = '' AND NEW.note = '' AND NOT (NEW.kind = 'answered' AND NEW.papers <> '{}') THEN
            RAISE EXCEPTION 'the step rests on nothing'
              USING ERRCODE = '23514', CONSTRAINT = 'case_step_rests_on_something', TABLE = TG_TABLE_NAME;
          END IF;
          RETURN NULL;
        END
        """,
        returns="trigger",
    ),
    # Whoever answers a completion request need not be the office that enters papers. A step that is taken back takes
    # back what it has marked, unless somebody has entered more of the paper since.
    function(
        "wall.mark_papers()",
        """
        BEGIN
          INSERT INTO visas_casepaper (workspace_id, case_id, client_id, person_id, actor_id, paper_id, state,
                                       happened_on, note)
          SELECT NEW.workspace_id, NEW.case_id, NEW.client_id, NEW.person_id, NEW.actor_id, m.paper,
                 CASE WHEN NEW.takes_back THEN 'missing' ELSE 'received' END, NEW.happened_on,
                 CASE WHEN NEW.takes_back THEN left(NEW.note, 200) ELSE '' END
            FROM visas_casestep s CROSS JOIN LATERAL unnest(s.papers) m (paper)
            LEFT JOIN LATERAL (SELECT p.* FROM visas_casepaper p WHERE p.case_id = s.case_id AND p.paper_id = m.paper
                                ORDER BY p.id DESC LIMIT 1) last ON true
           WHERE s.id = CASE WHEN NEW.takes_back THEN NEW.undoes_id ELSE NEW.id END
             AND (NOT NEW.takes_back OR last.state = 'received' AND last.proof_id IS NULL
                  AND last.recorded_at = s.recorded_at)
           ORDER BY m.paper;
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    migrations.RunSQL(
        """
        CREATE TRIGGER rests_on_something AFTER INSERT ON visas_casestep FOR EACH ROW
          WHEN (NOT NEW.takes_back AND NEW.kind IN ('answered', 'checked', 'reviewed', 'granted', 'settled',
                                                    'completed', 'cancelled', 'moved', 'relocated', 'extended'))
          EXECUTE FUNCTION wall.rest_on_something();
        CREATE TRIGGER marks_papers AFTER INSERT ON visas_casestep FOR EACH ROW
          WHEN (NEW.kind = 'answered') EXECUTE FUNCTION wall.mark_papers();
        """,
        "DROP TRIGGER marks_papers ON visas_casestep; DROP TRIGGER rests_on_something ON visas_casestep",
    ),
]


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0022_guarded_accesses'),
        ('visas', '0030_studies'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='obligationcheck',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='obligationcheck',
            name='delete_delete',
        ),
        migrations.RemoveConstraint(
            model_name='casestep',
            name='case_step_rests_on_something',
        ),
        migrations.AddField(
            model_name='dependantoutcome',
            name='with_status',
            field=models.BooleanField(db_default=False, default=False, verbose_name='with the new status'),
        ),
        migrations.AddField(
            model_name='obligationcheck',
            name='brought_by',
            field=models.CharField(blank=True, choices=[('contract', 'A contract began, ended or moved')], db_default='', editable=False, max_length=10, verbose_name='why it is asked now'),
        ),
        migrations.AddField(
            model_name='obligationcheckevent',
            name='brought_by',
            field=models.CharField(blank=True, choices=[('contract', 'A contract began, ended or moved')], db_default='', editable=False, max_length=10, verbose_name='why it is asked now'),
        ),
        migrations.AddField(
            model_name='obligationrule',
            name='days_ahead',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='checked at most so many days ahead'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='obligationcheck',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."brought_by" IS DISTINCT FROM (NEW."brought_by") OR OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."document" IS DISTINCT FROM (NEW."document") OR OLD."done_by_id" IS DISTINCT FROM (NEW."done_by_id") OR OLD."done_on" IS DISTINCT FROM (NEW."done_on") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."obligation_id" IS DISTINCT FROM (NEW."obligation_id") OR OLD."proof_id" IS DISTINCT FROM (NEW."proof_id") OR OLD."result" IS DISTINCT FROM (NEW."result") OR OLD."withdrawn_by_id" IS DISTINCT FROM (NEW."withdrawn_by_id") OR OLD."withdrawn_on" IS DISTINCT FROM (NEW."withdrawn_on") OR OLD."withdrawn_why" IS DISTINCT FROM (NEW."withdrawn_why") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "visas_obligationcheckevent" ("brought_by", "case_id", "client_id", "document", "done_by_id", "done_on", "due_on", "id", "note", "obligation_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof_id", "result", "withdrawn_by_id", "withdrawn_on", "withdrawn_why", "workspace_id") VALUES (OLD."brought_by", OLD."case_id", OLD."client_id", OLD."document", OLD."done_by_id", OLD."done_on", OLD."due_on", OLD."id", OLD."note", OLD."obligation_id", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."proof_id", OLD."result", OLD."withdrawn_by_id", OLD."withdrawn_on", OLD."withdrawn_why", OLD."workspace_id"); RETURN NULL;', hash='be73476c1a2b08ecb12a593a430c7f8bfe9ee788', operation='UPDATE', pgid='pgtrigger_update_update_9d3fa', table='visas_obligationcheck', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='obligationcheck',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visas_obligationcheckevent" ("brought_by", "case_id", "client_id", "document", "done_by_id", "done_on", "due_on", "id", "note", "obligation_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof_id", "result", "withdrawn_by_id", "withdrawn_on", "withdrawn_why", "workspace_id") VALUES (OLD."brought_by", OLD."case_id", OLD."client_id", OLD."document", OLD."done_by_id", OLD."done_on", OLD."due_on", OLD."id", OLD."note", OLD."obligation_id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."proof_id", OLD."result", OLD."withdrawn_by_id", OLD."withdrawn_on", OLD."withdrawn_why", OLD."workspace_id"); RETURN NULL;', hash='de69925981ee653e3ee5be839b0af91c4329c5ae', operation='DELETE', pgid='pgtrigger_delete_delete_d9201', table='visas_obligationcheck', when='AFTER')),
        ),
        *DUTIES,
        *WORK,
        *STEPS,
    ]
