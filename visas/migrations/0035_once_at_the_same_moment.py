"""What is sent twice at the same moment goes in once."""

from django.db import migrations

from centers.walls import function

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


class Migration(migrations.Migration):

    dependencies = [
        ('visas', '0034_past_days_and_moves'),
    ]

    operations = [
        *LEDGER,
    ]
