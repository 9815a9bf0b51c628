"""The nights of a shelter so far, by a statement whose plan is kept: its start page asks each time it is opened."""

from django.db import migrations

from centers.walls import function

READS_FIGURES = "wall.whole('view_figures') OR wall.scope('view_figures') <> '{}'"


class Migration(migrations.Migration):
    dependencies = [("kpi", "0011_measures")]

    operations = [
        function(
            "wall.nights_slept(place bigint, first date, last date)",
            f"""
            BEGIN
              IF {READS_FIGURES} THEN
                RETURN QUERY SELECT count(*), count(DISTINCT a.person_id) FROM kpi_activity a
                  WHERE a.kind = 'night' AND a.workspace_id = place AND a.happened_on BETWEEN first AND last;
              END IF;
            END
            """,
            returns="TABLE (nights bigint, persons bigint)",
            definer=True,
        )
    ]
