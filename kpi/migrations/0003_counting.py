"""Every countable record in one shape, marks where it changes, and the summary counted from it."""

from django.db import migrations

from centers.walls import app_role, function, on_statement

VISA_STAGES = (
    "received", "recommended", "submitted", "granted", "refused", "ineligible", "withdrawn", "lapsed", "settled", "left",
)  # fmt: skip

# Columns of the view, in its order; a branch names those it knows.
COLUMNS = {
    "source": "text", "source_id": "bigint", "kind": "text", "happened_on": "date", "recorded_on": "date",
    "workspace_id": "bigint", "municipality": "text", "university": "text", "programme": "text", "visa_programme": "text",
    "person_id": "bigint", "language": "text", "nationality": "text", "status": "text", "channel": "text", "topic": "text",
    "sex": "text", "quantity": "bigint", "minutes": "bigint", "province_won": "bigint", "approved": "boolean",
    "reported": "boolean",
}  # fmt: skip
EMPTY = {"minutes": "0", "province_won": "0", "approved": "false", "reported": "false"}


def branch(tables: str, **known: str) -> str:
    columns = ", ".join(f"({known.get(name, EMPTY.get(name, 'NULL'))})::{kind} AS {name}" for name, kind in COLUMNS.items())
    return f"SELECT {columns} FROM {tables}"


def of_row(alias: str) -> dict[str, str]:
    return {name: f"{alias}.{name}" for name in ("recorded_on", "workspace_id")} | {"source_id": f"{alias}.id"}


PLACE = "LEFT JOIN centers_workspace w ON w.id ="

BRANCHES = [
    branch(
        f"cases_session s LEFT JOIN cases_client c ON c.id = s.client_id {PLACE} s.workspace_id WHERE s.voided_at IS NULL",
        **of_row("s"),
        source="'session'", kind="'session'", happened_on="s.held_on", municipality="coalesce(w.municipality_id, '52')",
        programme="s.programme_id", person_id="s.person_id", language="s.language_id",
        nationality="coalesce(c.nationality_id, s.nationality_id, 'unknown')", status="s.status_id",
        channel="s.channel_id", topic="s.topic_id", sex="coalesce(c.sex_id, s.sex_id)", quantity="s.clients",
        minutes="coalesce(s.minutes, 0)",
    ),
    branch(
        f"cases_activity a {PLACE} a.workspace_id WHERE a.voided_at IS NULL",
        **of_row("a"),
        source="'activity'", kind="'activity'", happened_on="a.held_on", municipality="coalesce(w.municipality_id, '52')",
        programme="a.programme_id", language="a.language_id", quantity="coalesce(a.participants, 0)",
        approved="a.approved_on IS NOT NULL", reported="a.reported_on IS NOT NULL",
    ),
    # One row a night: distinct stays and persons are counted from them, and nights on leave fall out.
    branch(
        f"""cases_stay s LEFT JOIN cases_client c ON c.id = s.client_id {PLACE} s.workspace_id
            CROSS JOIN LATERAL generate_series(
              s.checked_in_on::timestamp, least(s.checked_out_on, wall.today() + 1)::timestamp - interval '1 day',
              interval '1 day') AS night
            WHERE s.voided_at IS NULL
              AND NOT EXISTS (SELECT FROM cases_stayleave l
                               WHERE l.stay_id = s.id AND night::date >= l.left_on AND night::date < l.back_on)""",
        **of_row("s"),
        source="'stay'", kind="'night'", happened_on="night::date", municipality="coalesce(w.municipality_id, '52')",
        programme="'worker-shelter'", person_id="s.person_id", nationality="coalesce(c.nationality_id, 'unknown')",
        status="c.status_id", sex="c.sex_id", quantity="1",
    ),
    branch(
        "visas_voucher v LEFT JOIN cases_client c ON c.id = v.client_id WHERE v.paid_on IS NOT NULL",
        **of_row("v"),
        source="'voucher'", kind="'voucher_paid'", happened_on="v.paid_on", municipality="v.municipality_id",
        programme="'visa-upgrade-voucher'", person_id="v.person_id", nationality="coalesce(c.nationality_id, 'unknown')",
        status="c.status_id", sex="c.sex_id", quantity="v.amount_won", province_won="v.amount_won::bigint * 30 / 100",
    ),
    *(
        branch(
            f"visas_visacase v LEFT JOIN cases_client c ON c.id = v.client_id {PLACE} v.workspace_id "
            f"WHERE v.{stage}_on IS NOT NULL",
            **of_row("v"),
            source="'visa_case'", kind=f"'visa_{stage}'", happened_on=f"v.{stage}_on",
            municipality="coalesce(v.municipality_id, '52')",
            university="CASE WHEN w.kind = 'university' THEN w.code END", visa_programme="v.programme_id",
            person_id="v.person_id", nationality="coalesce(c.nationality_id, 'unknown')", status="c.status_id",
            sex="c.sex_id", quantity="1",
        )
        for stage in VISA_STAGES
    ),
    branch(
        f"cases_familylink f LEFT JOIN cases_client c ON c.id = f.client_id {PLACE} f.workspace_id "
        f"WHERE f.settled_on IS NOT NULL",
        **of_row("f"),
        source="'dependant'", kind="'dependant_settled'", happened_on="f.settled_on",
        municipality="coalesce(w.municipality_id, '52')", person_id="f.person_id",
        nationality="coalesce(c.nationality_id, 'unknown')", status="coalesce(f.status_id, c.status_id)", sex="c.sex_id",
        quantity="1",
    ),
]  # fmt: skip
VIEW = "CREATE VIEW kpi_activity WITH (security_invoker = true) AS\n" + "\nUNION ALL\n".join(BRANCHES)

