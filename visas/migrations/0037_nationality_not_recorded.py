"""Whoever was recommended without a nationality on record counts as of no nationality, and never as of another one:
while they could bring the share of one nationality over its limit, it is not known.
"""

from importlib import import_module

from django.db import migrations

from centers.walls import function

edited = import_module("visas.migrations.0019_after_the_permit").edited

# Those recommended up to the day in the same quota, or year where there is none, and municipality: each person once,
# by the last of their cases, and without the applicant.
# Which quota a day belongs to is asked for these alone: of every case of the programme it took seventeen times as long.
BESIDE = """
  WITH c AS MATERIALIZED (
    SELECT v.id, v.programme_id, v.municipality_id, coalesce(v.recommended_on, on_day) AS day, p.person_id
      FROM visas_visacase v JOIN cases_client p ON p.id = v.client_id WHERE v.id = of_case
  ), near AS MATERIALIZED (
    SELECT v.id, v.client_id, v.programme_id, v.recommended_on
      FROM c JOIN visas_visacase v ON v.programme_id = c.programme_id AND v.id <> c.id AND v.recommended_on <= c.day
       AND v.municipality_id IS NOT DISTINCT FROM c.municipality_id
  ), quota AS MATERIALIZED (
    SELECT coalesce(wall.pool_on(programme_id, day), to_char(day, 'YYYY')) AS code FROM c
  )
  SELECT DISTINCT ON (p.person_id) n.id, p.nationality_id
    FROM near n JOIN cases_client p ON p.id = n.client_id AND p.person_id <> (SELECT person_id FROM c)
   WHERE coalesce(wall.pool_on(n.programme_id, n.recommended_on), to_char(n.recommended_on, 'YYYY'))
         = (SELECT code FROM quota)
   ORDER BY p.person_id, n.id DESC
"""
# The same for whoever may read the case, to open them as far as they may read those too.
OPENED = """
  SELECT b.other
    FROM visas_visacase v CROSS JOIN LATERAL wall.share_beside(v.id, on_day) b
   WHERE v.id = of_case AND (b.nationality IS NULL OR NOT unsaid)
     AND (wall.whole('view_visa_cases') OR v.workspace_id = ANY (wall.scope('view_visa_cases'))
          OR v.shared_with && wall.scope('view_visa_cases')::int[])
"""
SHARE = """
  SELECT count(*) FILTER (WHERE o.nationality = c.nationality_id) + 1 AS part, count(o.other) + 1 AS whole
    FROM c LEFT JOIN LATERAL wall.share_beside(c.id, on_day) o ON true
   WHERE c.nationality_id IS NOT NULL
   GROUP BY c.nationality_id
"""
AT_MOST = "WHEN r.at_most AND f.value <= r.threshold THEN 'met'"
COULD_PASS = """WHEN r.kind = 'same_nationality' AND f.value <= r.threshold
               AND 100 * (f.part + (SELECT count(*) FROM wall.share_beside(of_case, on_day) b
                                     WHERE b.nationality IS NULL)) > r.threshold * f.whole THEN 'unknown'
              """


class Migration(migrations.Migration):
    dependencies = [("visas", "0036_waiting_after_a_recommendation")]
    operations = [
        function(
            "wall.share_beside(of_case bigint, on_day date)",
            BESIDE,
            returns="TABLE (other bigint, nationality text)",
            definer=True,
            private=True,
            language="sql",
            traits="STABLE",
        ),
        function(
            "wall.recommended_beside(of_case bigint, on_day date, unsaid boolean)",
            OPENED,
            returns="SETOF bigint",
            definer=True,
            language="sql",
            traits="STABLE",
        ),
        edited(
            "wall.facts_of(bigint,date)", import_module("visas.migrations.0015_conditions").SHARE, SHARE
        ),
        edited("wall.conditions_of(bigint,date)", AT_MOST, COULD_PASS + AT_MOST),
    ]
