"""The rows behind a figure of places read when a case took its place where the case says it."""

from django.db import migrations

SEAT = r"wall\.seat_on\(g\.seat_taken_at, [^()]*\)"
GIVEN_BACK = r"wall\.given_back_on\(g\.seat_given_back_by, [^()]*(least\([^()]*\)|v\.left_on)\)"


class Migration(migrations.Migration):
    dependencies = [("kpi", "0013_steps_of_proposals"), ("visas", "0026_places_and_moves")]
    operations = [
        migrations.RunSQL(
            f"""
            DO $do$
            DECLARE
              body text := pg_get_functiondef('wall.evidence_rows(jsonb)'::regprocedure);
              now text := regexp_replace(regexp_replace(body, $p${SEAT}$p$, 'v.seat_on', 'g'),
                                         $p${GIVEN_BACK}$p$, 'v.given_back_on', 'g');
            BEGIN
              IF regexp_count(now, 'v\\.seat_on') <> 2 OR regexp_count(now, 'v\\.given_back_on') <> 1
                 OR now ~ 'seat_taken_at|seat_given_back_by' THEN
                RAISE EXCEPTION 'wall.evidence_rows does not read as expected';
              END IF;
              EXECUTE now;
            END
            $do$
            """,
            migrations.RunSQL.noop,  # the days of the cases stay until the migration that brought them is undone
        )
    ]