# The summary of the records between two days. The invoker's own scope decides what it sees; one pass over the
# sessions counts all their splits at once. Without SET and of one statement, so that the planner sees through it.
COUNT = """
SELECT workspace_id, month, kind,
       CASE split WHEN 31 THEN 'language' WHEN 47 THEN 'channel' WHEN 55 THEN 'topic' WHEN 59 THEN 'nationality'
                  WHEN 61 THEN 'programme' WHEN 62 THEN 'identity' ELSE '' END,
       coalesce(language, channel, topic, nationality, programme, identity, ''), records, quantity, minutes, 0::bigint
  FROM (
    SELECT workspace_id, month, kind, language, channel, topic, nationality, programme, identity,
           GROUPING(language, channel, topic, nationality, programme, identity) AS split,
           count(*) AS records, sum(quantity)::bigint AS quantity, sum(minutes)::bigint AS minutes
      FROM (SELECT a.*, date_trunc('month', a.happened_on::timestamp)::date AS month,
                   CASE WHEN a.person_id IS NULL THEN 'anonymous' ELSE 'person' END AS identity
              FROM kpi_activity a
             WHERE a.kind = 'session' AND a.happened_on BETWEEN first AND last AND a.workspace_id = ANY (places)) s
     GROUP BY GROUPING SETS (
       (workspace_id, month, kind), (workspace_id, month, kind, language), (workspace_id, month, kind, channel),
       (workspace_id, month, kind, topic), (workspace_id, month, kind, nationality),
       (workspace_id, month, kind, programme), (workspace_id, month, kind, identity))
  ) sessions
UNION ALL
SELECT workspace_id, month, kind,
       CASE split WHEN 3 THEN 'programme' WHEN 5 THEN 'visa_programme' WHEN 6 THEN 'municipality' ELSE '' END,
       coalesce(programme, visa_programme, municipality, ''), records, quantity, minutes, province_won
  FROM (
    SELECT workspace_id, month, kind, programme, visa_programme, municipality,
           GROUPING(programme, visa_programme, municipality) AS split, count(*) AS records,
           sum(quantity)::bigint AS quantity, sum(minutes)::bigint AS minutes, sum(province_won)::bigint AS province_won
      FROM (SELECT a.*, date_trunc('month', a.happened_on::timestamp)::date AS month
              FROM kpi_activity a
             WHERE a.kind <> 'session' AND a.kind <> 'night' AND a.happened_on BETWEEN first AND last
               AND a.workspace_id = ANY (places)) r
     GROUP BY GROUPING SETS ((workspace_id, month, kind), (workspace_id, month, kind, programme),
                             (workspace_id, month, kind, visa_programme), (workspace_id, month, kind, municipality))
  ) others
 WHERE split = 7 OR coalesce(programme, visa_programme, municipality) IS NOT NULL
"""

