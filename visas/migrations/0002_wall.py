"""Row security of visa cases and vouchers, and who reads them beside their own workspace."""

from django.db import migrations

from centers.walls import client_triple, function, on_statement, shared_by_trigger, wall


class Migration(migrations.Migration):
    dependencies = [("visas", "0001_initial"), ("cases", "0004_rules")]
    operations = [
        client_triple("visas_visacase"),
        client_triple("visas_voucher"),
        wall(
            "visas_visacase",
            view="view_visa_cases",
            work="work_visa_cases",
            review="review_visa_cases",
            shared=True,
            history=True,
        ),
        wall(
            "visas_voucher",
            view="view_vouchers",
            work="work_vouchers",
            review="approve_vouchers",
            shared=True,
            history=True,
        ),
        shared_by_trigger("visas_visacase"),
        shared_by_trigger("visas_voucher"),
        # A support centre reads the visa cases and vouchers of its own clients, wherever they are kept;
        # the province reads the files of those whose case it reviews.
        function(
            "wall.share(persons bigint[])",
            """
            BEGIN
              -- Two files of one person made at once would not see each other.
              PERFORM FROM cases_person WHERE id = ANY (persons) ORDER BY id FOR NO KEY UPDATE;
              WITH readers AS MATERIALIZED (SELECT * FROM wall.readers_of(persons))
              UPDATE visas_visacase v SET shared_with = r.workspaces FROM readers r
               WHERE v.person_id = r.person_id AND v.shared_with <> r.workspaces;
              WITH readers AS MATERIALIZED (SELECT * FROM wall.readers_of(persons))
              UPDATE visas_voucher v SET shared_with = r.workspaces FROM readers r
               WHERE v.person_id = r.person_id AND v.shared_with <> r.workspaces;
              WITH reviewed AS MATERIALIZED (
                SELECT c.id, CASE WHEN bool_or(v.id IS NOT NULL) THEN provinces.ids ELSE '{}' END AS workspaces
                  FROM unnest(persons) AS p (id)
                  JOIN cases_client c ON c.person_id = p.id
                  LEFT JOIN visas_visacase v ON v.client_id = c.id,
                  (SELECT coalesce(array_agg(id::int ORDER BY id), '{}') AS ids
                     FROM centers_workspace WHERE kind = 'province') provinces
                 GROUP BY c.id, provinces.ids)
              UPDATE cases_client c SET shared_with = r.workspaces FROM reviewed r
               WHERE c.id = r.id AND c.shared_with <> r.workspaces;
            END
            """,
            returns="void",
            definer=True,
            private=True,
        ),
        function(
            "wall.readers_of(persons bigint[])",
            """
            SELECT p.id, coalesce(array_agg(DISTINCT w.id::int ORDER BY w.id::int) FILTER (WHERE w.kind = 'center'), '{}')
              FROM unnest(persons) AS p (id)
              LEFT JOIN cases_client c ON c.person_id = p.id
              LEFT JOIN centers_workspace w ON w.id = c.workspace_id
             GROUP BY p.id
            """,
            returns="TABLE (person_id bigint, workspaces int[])",
            language="sql",
            definer=True,
            private=True,
            traits="STABLE",
        ),
        function(
            "wall.share_changed()",
            """
            DECLARE
              persons bigint[];
            BEGIN
              IF TG_OP = 'UPDATE' THEN
                SELECT array_agg(DISTINCT p) INTO persons FROM (
                  SELECT n.person_id FROM new_rows n JOIN old_rows o USING (id) WHERE n.person_id <> o.person_id
                  UNION ALL
                  SELECT o.person_id FROM new_rows n JOIN old_rows o USING (id) WHERE n.person_id <> o.person_id
                ) AS changed (p);
              ELSE
                SELECT array_agg(DISTINCT n.person_id) INTO persons FROM new_rows n;
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
        on_statement("cases_client", "share", "wall.share_changed"),
        on_statement("visas_visacase", "share", "wall.share_changed"),
        on_statement("visas_voucher", "share", "wall.share_changed"),
    ]
