"""The province reads the files of those with a visa case whole: their names, their household and who came with them."""

from django.db import migrations

from centers.walls import function, on_statement, shared_through

WITH_A_CASE = "EXISTS (SELECT FROM visas_visacase v WHERE v.client_id = c.id)"
WITH_THEM = """EXISTS (
                  SELECT FROM cases_familylink f
                    JOIN cases_household h ON h.id = f.household_id
                    JOIN visas_visacase v ON v.client_id = h.principal_id
                   WHERE f.client_id = c.id)"""
AND_THEIRS = """
              persons := persons || ARRAY(
                SELECT f.person_id FROM cases_household h JOIN cases_familylink f ON f.household_id = h.id
                 WHERE h.principal_person_id = ANY (persons));"""


def share(reviewed: str, more: str = "") -> migrations.RunSQL:
    """Who reads what beside the workspace that keeps it: a support centre the visa cases and vouchers of its own
    clients, the province the files that are ``reviewed``.
    """
    return function(
        "wall.share(persons bigint[])",
        f"""
            BEGIN{more}
              -- Two files of one person made at once would not see each other.
              PERFORM FROM cases_person WHERE id = ANY (persons) ORDER BY id FOR NO KEY UPDATE;
              WITH readers AS MATERIALIZED (SELECT * FROM wall.readers_of(persons))
              UPDATE visas_visacase v SET shared_with = r.workspaces FROM readers r
               WHERE v.person_id = r.person_id AND v.shared_with <> r.workspaces;
              WITH readers AS MATERIALIZED (SELECT * FROM wall.readers_of(persons))
              UPDATE visas_voucher v SET shared_with = r.workspaces FROM readers r
               WHERE v.person_id = r.person_id AND v.shared_with <> r.workspaces;
              WITH reviewed AS MATERIALIZED (
                SELECT c.id, CASE WHEN {reviewed} THEN provinces.ids ELSE '{{}}' END AS workspaces
                  FROM cases_client c,
                  (SELECT coalesce(array_agg(id::int ORDER BY id), '{{}}') AS ids
                     FROM centers_workspace WHERE kind = 'province') provinces
                 WHERE c.person_id = ANY (persons))
              UPDATE cases_client c SET shared_with = r.workspaces FROM reviewed r
               WHERE c.id = r.id AND c.shared_with <> r.workspaces;
            END
            """,
        returns="void",
        definer=True,
        private=True,
    )


class Migration(migrations.Migration):
    dependencies = [("visas", "0026_places_and_moves"), ("cases", "0022_guarded_accesses")]
    operations = [
        migrations.RunSQL(
            share(f"{WITH_A_CASE} OR {WITH_THEM}", AND_THEIRS).sql, share(WITH_A_CASE).sql
        ),
        # A dependant who is entered, moved to another file or taken out of the household.
        function(
            "wall.share_dependants()",
            """
            DECLARE
              persons bigint[];
            BEGIN
              IF TG_OP = 'UPDATE' THEN
                SELECT array_agg(DISTINCT p) INTO persons
                  FROM new_rows n JOIN old_rows o USING (id), unnest(ARRAY[n.person_id, o.person_id]) AS p
                 WHERE (n.client_id, n.household_id, n.person_id) <> (o.client_id, o.household_id, o.person_id);
              ELSIF TG_OP = 'INSERT' THEN
                SELECT array_agg(DISTINCT n.person_id) INTO persons FROM new_rows n;
              ELSE
                SELECT array_agg(DISTINCT o.person_id) INTO persons FROM old_rows o;
              END IF;
              IF persons IS NOT NULL THEN
                PERFORM wall.share(persons);
              END IF;
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        on_statement("cases_familylink", "share", "wall.share_dependants", events=("INSERT", "UPDATE", "DELETE")),
        shared_through("cases_clientname", "client_id", view="view_clients"),
        shared_through("cases_household", "principal_id", view="view_clients"),
        shared_through("cases_familylink", "client_id", view="view_clients"),
        migrations.RunSQL(
            "SELECT wall.share(ARRAY(SELECT DISTINCT person_id FROM cases_familylink))", migrations.RunSQL.noop
        ),
    ]
