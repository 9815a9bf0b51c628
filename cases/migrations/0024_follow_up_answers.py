"""A follow-up ends by what kept it; a draft knows when it was begun; deadlines are found by the day they ended."""

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from centers.walls import function, wall


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0023_reminders_and_bounds'),
        ('centers', '0007_roles_apart'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='draft',
            name='started_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
        ),
        # Of a draft that is there already the last save is the nearest that is known.
        migrations.RunSQL("UPDATE cases_draft SET started_at = updated_at", migrations.RunSQL.noop),
        migrations.CreateModel(
            name='FollowUpAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('promised_on', models.DateField(verbose_name='follow up on')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('ended_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='ended at')),
            ],
            options={
                'verbose_name': 'follow-up that has ended',
                'verbose_name_plural': 'follow-ups that have ended',
            },
        ),
        migrations.CreateModel(
            name='FollowUpAnswerEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('promised_on', models.DateField(verbose_name='follow up on')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('ended_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='ended at')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='deadline',
            index=models.Index(condition=models.Q(('done_on', None), _negated=True), fields=['counsellor', 'done_on'], name='deadline_done'),
        ),
        migrations.AddField(
            model_name='followupanswer',
            name='answer',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answered', to='cases.session'),
        ),
        migrations.AddField(
            model_name='followupanswer',
            name='ended_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by'),
        ),
        migrations.AddField(
            model_name='followupanswer',
            name='session',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='cases.session'),
        ),
        migrations.AddField(
            model_name='followupanswer',
            name='workspace',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace'),
        ),
        migrations.AddField(
            model_name='followupanswerevent',
            name='answer',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.session'),
        ),
        migrations.AddField(
            model_name='followupanswerevent',
            name='ended_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by'),
        ),
        migrations.AddField(
            model_name='followupanswerevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='followupanswerevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='cases.followupanswer'),
        ),
        migrations.AddField(
            model_name='followupanswerevent',
            name='session',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.session'),
        ),
        migrations.AddField(
            model_name='followupanswerevent',
            name='workspace',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='centers.workspace'),
        ),
        migrations.AddIndex(
            model_name='followupanswer',
            index=models.Index(condition=models.Q(('answer', None), _negated=True), fields=['answer'], name='follow_up_by_answer'),
        ),
        migrations.AddConstraint(
            model_name='followupanswer',
            constraint=models.UniqueConstraint(fields=('session', 'promised_on', 'answer'), name='follow_up_answered_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='followupanswer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer__isnull', False), ('reason', '')), models.Q(('answer', None), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='follow_up_ends_by_session_or_reason', violation_error_message='A follow-up ends by a session, or for a reason.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='followupanswer',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "cases_followupanswerevent" ("answer_id", "ended_at", "ended_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "promised_on", "reason", "session_id", "workspace_id") VALUES (OLD."answer_id", OLD."ended_at", OLD."ended_by_id", OLD."id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."promised_on", OLD."reason", OLD."session_id", OLD."workspace_id"); RETURN NULL;', hash='6ae37e942e2b72072ac44393d3266c58fa73ece2', operation='UPDATE', pgid='pgtrigger_update_update_2b999', table='cases_followupanswer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='followupanswer',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cases_followupanswerevent" ("answer_id", "ended_at", "ended_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "promised_on", "reason", "session_id", "workspace_id") VALUES (OLD."answer_id", OLD."ended_at", OLD."ended_by_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."promised_on", OLD."reason", OLD."session_id", OLD."workspace_id"); RETURN NULL;', hash='83053394d30c34d7b5ae81cce7ff08639e7d2dae', operation='DELETE', pgid='pgtrigger_delete_delete_10456', table='cases_followupanswer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='followupanswerevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8160b88f45a667f5c4611209d45634fa5b2945fa', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_81939', table='cases_followupanswerevent', when='BEFORE')),
        ),
        # Both sessions are of the workspace of the answer.
        migrations.RunSQL(
            """
            ALTER TABLE cases_followupanswer ADD CONSTRAINT follow_up_is_of_the_workspace
              FOREIGN KEY (session_id, workspace_id) REFERENCES cases_session (id, workspace_id);
            ALTER TABLE cases_followupanswer ADD CONSTRAINT follow_up_answer_is_of_the_workspace
              FOREIGN KEY (answer_id, workspace_id) REFERENCES cases_session (id, workspace_id);
            """,
            """
            ALTER TABLE cases_followupanswer DROP CONSTRAINT follow_up_is_of_the_workspace;
            ALTER TABLE cases_followupanswer DROP CONSTRAINT follow_up_answer_is_of_the_workspace;
            """,
        ),
        wall("cases_followupanswer", view="view_sessions", work="work_sessions", deletable=True, history=True),
        function(
            "wall.follow_up_kept_by_its_client()",
            """
            BEGIN
              IF NEW.answer_id IS NOT NULL AND NOT EXISTS (
                   SELECT FROM cases_session promised, cases_session kept
                    WHERE promised.id = NEW.session_id AND kept.id = NEW.answer_id AND promised.id <> kept.id
                      AND kept.held_on >= promised.held_on
                      AND (kept.client_id = promised.client_id
                           OR EXISTS (SELECT FROM cases_sessionclient further
                                       WHERE further.session_id = kept.id
                                         AND further.client_id = promised.client_id))) THEN
                RAISE EXCEPTION 'a follow-up that another client keeps'
                  USING ERRCODE = '23514', CONSTRAINT = 'follow_up_kept_by_its_client', TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NULL;
            END
            """,
            returns="trigger",
        ),
        # After the further clients of a session, who are written after it.
        migrations.RunSQL(
            """
            CREATE CONSTRAINT TRIGGER kept_by_its_client AFTER INSERT OR UPDATE ON cases_followupanswer
              DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wall.follow_up_kept_by_its_client();
            """,
            "DROP TRIGGER kept_by_its_client ON cases_followupanswer",
        ),
        # Up to now the next session with the client ended a follow-up: what ended before stays ended, by that one.
        migrations.RunSQL(
            """
            INSERT INTO cases_followupanswer (workspace_id, session_id, answer_id, promised_on, reason)
            SELECT s.workspace_id, s.id, next.id, s.follow_up_on, ''
              FROM cases_session s,
                   LATERAL (SELECT n.id FROM cases_session n
                             WHERE n.client_id = s.client_id AND n.held_on > s.held_on AND n.voided_at IS NULL
                             ORDER BY n.held_on, n.id LIMIT 1) next
             WHERE s.follow_up_on IS NOT NULL AND s.client_id IS NOT NULL;
            SET CONSTRAINTS ALL IMMEDIATE;
            """,
            migrations.RunSQL.noop,
        ),
    ]
