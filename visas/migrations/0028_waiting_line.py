"""A place in a waiting list is one among all who wait, also for a reader who may open one of the cases alone."""

from django.db import migrations

from centers.walls import function


class Migration(migrations.Migration):
    dependencies = [("visas", "0027_files_of_cases")]
    operations = [
        function(
            "wall.waiting_line(of_pool text, by_rule text, on_day date)",
            """
            SELECT CASE WHEN wall.whole('view_visa_cases') OR v.workspace_id = ANY (wall.scope('view_visa_cases'))
                          OR v.shared_with::bigint[] && wall.scope('view_visa_cases') THEN v.id END,
                   wall.share_of(of_pool, v.municipality_id, v.workspace_id, on_day),
                   coalesce(p.value, 0), v.received_on, r.happened_on
              FROM visas_quotapool q
              JOIN visas_poolprogramme l ON l.pool_id = q.code
              JOIN visas_visacase v ON v.programme_id = l.programme_id
              LEFT JOIN LATERAL (
                     SELECT s.happened_on FROM visas_casestep s
                      WHERE s.case_id = v.id AND s.kind = 'reviewed' AND NOT s.takes_back
                        AND NOT EXISTS (SELECT FROM visas_casestep b WHERE b.undoes_id = s.id)
                      ORDER BY s.id DESC LIMIT 1) r ON true
              LEFT JOIN LATERAL (
                     SELECT f.value FROM visas_casefact f WHERE f.case_id = v.id AND f.kind = 'points'
                      ORDER BY f.id DESC LIMIT 1) p ON true
              LEFT JOIN LATERAL (
                     SELECT m.place FROM visas_waitingmove m WHERE m.case_id = v.id ORDER BY m.id DESC LIMIT 1) m ON true
             WHERE q.code = of_pool AND on_day BETWEEN q.starts_on AND q.ends_on
               AND v.inner_step = 'reviewed' AND v.received_on <= on_day AND v.pool_id IS NULL
               AND num_nonnulls(v.recommended_on, v.refused_on, v.withdrawn_on, v.lapsed_on, v.ineligible_on) = 0
               AND (wall.whole('view_visa_cases') OR wall.scope('view_visa_cases') <> '{}')
             ORDER BY m.place NULLS LAST,
                      CASE by_rule WHEN 'reviewed' THEN r.happened_on WHEN 'received' THEN v.received_on END,
                      CASE by_rule WHEN 'points' THEN -coalesce(p.value, 0) END,
                      v.received_on, v.id
            """,
            returns="TABLE (case_id bigint, share bigint, points bigint, received_on date, reviewed_on date)",
            language="sql",
            traits="STABLE",
            definer=True,
        )
    ]
