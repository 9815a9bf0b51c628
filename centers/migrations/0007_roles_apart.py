"""Roles that one person may not hold on the same day, and stand-ins that outlast nobody they stand in for."""

from django.db import migrations

from centers.walls import app_role, function

DAYS = "daterange({0}.starts_on, {0}.ends_on, '[]')"
# Another role of the same person on some of the same days that the table keeps apart from this one.
MEETS = f"""
  SELECT FROM centers_membership held
  JOIN centers_separation apart ON apart.withdrawn_on IS NULL
    AND (apart.one, apart.other) IN ((NEW.role, held.role), (held.role, NEW.role))
  WHERE held.user_id = NEW.user_id AND held.id <> NEW.id AND {DAYS.format("held")} && {DAYS.format("NEW")}
"""


def refusal(name: str, text: str) -> str:
    return f"RAISE EXCEPTION '{text}' USING ERRCODE = '23514', CONSTRAINT = '{name}', TABLE = TG_TABLE_NAME;"


class Migration(migrations.Migration):
    dependencies = [("centers", "0006_separations")]
    operations = [
        function(
            "wall.keep_roles_apart()",
            f"""
            BEGIN
              -- What is shortened meets nothing new: an old row can always be ended.
              IF TG_OP = 'UPDATE' THEN
                IF (OLD.user_id, OLD.role) = (NEW.user_id, NEW.role) AND {DAYS.format("OLD")} @> {DAYS.format("NEW")}
                THEN
                  RETURN NULL;
                END IF;
              END IF;
              PERFORM 1 FROM accounts_user WHERE id = NEW.user_id FOR NO KEY UPDATE;  -- of two at once the second waits
              IF EXISTS ({MEETS} AND apart.refused) THEN
                {refusal("roles_kept_apart", "two roles that are kept apart")}
              END IF;
              IF NEW.declaration = '' AND EXISTS ({MEETS} AND held.declaration = '') THEN
                {refusal("roles_met_undeclared", "two roles meet and nobody says why")}
              END IF;
              RETURN NULL;
            END
            """,
            returns="trigger",
        ),
        function(
            "wall.keep_stand_ins_within()",
            f"""
            BEGIN
              IF NEW.stands_in_for_id IS NOT NULL THEN
                PERFORM 1 FROM centers_membership own
                WHERE own.user_id = NEW.stands_in_for_id AND own.workspace_id = NEW.workspace_id
                  AND own.role = NEW.role AND own.stands_in_for_id IS NULL
                  AND {DAYS.format("own")} @> {DAYS.format("NEW")}
                FOR NO KEY UPDATE;
                IF NOT FOUND THEN
                  {refusal("stand_in_within", "a stand-in outlasts the role")}
                END IF;
              END IF;
              IF TG_OP = 'UPDATE' AND EXISTS (
                SELECT FROM centers_membership substitute
                WHERE substitute.stands_in_for_id = OLD.user_id AND substitute.workspace_id = OLD.workspace_id
                  AND substitute.role = OLD.role AND {DAYS.format("OLD")} @> {DAYS.format("substitute")}
                  AND NOT {DAYS.format("NEW")} @> {DAYS.format("substitute")}
              ) THEN
                {refusal("stand_in_within", "a stand-in outlasts the role")}
              END IF;
              RETURN NULL;
            END
            """,
            returns="trigger",
        ),
        # A role that has not begun has opened nothing: it can be taken back. One that has begun is kept.
        function(
            "wall.keep_begun_memberships()",
            f"""
            BEGIN
              IF OLD.starts_on <= wall.today() THEN
                {refusal("membership_begun_stays", "a role that has begun is ended and not deleted")}
              END IF;
              RETURN OLD;
            END
            """,
            returns="trigger",
        ),
        # Rows about money come from the reference file alone: whoever grants roles does not loosen them.
        function(
            "wall.keep_strict_separations()",
            f"""
            BEGIN
              IF current_user <> {app_role().replace('"', "'")} THEN
                RETURN NEW;
              END IF;
              IF TG_OP = 'UPDATE' THEN
                IF OLD.refused THEN
                  {refusal("separation_strict_stays", "what is kept apart for money is changed by no page")}
                END IF;
              END IF;
              IF NEW.refused THEN
                {refusal("separation_strict_stays", "what is kept apart for money is changed by no page")}
              END IF;
              RETURN NEW;
            END
            """,
            returns="trigger",
        ),
        migrations.RunSQL(
            f"""
            CREATE TRIGGER keep_roles_apart AFTER INSERT OR UPDATE ON centers_membership
              FOR EACH ROW EXECUTE FUNCTION wall.keep_roles_apart();
            CREATE TRIGGER keep_stand_ins_within AFTER INSERT OR UPDATE ON centers_membership
              FOR EACH ROW EXECUTE FUNCTION wall.keep_stand_ins_within();
            CREATE TRIGGER keep_begun BEFORE DELETE ON centers_membership
              FOR EACH ROW EXECUTE FUNCTION wall.keep_begun_memberships();
            GRANT DELETE ON centers_membership TO {app_role()};
            CREATE TRIGGER keep_strict BEFORE INSERT OR UPDATE ON centers_separation
              FOR EACH ROW EXECUTE FUNCTION wall.keep_strict_separations();
            REVOKE DELETE ON centers_separation FROM {app_role()};
            """,
            f"""
            GRANT DELETE ON centers_separation TO {app_role()};
            DROP TRIGGER keep_strict ON centers_separation;
            REVOKE DELETE ON centers_membership FROM {app_role()};
            DROP TRIGGER keep_begun ON centers_membership;
            DROP TRIGGER keep_stand_ins_within ON centers_membership;
            DROP TRIGGER keep_roles_apart ON centers_membership;
            """,
        ),
    ]
