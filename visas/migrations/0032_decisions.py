"""What the province decides of reference data, by a document: the row follows, and what was made before it stays."""

from importlib import import_module

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from centers.walls import app_role, function, on_statement

steps = import_module("visas.migrations.0022_letters_run_out")
refused, rewritten = steps.refused, steps.rewritten

# Books whose rows are changed one by one: the table, its key, and the columns that are decided.
ROWS = {
    "letters": ("visas_lettertext", "programme_id", ("title_ko", "body_ko", "signer_ko")),
    "statuses": ("visas_studystatus", "code", ("report_days", "departs")),
    "permits": ("visas_studypermitkind", "code", ("hours", "korean_level")),
    "reasons": ("visas_questionreason", "code", ("days", "age")),
}
NOW = "\n".join(
    f"""
    WHEN '{book}' THEN (SELECT to_jsonb(r) FROM (
      SELECT {", ".join(columns)} FROM public.{table} WHERE {key} = reference.key) r)"""
    for book, (table, key, columns) in ROWS.items()
)
HEED = "\n".join(
    f"""
    WHEN '{book}' THEN
      UPDATE {table} t SET ({", ".join(columns)}, source) =
        (SELECT {", ".join(f"r.{column}" for column in columns)}, NEW.source FROM jsonb_populate_record(t, NEW.told) r)
       WHERE {key} = NEW.key;"""
    for book, (table, key, columns) in ROWS.items()
)
DECISIONS = [
    function(
        "wall.reference(book text, key text)",
        f"""
        SELECT CASE book {NOW}
          WHEN 'points' THEN (SELECT jsonb_build_object('lines', coalesce((
              SELECT jsonb_agg(to_jsonb(l)) FROM (
                SELECT i.code, i.text_ko, i.points, i.bands, i.at_least FROM public.visas_pointitem i
                 WHERE i.programme_id = g.code AND i.valid_to IS NULL AND i.replaced_by_id IS NULL
                 ORDER BY i.id) l), '[]'))
            FROM public.visas_visaprogramme g WHERE g.code = reference.key)
          WHEN 'areas' THEN (SELECT jsonb_build_object('municipalities', coalesce((
              SELECT jsonb_agg(a.municipality_id ORDER BY a.municipality_id) FROM public.visas_programmearea a
               WHERE a.programme_id = g.code), '[]'))
            FROM public.visas_visaprogramme g WHERE g.code = reference.key)
          WHEN 'classes' THEN (SELECT jsonb_object_agg(m.code, m.decline) FROM public.centers_municipality m
                                WHERE reference.key = 'all') END
        """,
        returns="jsonb",
        language="sql",
        traits="STABLE",
    ),
    # What a row said on a day; none where it was never decided otherwise.
    function(
        "wall.decided_on(book text, key text, day date)",
        """
        SELECT coalesce(
          (SELECT d.told FROM public.visas_decision d
            WHERE d.book = decided_on.book AND d.key = decided_on.key AND d.from_on <= day ORDER BY d.id DESC LIMIT 1),
          (SELECT d.before FROM public.visas_decision d
            WHERE d.book = decided_on.book AND d.key = decided_on.key ORDER BY d.id LIMIT 1))
        """,
        returns="jsonb",
        language="sql",
        traits="STABLE",
    ),
    function(
        "wall.begin_decision()",
        f"""
        BEGIN
          PERFORM pg_advisory_xact_lock(hashtextextended('decision ' || NEW.book || ' ' || NEW.key, 0));
          IF NEW.from_on < (SELECT max(d.from_on) FROM visas_decision d WHERE d.book = NEW.book AND d.key = NEW.key) THEN
            {refused("decision_in_order", "a later decision holds already")}
          ELSIF NEW.book <> 'points' AND NEW.from_on > wall.today() THEN
            {refused("not_in_the_future", "only a table of points is known before it holds")}
          END IF;
          NEW.before := wall.reference(NEW.book, NEW.key);
          IF NEW.before IS NULL OR (SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(NEW.told) k)
               IS DISTINCT FROM (SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(NEW.before) k) THEN
            {refused("decision_says_all", "it says other things than the row has")}
          END IF;
          RETURN NEW;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    # A table of points begins anew as a whole. The lines before it hold up to its day, and for the sheets that have them.
    function(
        "wall.heed_decision()",
        f"""
        BEGIN
          CASE NEW.book {HEED}
          WHEN 'points' THEN
            UPDATE visas_pointitem SET replaced_by_id = NEW.id
             WHERE programme_id = NEW.key AND replaced_by_id IS NULL;
            INSERT INTO visas_pointitem (programme_id, code, valid_from, text_ko, points, bands, at_least, source,
                                         entered_by_id, decision_id)
            SELECT NEW.key, l.code, NEW.from_on, l.text_ko, l.points, coalesce(l.bands, '{{}}'), l.at_least, NEW.source,
                   NEW.entered_by_id, NEW.id
              FROM ROWS FROM (jsonb_to_recordset(NEW.told -> 'lines') AS
                     (code text, text_ko text, points smallint, bands text[], at_least smallint))
                   WITH ORDINALITY AS l (code, text_ko, points, bands, at_least, place)
             ORDER BY l.place;
          WHEN 'areas' THEN
            DELETE FROM visas_programmearea WHERE programme_id = NEW.key;
            INSERT INTO visas_programmearea (programme_id, municipality_id, source)
            SELECT NEW.key, m, NEW.source FROM jsonb_array_elements_text(NEW.told -> 'municipalities') m;
          WHEN 'classes' THEN
            UPDATE centers_municipality SET decline = NEW.told ->> code WHERE decline <> NEW.told ->> code;
          END CASE;
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    on_statement(
        "visas_decision", "not_in_the_future", "wall.refuse_future", events=("INSERT",), arguments=["decided_on"]
    ),
    migrations.RunSQL(
        f"""
        CREATE TRIGGER of_the_province BEFORE INSERT ON visas_decision
          FOR EACH ROW EXECUTE FUNCTION wall.of_the_province();
        CREATE TRIGGER begin BEFORE INSERT ON visas_decision FOR EACH ROW EXECUTE FUNCTION wall.begin_decision();
        CREATE TRIGGER heed AFTER INSERT ON visas_decision FOR EACH ROW EXECUTE FUNCTION wall.heed_decision();
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON visas_decision
          FOR EACH ROW EXECUTE FUNCTION wall.refuse_change();
        REVOKE UPDATE, DELETE ON visas_decision FROM {app_role()};
        REVOKE INSERT, UPDATE, DELETE ON visas_pointitem, visas_lettertext, visas_programmearea FROM {app_role()};
        """,
        f"""
        GRANT INSERT, UPDATE, DELETE ON visas_pointitem, visas_lettertext, visas_programmearea TO {app_role()};
        DROP TRIGGER append_only ON visas_decision; DROP TRIGGER heed ON visas_decision;
        DROP TRIGGER begin ON visas_decision; DROP TRIGGER of_the_province ON visas_decision;
        """,
    ),
]
# A sheet is filled in by one version of the table: the one that the last of its lines is of.
SHEETS = [
    function(
        "wall.lines_of_sheet(of_case bigint)",
        """
        SELECT DISTINCT ON (p.item_id) p.item_id, p.points, i.at_least
          FROM public.visas_casepoint p JOIN public.visas_pointitem i ON i.id = p.item_id
          JOIN (SELECT l.decision_id FROM public.visas_casepoint c JOIN public.visas_pointitem l ON l.id = c.item_id
                 WHERE c.case_id = of_case ORDER BY c.id DESC LIMIT 1) last
            ON last.decision_id IS NOT DISTINCT FROM i.decision_id
         WHERE p.case_id = of_case ORDER BY p.item_id, p.id DESC
        """,
        returns="TABLE (item_id bigint, points smallint, at_least smallint)",
        language="sql",
        traits="STABLE",
    ),
    function(
        "wall.points_of(of_case bigint)",
        "SELECT sum(l.points) FROM wall.lines_of_sheet(of_case) l",
        returns="bigint",
        language="sql",
        traits="STABLE",
    ),
    # A sheet goes on with its version, or while the case is open begins anew by the one that holds for its day.
    function(
        "wall.point_of_its_version()",
        f"""
        BEGIN
          IF EXISTS (SELECT FROM public.visas_pointitem i, public.visas_visacase v
                      WHERE i.id = NEW.item_id AND v.id = NEW.case_id
                        AND NOT EXISTS (SELECT FROM wall.lines_of_sheet(v.id) l
                                          JOIN public.visas_pointitem o ON o.id = l.item_id
                                         WHERE o.decision_id IS NOT DISTINCT FROM i.decision_id)
                        AND (v.received_on NOT BETWEEN i.valid_from AND coalesce(i.valid_to, 'infinity')
                             OR v.received_on >= (SELECT d.from_on FROM public.visas_decision d
                                                   WHERE d.id = i.replaced_by_id)
                             OR num_nonnulls(v.recommended_on, v.ineligible_on) > 0
                                AND EXISTS (SELECT FROM wall.lines_of_sheet(v.id)))) THEN
            {refused("case_point_of_its_version", "the sheet has another version of the table")}
          END IF;
          RETURN NEW;
        END
        """,
        returns="trigger",
    ),
    migrations.RunSQL(
        """
        CREATE TRIGGER of_its_version BEFORE INSERT ON visas_casepoint
          FOR EACH ROW EXECUTE FUNCTION wall.point_of_its_version();
        """,
        "DROP TRIGGER of_its_version ON visas_casepoint",
    ),
]
# Where a rule asks what a row says, it asks for its day.
AS_OF_THE_DAY = [
    *[
        function(
            f"wall.{name}({row} text, day date)",
            f"""
            SELECT CASE WHEN d IS NULL THEN t.{column} ELSE (d ->> {said})::{kind} END
              FROM public.{table} t, wall.decided_on('{book}', {key}, day) d WHERE t.code = {row}
            """,
            returns=kind,
            language="sql",
            traits="STABLE",
        )
        for name, row, table, column, kind, book, key, said in (
            ("class_on", "municipality", "centers_municipality", "decline", "text", "classes", "'all'", "t.code"),
            ("hours_on", "permit", "visas_studypermitkind", "hours", "integer", "permits", "t.code", "'hours'"),
            ("report_days_on", "status", "visas_studystatus", "report_days", "integer", "statuses", "t.code",
             "'report_days'"),
        )
    ],
    migrations.RunSQL("SET LOCAL check_function_bodies = off"),  # the texts below are changed one by one
    rewritten(r"SELECT v\.\*, m\.decline", "SELECT v.*, wall.class_on(m.code, v.received_on) AS decline"),
    rewritten(
        r"SELECT FROM \(SELECT DISTINCT ON \(p\.item_id\) p\.item_id, p\.points FROM visas_casepoint p\s+"
        r"WHERE p\.case_id = of_case ORDER BY p\.item_id, p\.id DESC\) last\s+"
        r"JOIN visas_pointitem i ON i\.id = last\.item_id WHERE last\.points < i\.at_least",
        "SELECT FROM wall.lines_of_sheet(of_case) last WHERE last.points < last.at_least",
    ),
    rewritten(
        r"\(SELECT k\.hours FROM visas_studypermitkind k WHERE k\.code = NEW\.kind_id\)",
        "wall.hours_on(NEW.kind_id, NEW.starts_on)",
    ),
    rewritten(
        r"SELECT sum\(p\.hours\) > max\(k\.hours\)\s+FROM visas_studypermit p JOIN visas_studypermitkind k ON "
        r"k\.code = p\.kind_id",
        "SELECT sum(p.hours) > max(k.hours)\n FROM visas_studypermit p, wall.hours_on(p.kind_id, p.starts_on) k (hours)",
    ),
    rewritten(
        r"s\.report_days INTO NEW\.due_on",
        "wall.report_days_on(s.code, greatest(NEW.happened_on, NEW.known_on)) INTO NEW.due_on",
    ),
    migrations.RunSQL("SET LOCAL check_function_bodies = on"),
]


class Migration(migrations.Migration):

    dependencies = [
        ('visas', '0031_duties_and_evidence'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document', models.CharField(max_length=100, verbose_name='document number')),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='source')),
                ('entered_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='entered at')),
                ('book', models.CharField(choices=[('points', 'Tables of points'), ('letters', 'Texts of letters'), ('areas', 'Areas of programmes'), ('classes', 'Population classes'), ('statuses', 'Study statuses'), ('permits', 'Permitted work of students'), ('reasons', 'Questions about dependants')], max_length=10, verbose_name='reference data')),
                ('key', models.CharField(max_length=40, verbose_name='code')),
                ('decided_on', models.DateField(verbose_name='day of the document')),
                ('from_on', models.DateField(verbose_name='from')),
                ('told', models.JSONField()),
                ('before', models.JSONField(db_default={}, default=dict, editable=False)),
            ],
            options={
                'verbose_name': 'decision on reference data',
                'verbose_name_plural': 'decisions on reference data',
                'ordering': ['-id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='pointitem',
            name='point_item_once_a_day',
        ),
        migrations.AddField(
            model_name='decision',
            name='entered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by'),
        ),
        migrations.AddField(
            model_name='pointitem',
            name='decision',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='visas.decision'),
        ),
        migrations.AddField(
            model_name='pointitem',
            name='replaced_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='visas.decision'),
        ),
        migrations.AddConstraint(
            model_name='pointitem',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('replaced_by', None)), expressions=[('programme', '='), ('code', '='), (models.Func('valid_from', 'valid_to', models.Value('[]'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='point_item_once_a_day', violation_error_message='Another version of this line holds on some of these days.'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['book', 'key', '-id'], name='decision_by_row'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('document', ''), _negated=True), models.Q(('source', ''), _negated=True)), name='decision_names_its_document', violation_error_message='Reference data is changed by a document: write its number and what it says.'),
        ),
        *DECISIONS,
        *SHEETS,
        *AS_OF_THE_DAY,
    ]
