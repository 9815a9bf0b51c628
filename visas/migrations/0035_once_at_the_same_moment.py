"""What is sent twice at the same moment goes in once, and a second look keeps what the client said at the first."""

from importlib import import_module

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from centers.walls import function

edited = import_module("visas.migrations.0019_after_the_permit").edited

# When the lines of an entry are all there. They have locked their quotas then, so that of two alike that are sent at
# the same moment the second looks after the first has ended. What the reference data adds is a difference and may come
# again.
LEDGER = [
    function(
        "wall.entry_once()",
        """
        BEGIN
          IF EXISTS (
               SELECT FROM visas_quotaentry e
                WHERE e.id <> NEW.id AND e.kind = NEW.kind AND e.document = NEW.document
                  AND e.effective_on = NEW.effective_on
                  AND NOT EXISTS (SELECT FROM visas_quotaentry r WHERE r.reverses_id = e.id)
                  AND NOT EXISTS (
                        SELECT FROM visas_quotaline l WHERE l.entry_id IN (e.id, NEW.id)
                         GROUP BY l.pool_id, l.share_id, l.amount, l.provisional
                        HAVING count(*) FILTER (WHERE l.entry_id = e.id)
                            <> count(*) FILTER (WHERE l.entry_id = NEW.id))) THEN
            RAISE EXCEPTION 'the ledger has this entry already'
              USING ERRCODE = '23505', CONSTRAINT = 'quota_entry_once', TABLE = TG_TABLE_NAME;
          END IF;
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    migrations.RunSQL(
        "CREATE CONSTRAINT TRIGGER once AFTER INSERT ON visas_quotaentry DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW WHEN (NEW.entered_by_id IS NOT NULL AND NEW.document <> '' AND NEW.kind <> 'reversal') "
        "EXECUTE FUNCTION wall.entry_once()",
        "DROP TRIGGER once ON visas_quotaentry",
    ),
]
# The student is held, so that two changes at the same moment are looked at one after the other.
STUDENTS = edited(
    "wall.status_changes_follow()",
    "SELECT bool_and(CASE",
    """PERFORM FROM visas_enrolment e WHERE e.id = (to_jsonb(NEW) ->> TG_ARGV[0])::bigint FOR NO KEY UPDATE;
              SELECT bool_and(CASE""",
)
# A later finding may come back to an earlier one, but says nothing where it is the last one word for word.
FACTS = [
    function(
        "wall.fact_once()",
        """
        DECLARE
          last record;
        BEGIN
          IF NEW.kind = 'points' THEN  -- the sum of a sheet, each time that one is entered
            RETURN NULL;
          END IF;
          PERFORM FROM visas_visacase v WHERE v.id = NEW.case_id FOR NO KEY UPDATE;
          SELECT f.value, f.found_on, f.evidence INTO last FROM visas_casefact f
           WHERE f.case_id = NEW.case_id AND f.kind = NEW.kind AND f.label = NEW.label AND f.id <> NEW.id
           ORDER BY f.id DESC LIMIT 1;
          IF FOUND AND (last.value, last.found_on, last.evidence) = (NEW.value, NEW.found_on, NEW.evidence) THEN
            RAISE EXCEPTION 'this was found already'
              USING ERRCODE = '23505', CONSTRAINT = 'case_fact_once', TABLE = TG_TABLE_NAME;
          END IF;
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    # After the row, so that the wall speaks first to whoever may not write here.
    migrations.RunSQL(
        "CREATE TRIGGER once AFTER INSERT ON visas_casefact FOR EACH ROW EXECUTE FUNCTION wall.fact_once()",
        "DROP TRIGGER once ON visas_casefact",
    ),
]
LOOKS = edited(
    "wall.keep_finding()",
    "THEN '{state,looked_by_id,looked_on,reason,said}'",
    "THEN '{state,looked_by_id,looked_on,reason,said_again}'",
)


class Migration(migrations.Migration):

    dependencies = [
        ('visas', '0034_past_days_and_moves'),
    ]

    operations = [
        *LEDGER,
        STUDENTS,
        *FACTS,
        LOOKS,
        pgtrigger.migrations.RemoveTrigger(
            model_name='finding',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='finding',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='finding',
            name='said_again',
            field=models.CharField(blank=True, max_length=500, verbose_name='what the client says at the second look'),
        ),
        migrations.AddField(
            model_name='findingevent',
            name='said_again',
            field=models.CharField(blank=True, max_length=500, verbose_name='what the client says at the second look'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='finding',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."check_made_id" IS DISTINCT FROM (NEW."check_made_id") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."found_by_id" IS DISTINCT FROM (NEW."found_by_id") OR OLD."found_on" IS DISTINCT FROM (NEW."found_on") OR OLD."handed_on" IS DISTINCT FROM (NEW."handed_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."looked_by_id" IS DISTINCT FROM (NEW."looked_by_id") OR OLD."looked_on" IS DISTINCT FROM (NEW."looked_on") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."said" IS DISTINCT FROM (NEW."said") OR OLD."said_again" IS DISTINCT FROM (NEW."said_again") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."what" IS DISTINCT FROM (NEW."what") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "visas_findingevent" ("case_id", "check_made_id", "client_id", "found_by_id", "found_on", "handed_on", "id", "looked_by_id", "looked_on", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_at", "said", "said_again", "state", "what", "workspace_id") VALUES (OLD."case_id", OLD."check_made_id", OLD."client_id", OLD."found_by_id", OLD."found_on", OLD."handed_on", OLD."id", OLD."looked_by_id", OLD."looked_on", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."reason", OLD."recorded_at", OLD."said", OLD."said_again", OLD."state", OLD."what", OLD."workspace_id"); RETURN NULL;', hash='2b00a4c9a7ab1da2595454f4baf3bfe8a4e4b11b', operation='UPDATE', pgid='pgtrigger_update_update_23c09', table='visas_finding', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='finding',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visas_findingevent" ("case_id", "check_made_id", "client_id", "found_by_id", "found_on", "handed_on", "id", "looked_by_id", "looked_on", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_at", "said", "said_again", "state", "what", "workspace_id") VALUES (OLD."case_id", OLD."check_made_id", OLD."client_id", OLD."found_by_id", OLD."found_on", OLD."handed_on", OLD."id", OLD."looked_by_id", OLD."looked_on", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."recorded_at", OLD."said", OLD."said_again", OLD."state", OLD."what", OLD."workspace_id"); RETURN NULL;', hash='49ec9bd4accd2b6643460b865b2d3f0e9f93795a', operation='DELETE', pgid='pgtrigger_delete_delete_68282', table='visas_finding', when='AFTER')),
        ),
    ]
