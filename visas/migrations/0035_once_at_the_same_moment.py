"""What is sent twice at the same moment goes in once."""

from importlib import import_module

from django.db import migrations

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


class Migration(migrations.Migration):

    dependencies = [
        ('visas', '0034_past_days_and_moves'),
    ]

    operations = [
        *LEDGER,
        STUDENTS,
        *FACTS,
    ]
