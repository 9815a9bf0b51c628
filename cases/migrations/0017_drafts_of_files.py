"""Drafts also of clients' files; a form opens one file, however often it is sent."""

from django.conf import settings
from django.db import migrations, models

from centers.walls import function


def own(permission: str) -> str:
    return f"""user_id = (SELECT wall.actor())
      AND workspace_id = ANY ((SELECT wall.scope('{permission}'))::bigint[])"""


def policies(permission: str) -> str:
    return f"""
    ALTER POLICY view ON cases_draft USING ({own(permission)});
    ALTER POLICY own_insert ON cases_draft WITH CHECK ({own(permission)});
    ALTER POLICY own_update ON cases_draft USING ({own(permission)}) WITH CHECK ({own(permission)});
    """


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0016_put_off_and_templates'),
        ('centers', '0004_exports_wall'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='client',
            name='form_token',
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='draft',
            name='kind',
            field=models.CharField(choices=[('session', 'Session'), ('client', 'Client file')], db_default='session', default='session', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='client',
            constraint=models.UniqueConstraint(condition=models.Q(('form_token', None), _negated=True), fields=('form_token',), name='client_opened_once', violation_error_message='This form was sent before: the file is open.'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'session'), ('session', None), _connector='OR'), name='draft_of_a_file_corrects_no_session'),
        ),
        # Whoever counsels works on files too, and not the other way about.
        migrations.RunSQL(policies("work_clients"), policies("work_sessions")),
        # A form is a draft or on record, whichever record it makes.
        migrations.RunSQL(
            [
                "ALTER TRIGGER of_no_session ON cases_draft RENAME TO of_no_record",
                "ALTER FUNCTION wall.draft_is_of_no_session() RENAME TO draft_is_of_no_record",
            ],
            [
                "ALTER TRIGGER of_no_record ON cases_draft RENAME TO of_no_session",
                "ALTER FUNCTION wall.draft_is_of_no_record() RENAME TO draft_is_of_no_session",
            ],
        ),
        function(
            "wall.draft_is_of_no_record()",
            """
            BEGIN
              PERFORM pg_advisory_xact_lock(hashtext('cases_draft'), hashtext(NEW.token::text));
              IF EXISTS (SELECT FROM cases_session s WHERE s.form_token = NEW.token)
                 OR EXISTS (SELECT FROM cases_client c WHERE c.form_token = NEW.token) THEN
                RAISE EXCEPTION 'the form is on record'
                  USING ERRCODE = '23505', CONSTRAINT = 'draft_is_of_no_record', TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NEW;
            END
            """,
            returns="trigger",
            definer=True,
        ),
    ]
