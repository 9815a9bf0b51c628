"""The rows behind a figure, in number the same for everyone; which row it is, only for those who may open it."""

from django.db import migrations

from centers.walls import app_role, function

SOURCES = {
    "session": "view_sessions", "activity": "view_activities", "stay": "view_stays", "voucher": "view_vouchers",
    "visa_case": "view_visa_cases", "dependant": "view_clients",
}  # fmt: skip
LETTERS = {"session": "s", "activity": "a", "stay": "n", "voucher": "v", "visa_case": "c", "dependant": "d"}

DIMENSIONS = [
    "language", "channel", "topic", "nationality", "programme", "visa_programme", "municipality", "university",
]  # fmt: skip


def case_of(column: str, values: dict[str, str]) -> str:
    return f"CASE {column} " + " ".join(f"WHEN '{key}' THEN {value}" for key, value in values.items()) + " END"


def opens(sources: dict[str, str]) -> str:
    """Whether the running scope opens a row, by the permission that its source asks for."""
    return case_of("r.source", {
        source: f"(wall.whole('{permission}') OR r.workspace_id = ANY (wall.scope('{permission}')))"
        for source, permission in sources.items()
    })  # fmt: skip


SHARED = """(
(r.source = 'visa_case' AND EXISTS (SELECT FROM visas_visacase v WHERE v.id = r.source_id
                                     AND v.shared_with::bigint[] && wall.scope('view_visa_cases')))
OR (r.source = 'voucher' AND EXISTS (SELECT FROM visas_voucher v WHERE v.id = r.source_id
                                      AND v.shared_with::bigint[] && wall.scope('view_vouchers'))))
"""
READS_FIGURES = "wall.whole('view_figures') OR wall.scope('view_figures') <> '{}'"
# What counts once, where one row stands for several records.
GROUPS = {
    "programme": "'programme'",
    "programme_municipality": "'programme, municipality'",
    "programme_quarter": "'programme, extract(quarter FROM happened_on)'",
}
AMOUNTS = {
    "": "'1::bigint'",
    "quantity": "'a.quantity'",
    "minutes": "'a.minutes'",
    "province_won": "'a.province_won'",
    "municipality_won": "'a.quantity - a.province_won'",
    "clients": "'CASE a.kind WHEN ''session'' THEN a.quantity ELSE 1 END'",
}


def evidence(sources: dict[str, str], letters: dict[str, str]) -> migrations.RunSQL:
    """A page of the rows behind a figure. ``letters`` are the beginnings of the tokens of each source."""
    # A page of them, newest first; `after` is the token of the last row of the page before. Only who reads figures
    # somewhere gets any. Day, amount and id are there where the reader may open the record.
    return function(
        "wall.evidence(asked jsonb, after text, page int)",
        f"""
        DECLARE
          from_day date := 'infinity';
          from_source text := '~';
          from_id bigint := 9223372036854775807;
        BEGIN
          IF NOT ({READS_FIGURES}) THEN
            RETURN;
          END IF;
          IF after <> '' THEN
            from_source := {case_of("left(after, 1)", {letter: f"'{source}'" for source, letter in letters.items()})};
            from_id := wall.veil(('x' || substr(after, 2, 16))::bit(64)::bigint, from_source, true);
            from_day := date '2000-01-01' + (from_id >> 48)::int;
            from_id := from_id & 281474976710655;
          END IF;
          RETURN QUERY EXECUTE format(
            $query$
            SELECT s.letter || lpad(to_hex(wall.veil(
                     ((s.happened_on - date '2000-01-01')::bigint << 48) | s.source_id, s.source, false)), 16, '0'),
                   date_trunc('month', s.happened_on::timestamp)::date, s.workspace_id, s.programme, s.kind, s.source,
                   CASE WHEN s.opens THEN s.source_id END, CASE WHEN s.opens THEN s.happened_on END,
                   CASE WHEN s.opens THEN s.amount END
              FROM (SELECT r.*, {case_of("r.source", {source: f"'{letter}'" for source, letter in letters.items()})} AS letter,
                           {opens(sources)} OR {SHARED} AS opens
                      FROM (SELECT * FROM (%s) q
                             WHERE (happened_on, source, source_id) < (%L::date, %L, %L::bigint)
                             ORDER BY happened_on DESC, source DESC, source_id DESC LIMIT %L::int) r) s
             ORDER BY s.happened_on DESC, s.source DESC, s.source_id DESC
            $query$, wall.evidence_rows(asked), from_day, from_source, from_id, page);
        END
        """,
        returns="TABLE (token text, month date, workspace_id bigint, programme text, kind text, source text, "
        "source_id bigint, happened_on date, amount bigint)",
        definer=True,
    )


