"""The rows behind a figure, in number the same for everyone; which row it is, only for those who may open it."""

from django.db import migrations

from centers.walls import app_role, function

SOURCES = {
    "session": "view_sessions", "activity": "view_activities", "stay": "view_stays", "voucher": "view_vouchers",
    "visa_case": "view_visa_cases", "dependant": "view_clients",
}  # fmt: skip
LETTERS = {"session": "s", "activity": "a", "stay": "n", "voucher": "v", "visa_case": "c", "dependant": "d"}

DIMENSIONS = [
    "language", "channel", "topic", "nationality", "programme", "visa_programme", "municipality",
]  # fmt: skip


def case_of(column: str, values: dict[str, str]) -> str:
    return f"CASE {column} " + " ".join(f"WHEN '{key}' THEN {value}" for key, value in values.items()) + " END"


OPENS = case_of("r.source", {
    source: f"(wall.whole('{permission}') OR r.workspace_id = ANY (wall.scope('{permission}')))"
    for source, permission in SOURCES.items()
})  # fmt: skip
SHARED = """
(r.source = 'visa_case' AND EXISTS (SELECT FROM visas_visacase v WHERE v.id = r.source_id
                                     AND v.shared_with::bigint[] && wall.scope('view_visa_cases')))
OR (r.source = 'voucher' AND EXISTS (SELECT FROM visas_voucher v WHERE v.id = r.source_id
                                      AND v.shared_with::bigint[] && wall.scope('view_vouchers')))
"""


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
        # `per` is what one row stands for: a record, a person, a programme or a stay. Newest first; `after` is the
        # token of the last row of the page before. Only who reads figures somewhere gets any row.
        function(
            "wall.evidence(kinds text[], first date, last date, dimension text, codes text[], per text, after text, page int)",
            f"""
            DECLARE
              scope jsonb := wall.payload();
              picked text;
              place bigint;
              from_day date := 'infinity';
              from_source text := '~';
              from_id bigint := 9223372036854775807;
            BEGIN
              IF scope IS NULL OR NOT (
                   coalesce(scope -> 'all' ? 'view_figures', false)
                   OR coalesce(jsonb_array_length(scope -> 'in' -> 'view_figures'), 0) > 0) THEN
                RETURN;
              END IF;
              IF after <> '' THEN
                from_source := {case_of("left(after, 1)", {letter: f"'{source}'" for source, letter in LETTERS.items()})};
                from_id := wall.veil(('x' || substr(after, 2, 16))::bit(64)::bigint, from_source, true);
                from_day := date '2000-01-01' + (from_id >> 48)::int;
                from_id := from_id & 281474976710655;
              END IF;
              picked := 'SELECT a.source, a.source_id, a.kind, a.happened_on, a.workspace_id, a.person_id,
                                coalesce(a.programme, a.visa_programme) AS programme
                           FROM kpi_activity a WHERE a.kind = ANY ($1) AND a.happened_on BETWEEN $2 AND $3';
              IF kinds = '{{seat}}' THEN
                picked := 'SELECT ''visa_case'' AS source, v.id AS source_id, ''seat'' AS kind, v.recommended_on AS happened_on,
                                  v.workspace_id, v.person_id, v.programme_id::text AS programme
                             FROM visas_visacase v
                            WHERE v.pool_id = ANY ($4) AND v.recommended_on <= $3 AND ''seat'' = ANY ($1) AND $2 IS NOT NULL
                              AND coalesce(least(v.refused_on, v.withdrawn_on, v.lapsed_on, v.ineligible_on) > $3, true)';
              ELSIF dimension = ANY (ARRAY{DIMENSIONS}) THEN
                picked := picked || format(' AND a.%I = ANY ($4)', dimension);
              ELSIF dimension = 'workspace' THEN
                picked := picked || ' AND a.workspace_id = ANY (ARRAY(SELECT id FROM centers_workspace WHERE code = ANY ($4)))';
              ELSIF dimension = 'identity' THEN
                picked := picked || ' AND (a.person_id IS NULL) = (''anonymous'' = ANY ($4))';
              ELSIF dimension <> '' THEN
                RAISE EXCEPTION 'no such split' USING ERRCODE = '22023';
              END IF;
              picked := CASE per
                WHEN 'person' THEN format('SELECT DISTINCT ON (person_id) * FROM (%s) p WHERE person_id IS NOT NULL
                                           ORDER BY person_id, happened_on, source_id', picked)
                WHEN 'programme' THEN format('SELECT DISTINCT ON (programme) * FROM (%s) p
                                              ORDER BY programme, happened_on, source, source_id', picked)
                WHEN 'stay' THEN format('SELECT DISTINCT ON (source_id) * FROM (%s) p
                                         ORDER BY source_id, happened_on', picked)
                ELSE picked END;
              RETURN QUERY EXECUTE format(
                'SELECT {case_of("r.source", {source: f"''{letter}''" for source, letter in LETTERS.items()}).replace("WHEN '", "WHEN ''").replace("' THEN", "'' THEN")}
                        || lpad(to_hex(wall.veil(((r.happened_on - date ''2000-01-01'')::bigint << 48) | r.source_id,
                                                 r.source, false)), 16, ''0''),
                        date_trunc(''month'', r.happened_on::timestamp)::date, r.workspace_id, r.programme, r.kind, r.source,
                        CASE WHEN %s OR %s THEN r.source_id END
                   FROM (SELECT * FROM (%s) q
                          WHERE (happened_on, source, source_id) < ($5, $6, $7)
                          ORDER BY happened_on DESC, source DESC, source_id DESC LIMIT $8) r
                  ORDER BY r.happened_on DESC, r.source DESC, r.source_id DESC', $opens${OPENS}$opens$, $shared${SHARED}$shared$, picked)
                USING kinds, first, last, codes, from_day, from_source, from_id, page;
            END
            """,
            returns="TABLE (token text, month date, workspace_id bigint, programme text, kind text, source text, source_id bigint)",
            definer=True,
        ),
        migrations.RunSQL(f"REVOKE ALL ON FUNCTION wall.veil, wall.veil_round FROM {app_role()}", migrations.RunSQL.noop),
    ]