# Which days of a row decide the months it is counted in.
COUNTED_BY = {
    "cases_session": ["held_on"],
    "cases_activity": ["held_on"],
    "cases_stay": ["checked_in_on"],
    "cases_stayleave": ["left_on"],
    "cases_familylink": ["settled_on"],
    "visas_voucher": ["paid_on"],
    "visas_visacase": [f"{stage}_on" for stage in VISA_STAGES],
}
REFERENCE = [
    "centers_bed", "centers_shelter", "centers_workspace", "centers_supportprogramme", "visas_quotaentry",
    "kpi_indicator", "kpi_target", "kpi_countingrule", "kpi_manualfigure",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("kpi", "0002_marks"), ("cases", "0004_rules"), ("visas", "0003_rules")]
    operations = [
        migrations.RunSQL(VIEW, "DROP VIEW kpi_activity"),
        migrations.RunSQL(f"REVOKE INSERT, UPDATE, DELETE ON kpi_activity FROM {app_role()}", migrations.RunSQL.noop),
        # Figures are read with the permission on figures, persons of a month with that on sessions. Nobody but
        # the recount writes either; marks are written by triggers and taken by the recount.
        migrations.RunSQL(
            f"""
            ALTER TABLE kpi_monthlyactivity ENABLE ROW LEVEL SECURITY;
            CREATE POLICY view ON kpi_monthlyactivity FOR SELECT USING (
              (SELECT wall.whole('view_figures'))
              OR workspace_id = ANY ((SELECT wall.scope('view_figures'))::bigint[]));
            ALTER TABLE kpi_monthlyperson ENABLE ROW LEVEL SECURITY;
            CREATE POLICY view ON kpi_monthlyperson FOR SELECT USING (
              (SELECT wall.whole('view_sessions'))
              OR workspace_id = ANY ((SELECT wall.scope('view_sessions'))::bigint[]));
            ALTER TABLE kpi_yearanswer ENABLE ROW LEVEL SECURITY;
            CREATE POLICY view ON kpi_yearanswer FOR SELECT USING ((SELECT wall.whole('view_figures')));
            CREATE POLICY work_insert ON kpi_yearanswer FOR INSERT WITH CHECK ((SELECT wall.whole('view_sessions')));
            CREATE POLICY work_delete ON kpi_yearanswer FOR DELETE USING ((SELECT wall.whole('view_sessions')));
            REVOKE INSERT, UPDATE, DELETE ON kpi_monthlyactivity, kpi_monthlyperson, kpi_dirtymonth FROM {app_role()};
            REVOKE UPDATE ON kpi_yearanswer FROM {app_role()};
            CREATE SEQUENCE kpi_generation;
            SELECT nextval('kpi_generation');
            REVOKE ALL ON SEQUENCE kpi_generation FROM {app_role()};
            GRANT SELECT ON SEQUENCE kpi_generation TO {app_role()};
            """,
            f"""
            DROP SEQUENCE kpi_generation;
            DROP POLICY view ON kpi_monthlyactivity;
            ALTER TABLE kpi_monthlyactivity DISABLE ROW LEVEL SECURITY;
            DROP POLICY view ON kpi_monthlyperson;
            ALTER TABLE kpi_monthlyperson DISABLE ROW LEVEL SECURITY;
            DROP POLICY view ON kpi_yearanswer;
            DROP POLICY work_insert ON kpi_yearanswer;
            DROP POLICY work_delete ON kpi_yearanswer;
            ALTER TABLE kpi_yearanswer DISABLE ROW LEVEL SECURITY;
            GRANT INSERT, UPDATE, DELETE ON kpi_monthlyactivity, kpi_monthlyperson, kpi_dirtymonth TO {app_role()};
            """,
        ),
        # Marks. The months of what was and of what is now; a row that stays as it was marks nothing.
        function(
            "wall.mark_months()",
            """
            DECLARE
              changed text := CASE TG_OP
                WHEN 'INSERT' THEN 'SELECT n.* FROM new_rows n'
                WHEN 'DELETE' THEN 'SELECT o.* FROM old_rows o'
                ELSE 'SELECT n.* FROM new_rows n JOIN old_rows o USING (id) WHERE n IS DISTINCT FROM o
                      UNION ALL
                      SELECT o.* FROM new_rows n JOIN old_rows o USING (id) WHERE n IS DISTINCT FROM o' END;
            BEGIN
              EXECUTE format(
                'INSERT INTO kpi_dirtymonth (workspace_id, month)
                 SELECT DISTINCT workspace_id, date_trunc(''month'', day::timestamp)::date
                   FROM (SELECT r.workspace_id, unnest(ARRAY[%s]) AS day FROM (%s) r) d WHERE day IS NOT NULL',
                (SELECT string_agg(format('r.%I', day), ', ') FROM unnest(TG_ARGV) AS day), changed);
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        *(
            on_statement(table, "mark", "wall.mark_months", events=("INSERT", "UPDATE", "DELETE"), arguments=days)
            for table, days in COUNTED_BY.items()
        ),
        # A client's nationality counts its sessions; joining identities changes the sessions themselves.
        function(
            "wall.mark_clients()",
            """
            BEGIN
              INSERT INTO kpi_dirtymonth (workspace_id, client_id)
              SELECT n.workspace_id, n.id FROM new_rows n JOIN old_rows o USING (id)
               WHERE (n.nationality_id, n.person_id) IS DISTINCT FROM (o.nationality_id, o.person_id);
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        on_statement("cases_client", "mark", "wall.mark_clients", events=("UPDATE",)),
        function(
            "wall.mark_reference()",
            """
            BEGIN
              INSERT INTO kpi_dirtymonth (workspace_id, month) VALUES (0, '2000-01-01');
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        migrations.RunSQL(
            [
                f"CREATE TRIGGER mark AFTER INSERT OR UPDATE OR DELETE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION wall.mark_reference()"
                for table in REFERENCE
            ]
            # Its counters change with each recommendation, which marks by itself.
            + [
                "CREATE TRIGGER mark AFTER INSERT OR DELETE OR UPDATE OF starts_on, ends_on ON visas_quotapool "
                "FOR EACH STATEMENT EXECUTE FUNCTION wall.mark_reference()"
            ],
            [f"DROP TRIGGER mark ON {table}" for table in [*REFERENCE, "visas_quotapool"]],
        ),
        function(
            "wall.mark_all()",
            """
            INSERT INTO kpi_dirtymonth (workspace_id, month)
            SELECT workspace_id, date_trunc('month', happened_on::timestamp)::date FROM kpi_activity GROUP BY 1, 2
            UNION SELECT workspace_id, month FROM kpi_monthlyactivity
            UNION SELECT workspace_id, month FROM kpi_monthlyperson
            """,
            returns="void",
            language="sql",
            definer=True,
        ),
        function(
            "wall.count_activity(first date, last date, places bigint[])",
            COUNT,
            returns="TABLE (workspace_id bigint, month date, kind text, dimension text, value text, records bigint, "
            "quantity bigint, minutes bigint, province_won bigint)",
            language="sql",
            traits="STABLE",
        ),
        # Counts workspace-months afresh. The caller holds their locks.
        function(
            "wall.recount(places bigint[], months date[])",
            """
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
                FROM (SELECT DISTINCT workspace_id, date_trunc('month', held_on::timestamp)::date AS month, person_id
                        FROM cases_session
                       WHERE voided_at IS NULL AND person_id IS NOT NULL AND held_on BETWEEN first AND last
                         AND workspace_id = ANY (sites)) s
                JOIN unnest(places, months) AS p (place, month) ON p.place = s.workspace_id AND p.month = s.month
               ORDER BY s.workspace_id, s.month, s.person_id;  -- as the index stands: four times as fast
            END
            """,
            returns="void",
            definer=True,
            traits="SET work_mem = '128MB' SET hash_mem_multiplier = 8 SET plan_cache_mode = 'force_custom_plan' SET jit = off",
        ),
        # Takes the marks of the running scope and counts their months. The marks go first, then the locks are
        # taken, then the rows are read, each in a statement of its own: a change that commits in between has
        # left a mark that stays. Where `wait`, marks that another recount holds are waited for, so that the
        # summary is whole afterwards; a worker skips them. `place` and `only_month` name one month, counted in any case.
        # `generation` may stand under a kept answer: 0 where another recount came in between.
        function(
            "wall.drain(wait boolean, place bigint, only_month date)",
            """
            DECLARE
              everywhere boolean := wall.whole('view_sessions');
              here bigint[] := wall.scope('view_sessions');
              before bigint;
              marks bigint[];
              places bigint[];
              months date[];
            BEGIN
              SELECT last_value INTO before FROM kpi_generation;
              IF wait THEN
                marks := ARRAY(SELECT d.id FROM kpi_dirtymonth d
                                WHERE (everywhere OR d.workspace_id = ANY (here) OR (d.workspace_id = 0 AND here <> '{}'))
                                  AND (place IS NULL OR (d.workspace_id = place AND d.month = only_month))
                                ORDER BY d.id FOR UPDATE);
              ELSE
                marks := ARRAY(SELECT d.id FROM kpi_dirtymonth d
                                WHERE (everywhere OR d.workspace_id = ANY (here) OR (d.workspace_id = 0 AND here <> '{}'))
                                  AND (place IS NULL OR (d.workspace_id = place AND d.month = only_month))
                                ORDER BY d.id FOR UPDATE SKIP LOCKED);
              END IF;
              IF marks = '{}' AND (place IS NULL OR NOT (everywhere OR place = ANY (here))) THEN
                RETURN QUERY SELECT 0, before;
                RETURN;
              END IF;
              WITH gone AS (
                DELETE FROM kpi_dirtymonth d WHERE d.id = ANY (marks) RETURNING d.workspace_id, d.month, d.client_id
              ), pairs AS (
                SELECT g.workspace_id::bigint AS w, g.month AS m FROM gone g
                 WHERE g.month IS NOT NULL AND g.workspace_id <> 0
                UNION
                SELECT s.workspace_id, date_trunc('month', s.held_on::timestamp)::date
                  FROM gone g JOIN cases_session s ON s.client_id = g.client_id
                UNION
                SELECT place, only_month WHERE place IS NOT NULL
              )
              SELECT coalesce(array_agg(w ORDER BY w, m), '{}'), coalesce(array_agg(m ORDER BY w, m), '{}')
                INTO places, months FROM pairs;
              FOR i IN 1 .. cardinality(places) LOOP
                PERFORM pg_advisory_xact_lock(places[i]::int, months[i] - date '2000-01-01');
              END LOOP;
              -- Few months one by one, by the index; many in one pass.
              IF cardinality(places) <= 24 THEN
                FOR i IN 1 .. cardinality(places) LOOP
                  PERFORM wall.recount(places[i:i], months[i:i]);
                END LOOP;
              ELSE
                PERFORM wall.recount(places, months);
              END IF;
              RETURN QUERY SELECT cardinality(places),
                                  CASE nextval('kpi_generation') WHEN before + 1 THEN before + 1 ELSE 0 END;
            END
            """,
            returns="TABLE (recounted int, generation bigint)",
            definer=True,
        ),
        migrations.RunSQL(f"REVOKE ALL ON FUNCTION wall.recount FROM {app_role()}", migrations.RunSQL.noop),
        # An older database has records that were never counted.
        migrations.RunSQL("SELECT wall.mark_all()", migrations.RunSQL.noop),
    ]
