"""What a check has shown stays as it was put on record, and no official reads it by another's sharing."""

from django.db import migrations

from centers.walls import function

HERE = "workspace_id = ANY ((SELECT wall.scope('view_visa_cases'))::bigint[])"
SHARED = (
    "EXISTS (SELECT FROM visas_visacase v WHERE v.id = case_id"
    " AND v.shared_with && (SELECT wall.scope('view_visa_cases'))::int[])"
)
BEFORE = f"{HERE} OR {SHARED}"
# Who reports to the immigration office reads only what their own office recommended (출입국관리법 제84조).
AFTER = f"{HERE} OR NOT (SELECT wall.is_official()) AND {SHARED}"
TABLES = (
    "visas_obligation",
    "visas_obligationcheck",
    "visas_obligationcheckevent",
    "visas_finding",
    "visas_findingevent",
)


def read_by(condition: str) -> str:
    return ";".join(f"ALTER POLICY view ON {table} USING ({condition})" for table in TABLES)


def kept_by(table: str, trigger: str, events: str = "UPDATE") -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER stays BEFORE {events} ON {table} FOR EACH ROW EXECUTE FUNCTION wall.{trigger}()",
        f"DROP TRIGGER stays ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("visas", "0013_demand"), ("centers", "0004_exports_wall")]
    operations = [
        # True also for nobody, and for who holds no role today: what is not known stays closed.
        function(
            "wall.is_official()",
            """
            SELECT coalesce(bool_or(m.official), true) FROM centers_membership m
             WHERE m.user_id = wall.actor() AND m.starts_on <= wall.today()
               AND (m.ends_on IS NULL OR m.ends_on >= wall.today())
            """,
            returns="boolean",
            definer=True,
            language="sql",
            traits="STABLE",
        ),
        migrations.RunSQL(read_by(AFTER), read_by(BEFORE)),
        # Joining identities or merging files moves a row with its client and changes nothing else.
        function(
            "wall.changes_besides(before jsonb, after jsonb, open text[])",
            """
            SELECT before - open - '{client_id,person_id}'::text[]
                   IS DISTINCT FROM after - open - '{client_id,person_id}'::text[]
            """,
            returns="boolean",
            language="sql",
            traits="IMMUTABLE",
        ),
        function(
            "wall.keep_obligation()",
            """
            BEGIN
              IF wall.changes_besides(to_jsonb(OLD), to_jsonb(NEW),
                   CASE WHEN OLD.ended_on IS NULL THEN '{ended_on}' ELSE '{}' END::text[]) THEN
                RAISE EXCEPTION 'a duty only ends'
                  USING ERRCODE = '23514', CONSTRAINT = 'obligation_stays', TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NEW;
            END
            """,
            returns="trigger",
        ),
        kept_by("visas_obligation", "keep_obligation"),
        function(
            "wall.keep_check()",
            """
            BEGIN
              IF wall.changes_besides(to_jsonb(OLD), to_jsonb(NEW),
                   CASE WHEN OLD.result = '' THEN '{result,done_on,done_by_id,document,note,proof_id}'
                        ELSE '{}' END::text[]) THEN
                RAISE EXCEPTION 'a check is made once'
                  USING ERRCODE = '23514', CONSTRAINT = 'check_stays', TABLE = TG_TABLE_NAME;
              END IF;
              IF OLD.result = '' AND NEW.result <> '' THEN
                NEW.done_by_id := coalesce(wall.actor(), NEW.done_by_id);
              END IF;
              RETURN NEW;
            END
            """,
            returns="trigger",
        ),
        kept_by("visas_obligationcheck", "keep_check"),
        # The two persons are those who were signed in, so that neither look is given another's name.
        function(
            "wall.keep_finding()",
            """
            BEGIN
              IF TG_OP = 'INSERT' THEN
                NEW.found_by_id := coalesce(wall.actor(), NEW.found_by_id);
                RETURN NEW;
              END IF;
              IF wall.changes_besides(to_jsonb(OLD), to_jsonb(NEW),
                   CASE WHEN OLD.state = 'open' AND NEW.state <> 'open'
                        THEN '{state,looked_by_id,looked_on,reason,said}' ELSE '{}' END::text[]) THEN
                RAISE EXCEPTION 'only the second look is added to a finding'
                  USING ERRCODE = '23514', CONSTRAINT = 'finding_stays', TABLE = TG_TABLE_NAME;
              END IF;
              IF NEW.state <> OLD.state THEN
                NEW.looked_by_id := coalesce(wall.actor(), NEW.looked_by_id);
              END IF;
              RETURN NEW;
            END
            """,
            returns="trigger",
        ),
        kept_by("visas_finding", "keep_finding", "INSERT OR UPDATE"),
        # After the row, so that the wall speaks first to whoever may not write here.
        function(
            "wall.begin_finding()",
            """
            BEGIN
              IF NEW.state <> 'open' OR NOT EXISTS (
                   SELECT FROM visas_obligationcheck k
                    WHERE k.id = NEW.check_made_id AND k.case_id = NEW.case_id AND k.result = 'not_kept') THEN
                RAISE EXCEPTION 'a finding begins open, with a check that shows it'
                  USING ERRCODE = '23514', CONSTRAINT = 'finding_stays', TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NULL;
            END
            """,
            returns="trigger",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER begins AFTER INSERT ON visas_finding FOR EACH ROW EXECUTE FUNCTION wall.begin_finding()",
            "DROP TRIGGER begins ON visas_finding",
        ),
        function(
            "wall.finding_of_check()",
            """
            BEGIN
              IF NOT EXISTS (SELECT FROM visas_finding f WHERE f.check_made_id = NEW.id) THEN
                RAISE EXCEPTION 'a duty that was not kept has a finding'
                  USING ERRCODE = '23514', CONSTRAINT = 'check_not_kept_says_what', TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        migrations.RunSQL(
            """
            CREATE CONSTRAINT TRIGGER not_kept_says_what AFTER INSERT OR UPDATE ON visas_obligationcheck
              DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.result = 'not_kept')
              EXECUTE FUNCTION wall.finding_of_check()
            """,
            "DROP TRIGGER not_kept_says_what ON visas_obligationcheck",
        ),
    ]
