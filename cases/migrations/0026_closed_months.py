"""Further topics and further clients belong to their session: a closed month is written with a reason there too."""

from django.db import migrations

from centers.walls import function, on_statement


class Migration(migrations.Migration):

    dependencies = [("cases", "0025_month_close")]

    operations = [
        # What moves with a merge or a session is an update, and no change of who came for what.
        function(
            "wall.part_of_a_closed_month()",
            """
            BEGIN
              IF coalesce(current_setting('wall.change_reason', true), '') <> '' THEN
                RETURN NULL;
              END IF;
              IF TG_OP = 'INSERT' THEN
                PERFORM wall.refuse_closed_months((SELECT array_agg(session_id) FROM new_rows));
              ELSE
                PERFORM wall.refuse_closed_months((SELECT array_agg(session_id) FROM old_rows));
              END IF;
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        function(
            "wall.refuse_closed_months(written bigint[])",
            """
            BEGIN
              PERFORM pg_advisory_xact_lock_shared(hashtext('cases_monthclose'), n.workspace_id::int)
                 FROM (SELECT DISTINCT workspace_id FROM cases_session WHERE id = ANY (written) ORDER BY 1) n;
              PERFORM FROM cases_session s JOIN cases_monthclose c ON c.workspace_id = s.workspace_id
               WHERE s.id = ANY (written) AND c.opened_at IS NULL
                 AND c.month = date_trunc('month', s.held_on::timestamp)::date;
              IF FOUND THEN
                RAISE EXCEPTION 'a session of a closed month' USING ERRCODE = '23514', CONSTRAINT = 'month_is_closed';
              END IF;
            END
            """,
            returns="void",
            definer=True,
            private=True,
        ),
        *(
            on_statement(table, "month_is_closed", "wall.part_of_a_closed_month", events=("INSERT", "DELETE"))
            for table in ("cases_sessionissue", "cases_sessionclient")
        ),
    ]
