"""What is typed and not on record yet: one's own, and never again once its form is on record."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from centers.walls import app_role, client_triple, function

OWN = """user_id = (SELECT wall.actor())
  AND workspace_id = ANY ((SELECT wall.scope('work_sessions'))::bigint[])"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0010_deadline'),
        ('centers', '0004_exports_wall'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.UUIDField(unique=True)),
                ('fields', models.JSONField(default=dict)),
                ('version', models.PositiveIntegerField(default=1)),
                ('tab', models.CharField(blank=True, max_length=36)),
                ('sequence', models.PositiveBigIntegerField(default=0)),
                ('rivals', models.JSONField(blank=True, default=dict)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('discarded_at', models.DateTimeField(blank=True, null=True)),
                ('client', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='cases.client')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace')),
            ],
            options={
                'verbose_name': 'draft',
                'verbose_name_plural': 'drafts',
                'indexes': [models.Index(fields=['user', '-updated_at'], name='draft_by_user'), models.Index(condition=models.Q(('client', None), _negated=True), fields=['client'], name='draft_by_client')],
            },
        ),
        client_triple("cases_draft", person=""),
        migrations.RunSQL(
            f"""
            ALTER TABLE cases_draft ENABLE ROW LEVEL SECURITY;
            CREATE POLICY view ON cases_draft FOR SELECT USING ({OWN});
            CREATE POLICY own_insert ON cases_draft FOR INSERT WITH CHECK ({OWN});
            CREATE POLICY own_update ON cases_draft FOR UPDATE USING ({OWN}) WITH CHECK ({OWN});
            REVOKE DELETE ON cases_draft FROM {app_role()};
            """,
            "ALTER TABLE cases_draft DISABLE ROW LEVEL SECURITY; DROP POLICY view ON cases_draft; "
            "DROP POLICY own_insert ON cases_draft; DROP POLICY own_update ON cases_draft",
        ),
        # A form is a draft or on record. Both ways take the lock of its token, so that neither looks past the other.
        function(
            "wall.draft_is_of_no_session()",
            """
            BEGIN
              PERFORM pg_advisory_xact_lock(hashtext('cases_draft'), hashtext(NEW.token::text));
              IF EXISTS (SELECT FROM cases_session s WHERE s.form_token = NEW.token) THEN
                RAISE EXCEPTION 'the form is on record'
                  USING ERRCODE = '23505', CONSTRAINT = 'draft_is_of_no_session', TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NEW;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        migrations.RunSQL(
            "CREATE TRIGGER of_no_session BEFORE INSERT ON cases_draft "
            "FOR EACH ROW EXECUTE FUNCTION wall.draft_is_of_no_session()",
            "DROP TRIGGER of_no_session ON cases_draft",
        ),
        # The draft of a form that goes on record, wherever its owner works meanwhile.
        function(
            "wall.end_draft(form uuid)",
            """
            BEGIN
              PERFORM pg_advisory_xact_lock(hashtext('cases_draft'), hashtext(form::text));
              DELETE FROM cases_draft d WHERE d.token = form AND d.user_id = wall.actor();
            END
            """,
            returns="void",
            definer=True,
        ),
        # What was discarded a week ago, and what nobody has gone on with for sixty days. How many, and nothing else.
        function(
            "wall.purge_drafts()",
            """
            WITH gone AS (
              DELETE FROM cases_draft d
               WHERE d.discarded_at < now() - interval '7 days' OR d.updated_at < now() - interval '60 days'
              RETURNING 1
            )
            SELECT count(*)::int FROM gone
            """,
            returns="int",
            definer=True,
            language="sql",
        ),
    ]
