"""Further clients of a session are persons of its month. They add no session and no visit."""

from importlib import import_module

from django.db import migrations

from centers.walls import function, on_statement

counting = import_module("kpi.migrations.0003_counting")
evidence = import_module("kpi.migrations.0004_evidence")

# Whom a person counted in sessions stands for: the client, or one who was counselled with them.
OTHERS = counting.branch(
    f"cases_sessionclient o JOIN cases_session s ON s.id = o.session_id "
    f"LEFT JOIN cases_client c ON c.id = o.client_id {counting.PLACE} s.workspace_id WHERE s.voided_at IS NULL",
    **counting.of_row("s") | {"source_id": "o.id"},
    source="'session_other'", kind="'session_other'", happened_on="o.held_on", municipality="coalesce(w.municipality_id, '52')",
    programme="s.programme_id", person_id="o.person_id", language="s.language_id",
    nationality="coalesce(c.nationality_id, 'unknown')", channel="s.channel_id", topic="s.topic_id", sex="c.sex_id",
    quantity="0",
)  # fmt: skip
NO_RECORDS = "a.kind <> 'session' AND a.kind <> 'night'"
PERSONS = """
  SELECT workspace_id, date_trunc('month', held_on::timestamp)::date AS month, person_id
    FROM cases_session
   WHERE voided_at IS NULL AND person_id IS NOT NULL AND held_on BETWEEN first AND last AND workspace_id = ANY (sites)
  UNION
  SELECT o.workspace_id, date_trunc('month', o.held_on::timestamp)::date, o.person_id
    FROM cases_sessionclient o JOIN cases_session s ON s.id = o.session_id
   WHERE s.voided_at IS NULL AND o.held_on BETWEEN first AND last AND o.workspace_id = ANY (sites)
"""


def view(*further: str) -> str:
    shape = "CREATE OR REPLACE VIEW kpi_activity WITH (security_invoker = true) AS\n"
    return shape + "\nUNION ALL\n".join([*counting.BRANCHES, *further])


def count_activity(sql: str) -> migrations.RunSQL:
    return function(
        "wall.count_activity(first date, last date, places bigint[])",
        sql,
        returns="TABLE (workspace_id bigint, month date, kind text, dimension text, value text, records bigint, "
        "quantity bigint, minutes bigint, province_won bigint)",
        language="sql",
        traits="STABLE",
    )


class Migration(migrations.Migration):
    dependencies = [("kpi", "0006_entered"), ("cases", "0015_session_clients")]
    operations = [
        migrations.RunSQL(view(OTHERS), view()),
        migrations.RunSQL(
            count_activity(counting.COUNT.replace(NO_RECORDS, f"{NO_RECORDS} AND a.kind <> 'session_other'")).sql,
            count_activity(counting.COUNT).sql,
        ),
        function(
            "wall.recount(places bigint[], months date[])",
            f"""
            DECLARE
              first date := (SELECT min(m) FROM unnest(months) m);
              last date := (SELECT max(m) + interval '1 month' - interval '1 day' FROM unnest(months) m)::date;
              sites bigint[] := ARRAY(SELECT DISTINCT p FROM unnest(places) p);
            BEGIN
              DELETE FROM kpi_monthlyactivity a USING unnest(places, months) AS p (place, month)
               WHERE a.workspace_id = p.place AND a.month = p.month;
              DELETE FROM kpi_monthlyperson a USING unnest(places, months) AS p (place, month)
               WHERE a.workspace_id = p.place AND a.month = p.month;
              INSERT INTO kpi_monthlyactivity
                     (workspace_id, month, kind, dimension, value, records, quantity, minutes, province_won)
              SELECT c.workspace_id, c.month, c.kind, c.dimension, c.value, c.records, c.quantity, c.minutes, c.province_won
                FROM wall.count_activity(first, last, sites) c
                JOIN unnest(places, months) AS p (place, month) ON p.place = c.workspace_id AND p.month = c.month;
              INSERT INTO kpi_monthlyperson (workspace_id, month, kind, person_id)
              SELECT s.workspace_id, s.month, 'session', s.person_id
                FROM ({PERSONS}) s
                JOIN unnest(places, months) AS p (place, month) ON p.place = s.workspace_id AND p.month = s.month
               ORDER BY s.workspace_id, s.month, s.person_id;  -- as the index stands: four times as fast
            END
            """,
            returns="void",
            definer=True,
            private=True,
            traits="SET work_mem = '128MB' SET hash_mem_multiplier = 8 SET plan_cache_mode = 'force_custom_plan' SET jit = off",
        ),
        # A row of its own for each: a page that ends between two persons of one session goes on with the second.
        migrations.RunSQL(
            evidence.evidence(
                evidence.SOURCES | {"session_other": "view_sessions"}, evidence.LETTERS | {"session_other": "o"}
            ).sql,
            evidence.evidence(evidence.SOURCES, evidence.LETTERS).sql,
        ),
        on_statement(
            "cases_sessionclient", "mark", "wall.mark_months", events=("INSERT", "UPDATE", "DELETE"), arguments=["held_on"]
        ),
    ]
