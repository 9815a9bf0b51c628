"""A proposal goes forward: each step on the day of the one before or later, and an answer after it was submitted."""

from django.db import migrations

from centers.walls import function


class Migration(migrations.Migration):
    dependencies = [("kpi", "0012_nights")]

    operations = [
        function(
            "wall.step_of_proposal()",
            """
            DECLARE
              wrong text;
            BEGIN
              PERFORM FROM kpi_proposal WHERE id = NEW.proposal_id FOR UPDATE;
              wrong := CASE
                WHEN EXISTS (SELECT FROM kpi_proposalstep s
                              WHERE s.proposal_id = NEW.proposal_id AND s.happened_on > NEW.happened_on)
                  THEN 'proposal_steps_in_order'
                WHEN NEW.status NOT IN ('drafted', 'submitted')
                     AND NOT EXISTS (SELECT FROM kpi_proposalstep s
                                      WHERE s.proposal_id = NEW.proposal_id AND s.status = 'submitted')
                  THEN 'proposal_answered_after_submission'
                WHEN NEW.status IN ('accepted', 'partly', 'declined') AND NEW.document = '' AND NEW.note = ''
                  THEN 'proposal_answer_says_by_what' END;
              IF wrong IS NOT NULL THEN
                RAISE EXCEPTION 'a proposal does not go there: %', wrong
                  USING ERRCODE = '23514', CONSTRAINT = wrong, TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NEW;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        migrations.RunSQL(
            "CREATE TRIGGER in_order BEFORE INSERT ON kpi_proposalstep FOR EACH ROW EXECUTE FUNCTION wall.step_of_proposal()",
            "DROP TRIGGER in_order ON kpi_proposalstep",
        ),
    ]
