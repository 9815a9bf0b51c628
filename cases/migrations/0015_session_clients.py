"""Several clients in one session: each is of its workspace, and the session counts at least so many."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from centers.walls import client_triple, function, wall


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0014_session_fields'),
        ('centers', '0004_exports_wall'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='SessionClient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('held_on', models.DateField(verbose_name='held on')),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='sessions_with_others', to='cases.client')),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.person')),
                ('session', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='others', to='cases.session')),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace')),
            ],
            options={
                'verbose_name': 'further client',
                'verbose_name_plural': 'further clients',
            },
        ),
        migrations.CreateModel(
            name='SessionClientEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('held_on', models.DateField(verbose_name='held on')),
                ('client', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.client')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.person')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='cases.sessionclient')),
                ('session', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.session')),
                ('workspace', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='centers.workspace')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='sessionclient',
            index=models.Index(fields=['client', '-held_on'], name='session_client_by_client'),
        ),
        migrations.AddIndex(
            model_name='sessionclient',
            index=models.Index(fields=['person'], name='session_client_by_person'),
        ),
        migrations.AddIndex(
            model_name='sessionclient',
            index=models.Index(fields=['workspace', 'held_on'], name='session_client_by_day'),
        ),
        migrations.AddConstraint(
            model_name='sessionclient',
            constraint=models.UniqueConstraint(fields=('session', 'client'), name='session_client_once', violation_error_message='This client is in the session already.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sessionclient',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."held_on" IS DISTINCT FROM (NEW."held_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."session_id" IS DISTINCT FROM (NEW."session_id") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "cases_sessionclientevent" ("client_id", "held_on", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id", "workspace_id") VALUES (OLD."client_id", OLD."held_on", OLD."id", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."session_id", OLD."workspace_id"); RETURN NULL;', hash='7819bb9d47a32842c5f990f1259f21c4f56fec18', operation='UPDATE', pgid='pgtrigger_update_update_24a1a', table='cases_sessionclient', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sessionclient',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cases_sessionclientevent" ("client_id", "held_on", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id", "workspace_id") VALUES (OLD."client_id", OLD."held_on", OLD."id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."session_id", OLD."workspace_id"); RETURN NULL;', hash='4fdefbdca755d9c4a8cbda840b006f185b867bab', operation='DELETE', pgid='pgtrigger_delete_delete_dfb5a', table='cases_sessionclient', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sessionclientevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5c6357848ea6cc93f604ea84b825907b796a4167', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e7e04', table='cases_sessionclientevent', when='BEFORE')),
        ),
        client_triple("cases_sessionclient"),
        # The day moves with the session.
        migrations.RunSQL(
            """
            ALTER TABLE cases_session ADD CONSTRAINT session_of_workspace_and_day UNIQUE (id, workspace_id, held_on);
            ALTER TABLE cases_sessionclient ADD CONSTRAINT session_client_is_of_the_session
              FOREIGN KEY (session_id, workspace_id, held_on) REFERENCES cases_session (id, workspace_id, held_on)
              ON UPDATE CASCADE;
            """,
            """
            ALTER TABLE cases_sessionclient DROP CONSTRAINT session_client_is_of_the_session;
            ALTER TABLE cases_session DROP CONSTRAINT session_of_workspace_and_day;
            """,
        ),
        wall("cases_sessionclient", view="view_sessions", work="work_sessions", deletable=True, history=True),
        function(
            "wall.session_counts_its_clients()",
            """
            DECLARE
              wrong text;
            BEGIN
              SELECT CASE WHEN s.client_id IS NULL THEN 'session_has_a_first_client'
                          WHEN EXISTS (SELECT FROM cases_sessionclient p
                                        WHERE p.session_id = s.id AND p.client_id = s.client_id)
                          THEN 'session_client_once' ELSE 'session_counts_its_clients' END INTO wrong
                FROM cases_session s
               WHERE s.id = CASE TG_TABLE_NAME WHEN 'cases_session' THEN NEW.id
                                 ELSE (to_jsonb(NEW) ->> 'session_id')::bigint END
                 AND EXISTS (SELECT FROM cases_sessionclient p WHERE p.session_id = s.id)
                 AND (s.client_id IS NULL
                      OR s.clients < 1 + (SELECT count(*) FROM cases_sessionclient p WHERE p.session_id = s.id)
                      OR EXISTS (SELECT FROM cases_sessionclient p
                                  WHERE p.session_id = s.id AND p.client_id = s.client_id));
              IF wrong IS NOT NULL THEN
                RAISE EXCEPTION 'the clients of a session do not fit it'
                  USING ERRCODE = '23514', CONSTRAINT = wrong, TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NULL;
            END
            """,
            returns="trigger",
        ),
        # At the end of the transaction, since a correction takes some away and adds others.
        migrations.RunSQL(
            """
            CREATE CONSTRAINT TRIGGER counted AFTER INSERT OR UPDATE ON cases_sessionclient
              DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wall.session_counts_its_clients();
            CREATE CONSTRAINT TRIGGER counted AFTER UPDATE OF clients, client_id ON cases_session
              DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wall.session_counts_its_clients();
            """,
            "DROP TRIGGER counted ON cases_sessionclient; DROP TRIGGER counted ON cases_session",
        ),
    ]
