"""A place counts from the day on which its programme's setting says it is taken, in figures as in the quotas."""

from django.db import migrations

SEAT = "wall.seat_on(g.seat_taken_at, v.received_on, v.recommended_on, v.submitted_on, v.granted_on)"
BACK = (
    "wall.given_back_on(g.seat_given_back_by, v.refused_on, v.withdrawn_on, v.lapsed_on, v.ineligible_on, v.left_on)"
)
# What the rows behind a figure said before, and say now.
CHANGES = [
    ("v.recommended_on AS happened_on", f"{SEAT} AS happened_on"),
    ("v.recommended_on <= %L", f"{SEAT} <= %L"),
    ("least(v.refused_on, v.withdrawn_on, v.lapsed_on, v.ineligible_on) > %L", f"{BACK} > %L"),
    (
        "WHERE v.pool_id IS NOT NULL",
        "JOIN visas_visaprogramme g ON g.code = v.programme_id WHERE v.pool_id IS NOT NULL",
    ),
]


def change(pairs: list[tuple[str, str]]) -> str:
    """Put each text of the function in place of another; refused where one is not there exactly once."""
    steps = "".join(
        f"IF array_length(string_to_array(body, $old${old}$old$), 1) <> 2 THEN "
        f"RAISE EXCEPTION 'wall.evidence_rows does not read as expected'; END IF; "
        f"body := replace(body, $old${old}$old$, $new${new}$new$);\n"
        for old, new in pairs
    )
    return (
        "DO $do$ DECLARE body text := pg_get_functiondef('wall.evidence_rows(jsonb)'::regprocedure); "
        f"BEGIN {steps} EXECUTE body; END $do$"
    )


class Migration(migrations.Migration):
    dependencies = [("kpi", "0009_proposals"), ("visas", "0008_quota_ledger")]
    operations = [
        migrations.RunSQL(change(CHANGES), change([(new, old) for old, new in reversed(CHANGES)])),
        migrations.RunSQL(
            "CREATE TRIGGER mark AFTER UPDATE OF seat_taken_at, seat_given_back_by ON visas_visaprogramme "
            "FOR EACH STATEMENT EXECUTE FUNCTION wall.mark_reference()",
            "DROP TRIGGER mark ON visas_visaprogramme",
        ),
    ]
