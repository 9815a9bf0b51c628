"""How often files were opened that are guarded: a number for who reviews the log, and never which files they are."""

from django.db import migrations

from centers.walls import function


class Migration(migrations.Migration):
    dependencies = [("cases", "0021_employments"), ("audit", "0019_month_reviews")]
    operations = [
        function(
            "wall.guarded_accesses(first timestamptz, last timestamptz)",
            """
            WITH guarded AS (
              SELECT s.client_id FROM cases_session s JOIN cases_topic t ON t.code = s.topic_id
               WHERE t.guarded AND s.client_id IS NOT NULL
              UNION SELECT s.client_id FROM cases_sessionissue i JOIN cases_topic t ON t.code = i.topic_id
                JOIN cases_session s ON s.id = i.session_id WHERE t.guarded AND s.client_id IS NOT NULL
              UNION SELECT a.client_id FROM cases_attachment a JOIN cases_attachmentkind k ON k.code = a.kind_id
               WHERE k.restricted
            )
            SELECT count(*) FROM audit_accessentry e
             WHERE (SELECT wall.whole('view_access_log')) AND e.at >= first AND e.at < last AND e.files <> '{}'
               AND EXISTS (SELECT FROM unnest(e.files) AS file JOIN guarded g ON g.client_id = file)
            """,
            returns="bigint",
            definer=True,
            language="sql",
            traits="STABLE",
        ),
    ]