class Migration(migrations.Migration):
    dependencies = [("kpi", "0003_counting")]
    operations = [
        # A keyed permutation of 64 bits (four Feistel rounds): an id that tells nothing and leads back.
        function(
            "wall.veil(number bigint, tweak text, back boolean)",
            """
            DECLARE
              secret bytea := (SELECT key FROM wall.scope_key);
              high bigint := (number >> 32) & 4294967295;
              low bigint := number & 4294967295;
              mixed bigint;
            BEGIN
              FOR step IN 1 .. 4 LOOP
                IF back THEN
                  mixed := high;
                  high := low # wall.veil_round(secret, tweak, 5 - step, high);
                  low := mixed;
                ELSE
                  mixed := low;
                  low := high # wall.veil_round(secret, tweak, step, low);
                  high := mixed;
                END IF;
              END LOOP;
              RETURN (high << 32) | low;
            END
            """,
            returns="bigint",
            definer=True,
            private=True,
            traits="STABLE",
        ),
        function(
            "wall.veil_round(secret bytea, tweak text, step int, half bigint)",
            """
            SELECT ('x' || substr(encode(sha256(secret || convert_to('veil' || tweak || step || ':' || half, 'UTF8')), 'hex'),
                                  1, 8))::bit(32)::bigint
            """,
            returns="bigint",
            private=True,
            language="sql",
            traits="IMMUTABLE",
        ),
        # The rows that are asked for, as a query: `where` narrows them, every condition at once; `per` is what one row
        # stands for; `amount` is what it adds to a sum. Words are of this function, values are quoted.
        function(
            "wall.evidence_rows(asked jsonb)",
            f"""
            DECLARE
              kinds text[] := ARRAY(SELECT jsonb_array_elements_text(asked -> 'kinds'));
              seats boolean := kinds[1] LIKE 'seat%';
              until text := asked ->> 'last';
              per text := asked ->> 'per';
              once text := {case_of("per", GROUPS)};
              found text;
              split text;
              codes text[];
            BEGIN
              IF seats THEN
                found := format(
                  'SELECT ''visa_case'' AS source, v.id AS source_id, %L AS kind, v.recommended_on AS happened_on,
                          v.workspace_id, v.person_id, v.programme_id::text AS programme, v.municipality_id::text AS municipality,
                          1::bigint AS amount
                     FROM visas_visacase v
                    WHERE v.pool_id IS NOT NULL AND v.recommended_on <= %L
                      AND coalesce(least(v.refused_on, v.withdrawn_on, v.lapsed_on, v.ineligible_on) > %L, true)',
                  kinds[1], until, until);
                found := found || {case_of("kinds[1]", {
                    "seat": "''", "seat_granted": "format(' AND v.granted_on <= %L', until)",
                    "seat_settled": "format(' AND v.settled_on <= %L', until)"})};
              ELSE
                found := format(
                  'SELECT a.source, a.source_id, a.kind, a.happened_on, a.workspace_id, a.person_id,
                          coalesce(a.programme, a.visa_programme) AS programme, a.municipality, %s AS amount
                     FROM kpi_activity a WHERE a.kind = ANY (%L::text[]) AND a.happened_on BETWEEN %L AND %L',
                  {case_of("asked ->> 'amount'", AMOUNTS)}, kinds, asked ->> 'first', until);
              END IF;
              FOR split, codes IN
                SELECT key, ARRAY(SELECT jsonb_array_elements_text(value)) FROM jsonb_each(asked -> 'where')
              LOOP
                found := found || ' AND ' || CASE
                  WHEN seats THEN CASE split WHEN 'pool' THEN format('v.pool_id = ANY (%L::text[])', codes) END
                  WHEN split = ANY (ARRAY{DIMENSIONS}) THEN format('a.%I = ANY (%L::text[])', split, codes)
                  WHEN split = 'workspace' THEN
                    format('a.workspace_id = ANY (ARRAY(SELECT id FROM centers_workspace WHERE code = ANY (%L::text[])))', codes)
                  WHEN split = 'month' THEN
                    format('a.happened_on >= %1$L::date AND a.happened_on < %1$L::date + interval ''1 month''', codes[1] || '-01')
                  WHEN split = 'identity' THEN format('(a.person_id IS NULL) = %L::boolean', codes[1] = 'anonymous')
                  WHEN split IN ('approved', 'reported') THEN format('a.%I', split)
                  WHEN split = 'live_on' THEN
                    format('NOT EXISTS (SELECT FROM visas_visacase v WHERE v.id = a.source_id
                                           AND least(v.refused_on, v.withdrawn_on) <= %L)', codes[1]) END;
              END LOOP;
              IF per = 'person' THEN
                found := format('SELECT DISTINCT ON (person_id) * FROM (%s) p WHERE person_id IS NOT NULL
                                 ORDER BY person_id, happened_on, source_id', found);
              ELSIF per = 'stay' THEN
                found := format('SELECT source, source_id, kind, min(happened_on) AS happened_on, workspace_id, person_id,
                                        programme, municipality, count(*) AS amount
                                   FROM (%s) p GROUP BY source, source_id, kind, workspace_id, person_id, programme, municipality',
                                found);
              ELSIF once IS NOT NULL THEN  -- a stay is one record, on its first night
                found := format(
                  'WITH q AS NOT MATERIALIZED (%1$s), r AS NOT MATERIALIZED (
                     SELECT * FROM q WHERE kind <> ''night''
                     UNION ALL (SELECT DISTINCT ON (source_id) * FROM q WHERE kind = ''night'' ORDER BY source_id, happened_on))
                   SELECT DISTINCT ON (%2$s) * FROM r %3$s ORDER BY %2$s, happened_on, source, source_id', found, once,
                  CASE WHEN (asked ->> 'least')::int > 1 THEN
                    format('WHERE (%1$s) IN (SELECT %1$s FROM r GROUP BY %1$s HAVING count(*) >= %2$L::int)',
                           once, asked ->> 'least') ELSE '' END);
              ELSIF per <> 'record' THEN
                found := NULL;
              END IF;
              IF found IS NULL THEN
                RAISE EXCEPTION 'no such figure' USING ERRCODE = '22023';
              END IF;
              RETURN found;
            END
            """,
            returns="text",
            private=True,
            traits="STABLE",
        ),
        evidence(SOURCES, LETTERS),
        function(
            "wall.evidence_total(asked jsonb)",
            f"""
            BEGIN
              IF {READS_FIGURES} THEN
                RETURN QUERY EXECUTE format('SELECT count(*), coalesce(sum(amount), 0)::bigint FROM (%s) q',
                                            wall.evidence_rows(asked));
              END IF;
            END
            """,
            returns="TABLE (number bigint, amount bigint)",
            definer=True,
        ),
        migrations.RunSQL(f"REVOKE ALL ON FUNCTION wall.veil, wall.veil_round, wall.evidence_rows FROM {app_role()}", migrations.RunSQL.noop),
    ]
