"""Where a place is taken after the recommendation, who was recommended waits for it before those who were not."""

from importlib import import_module

from django.db import migrations

edited = import_module("visas.migrations.0019_after_the_permit").edited

LINE = "wall.waiting_line(text,text,date)"
REVIEWED = "v.inner_step = 'reviewed'"
NOT_YET = "num_nonnulls(v.recommended_on, v.refused_on,"
ORDER = "ORDER BY m.place NULLS LAST,"


class Migration(migrations.Migration):
    dependencies = [("visas", "0035_once_at_the_same_moment")]
    operations = [
        edited(
            LINE,
            REVIEWED,
            "(v.inner_step = 'reviewed' AND v.recommended_on IS NULL OR v.recommended_on IS NOT NULL AND EXISTS ("
            "SELECT FROM visas_visaprogramme g WHERE g.code = v.programme_id"
            " AND g.seat_taken_at IN ('submission', 'permit')))",
        ),
        edited(LINE, NOT_YET, "num_nonnulls(v.granted_on, v.refused_on,"),
        edited(LINE, ORDER, "ORDER BY m.place NULLS LAST, v.recommended_on NULLS LAST,"),
    ]
