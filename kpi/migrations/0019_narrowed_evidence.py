"""The rows behind a figure as a list reads them: narrowed by what is shown of each, and from either end.

And the definitions of published figures in the languages of the staff.
"""

from importlib import import_module

from django.db import migrations, models

from centers.walls import app_role, function

before = import_module("kpi.migrations.0004_evidence")
SOURCES = before.SOURCES | {"session_other": "view_sessions"}
LETTERS = before.LETTERS | {"session_other": "o"}


def evidence() -> migrations.RunSQL:
    """A page of the rows, the newest first or, where ``asked`` says so, the oldest; ``after`` is the token of a row."""
    source_of = before.case_of("left(after, 1)", {letter: f"'{source}'" for source, letter in LETTERS.items()})
    letter_of = before.case_of("r.source", {source: f"'{letter}'" for source, letter in LETTERS.items()})
    return function(
        "wall.evidence(asked jsonb, after text, page int)",
        f"""
        DECLARE
          upwards boolean := coalesce((asked ->> 'upwards')::boolean, false);
          beyond text := CASE WHEN upwards THEN '>' ELSE '<' END;
          way text := CASE WHEN upwards THEN 'ASC' ELSE 'DESC' END;
          from_day date := CASE WHEN upwards THEN '-infinity' ELSE 'infinity' END;
          from_source text := CASE WHEN upwards THEN '' ELSE '~' END;
          from_id bigint := CASE WHEN upwards THEN 0 ELSE 9223372036854775807 END;
        BEGIN
          IF NOT ({before.READS_FIGURES}) THEN
            RETURN;
          END IF;
          IF after <> '' THEN
            from_source := {source_of};
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
              FROM (SELECT r.*, {letter_of} AS letter, {before.opens(SOURCES)} OR {before.SHARED} AS opens
                      FROM (SELECT * FROM (%1$s) q
                             WHERE (happened_on, source, source_id) %2$s (%3$L::date, %4$L, %5$L::bigint)
                             ORDER BY happened_on %6$s, source %6$s, source_id %6$s LIMIT %7$L::int) r) s
             ORDER BY s.happened_on %6$s, s.source %6$s, s.source_id %6$s
            $query$, wall.evidence_narrowed(asked), beyond, from_day, from_source, from_id, way, page);
        END
        """,
        returns="TABLE (token text, month date, workspace_id bigint, programme text, kind text, source text, "
        "source_id bigint, happened_on date, amount bigint)",
        definer=True,
    )


def total(rows: str) -> migrations.RunSQL:
    """How many rows there are and what they add up to; ``rows`` is the function that gives them as a query."""
    return function(
        "wall.evidence_total(asked jsonb)",
        f"""
        BEGIN
          IF {before.READS_FIGURES} THEN
            RETURN QUERY EXECUTE format('SELECT count(*), coalesce(sum(amount), 0)::bigint FROM (%s) q', {rows}(asked));
          END IF;
        END
        """,
        returns="TABLE (number bigint, amount bigint)",
        definer=True,
    )

# The definitions of the figures that came with the reference data, in the other languages of the staff.
DEFINITIONS = {
    "2025-settled-611": (
        "The split by type and the as-of day are not published",
        "Cơ cấu theo loại và ngày chốt số liệu không được công bố",
        "各类型构成及基准日未公布",
    ),
    "2025-dependants-808": (
        "Who counts as accompanying family and the as-of day are not published",
        "Phạm vi gia đình đi cùng và ngày chốt số liệu không được công bố",
        "随行家属的范围及基准日未公布",
    ),
    "2025-quota-480": (
        "Places allotted (not persons recruited or recommended)",
        "Số chỉ tiêu được phân bổ (không phải số người được tuyển hoặc được đề cử)",
        "分配名额（非招募、推荐人数）",
    ),
    "2025-recruited-460": (
        "The stage of recruitment is not published (it may differ from recommendation and permit)",
        "Giai đoạn tuyển dụng không được công bố (có thể khác với đề cử và cấp phép)",
        "招募处于哪一阶段未公布（可能与推荐、许可不同）",
    ),
    "2023-2025-f2r-857": (
        "Total of 2023 to 2025, not the figure of one year",
        "Lũy kế 2023–2025, không phải số liệu của một năm",
        "2023至2025年累计，并非单一年度的数值",
    ),
    "2025-2026-d2-670": (
        "Places allotted for the two years 2025 and 2026",
        "Chỉ tiêu được phân bổ cho hai năm 2025 và 2026",
        "2025至2026两年的分配名额",
    ),
}


def translate_definitions(apps, schema_editor):
    """The table refuses every change; these are texts beside what is kept, which stays as it is."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("ALTER TABLE kpi_publishedfigure DISABLE TRIGGER append_only")
        cursor.execute("UPDATE kpi_publishedfigure SET definition_ko = definition")
        for code, texts in DEFINITIONS.items():
            cursor.execute(
                "UPDATE kpi_publishedfigure SET definition_en = %s, definition_vi = %s, definition_zh_hans = %s"
                " WHERE code = %s",
                [*texts, code],
            )
        cursor.execute("ALTER TABLE kpi_publishedfigure ENABLE TRIGGER append_only")


class Migration(migrations.Migration):
    dependencies = [("kpi", "0018_grounds_of_proposals")]
    operations = [
        # What a list narrows them by is what a masked row shows too, and it is taken from the rows of the figure: a
        # person who was counted in May is not counted in March because only March is looked at.
        function(
            "wall.evidence_narrowed(asked jsonb)",
            """
            DECLARE
              found text := wall.evidence_rows(asked);
              shown text;
              code text;
            BEGIN
              FOR shown, code IN SELECT key, value FROM jsonb_each_text(coalesce(asked -> 'narrowed', '{}'::jsonb)) LOOP
                found := 'SELECT * FROM (' || found || ') n WHERE ' || CASE shown
                  WHEN 'month' THEN
                    format('n.happened_on >= %1$L::date AND n.happened_on < %1$L::date + interval ''1 month''', code || '-01')
                  WHEN 'workspace' THEN
                    format('n.workspace_id = (SELECT id FROM centers_workspace WHERE code = %L)', code)
                  WHEN 'programme' THEN format('n.programme = %L', code)
                  WHEN 'source' THEN format('n.source = %L', code) END;
              END LOOP;
              IF found IS NULL THEN
                RAISE EXCEPTION 'no such rows' USING ERRCODE = '22023';
              END IF;
              RETURN found;
            END
            """,
            returns="text",
            private=True,
            traits="STABLE",
        ),
        migrations.RunSQL(
            f"REVOKE ALL ON FUNCTION wall.evidence_narrowed FROM {app_role()}", migrations.RunSQL.noop
        ),
        migrations.RunSQL(evidence().sql, before.evidence(SOURCES, LETTERS).sql),
        migrations.RunSQL(total("wall.evidence_narrowed").sql, total("wall.evidence_rows").sql),
        *(
            migrations.AddField(
                model_name="publishedfigure",
                name=f"definition_{language}",
                field=models.CharField(max_length=300, null=True, verbose_name="definition"),
            )
            for language in ("ko", "en", "vi", "zh_hans")
        ),
        migrations.RunPython(translate_definitions, migrations.RunPython.noop),
    ]
