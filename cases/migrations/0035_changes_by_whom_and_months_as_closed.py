"""Who changed a session and added or removed whom; what a month was closed by, and what it counted then."""

import cases.models.kept
import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from centers.walls import function


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0034_numbers_kept_and_answers_seen'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        function(
            "wall.written_by()",
            "SELECT CASE WHEN coalesce(current_setting('wall.scope', true), '') <> '' THEN wall.actor() END",
            returns="bigint",
            language="sql",
            traits="STABLE PARALLEL RESTRICTED",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='sessionclient',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='sessionclient',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='sessionissue',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='sessionissue',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='monthclose',
            name='asked',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, editable=False, null=True, size=None),
        ),
        migrations.AddField(
            model_name='monthclose',
            name='people',
            field=models.PositiveIntegerField(blank=True, editable=False, null=True, verbose_name='people'),
        ),
        migrations.AddField(
            model_name='monthclose',
            name='visits',
            field=models.PositiveIntegerField(blank=True, editable=False, null=True, verbose_name='visits'),
        ),
        migrations.AddField(
            model_name='sessionclient',
            name='added_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='sessionclient',
            name='added_at',
            field=models.DateTimeField(blank=True, db_default=django.contrib.postgres.functions.TransactionNow(), editable=False, null=True),
        ),
        migrations.AddField(
            model_name='sessionclient',
            name='added_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_default=cases.models.kept.WrittenBy(), db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sessionclientevent',
            name='added_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='sessionclientevent',
            name='added_at',
            field=models.DateTimeField(blank=True, db_default=django.contrib.postgres.functions.TransactionNow(), editable=False, null=True),
        ),
        migrations.AddField(
            model_name='sessionclientevent',
            name='added_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_default=cases.models.kept.WrittenBy(), editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sessionclientevent',
            name='changed_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_default=cases.models.kept.WrittenBy(), db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sessionevent',
            name='changed_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_default=cases.models.kept.WrittenBy(), db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sessionissue',
            name='added_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='sessionissue',
            name='added_at',
            field=models.DateTimeField(blank=True, db_default=django.contrib.postgres.functions.TransactionNow(), editable=False, null=True),
        ),
        migrations.AddField(
            model_name='sessionissue',
            name='added_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_default=cases.models.kept.WrittenBy(), db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sessionissueevent',
            name='added_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='sessionissueevent',
            name='added_at',
            field=models.DateTimeField(blank=True, db_default=django.contrib.postgres.functions.TransactionNow(), editable=False, null=True),
        ),
        migrations.AddField(
            model_name='sessionissueevent',
            name='added_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_default=cases.models.kept.WrittenBy(), editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sessionissueevent',
            name='changed_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_default=cases.models.kept.WrittenBy(), db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sessionclient',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."added_at" IS DISTINCT FROM (NEW."added_at") OR OLD."added_by_id" IS DISTINCT FROM (NEW."added_by_id") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."held_on" IS DISTINCT FROM (NEW."held_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."session_id" IS DISTINCT FROM (NEW."session_id") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "cases_sessionclientevent" ("added_at", "added_by_id", "client_id", "held_on", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id", "workspace_id") VALUES (OLD."added_at", OLD."added_by_id", OLD."client_id", OLD."held_on", OLD."id", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."session_id", OLD."workspace_id"); RETURN NULL;', hash='bb546ece9b9795ad693d9df9019dadc64fef279f', operation='UPDATE', pgid='pgtrigger_update_update_24a1a', table='cases_sessionclient', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sessionclient',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cases_sessionclientevent" ("added_at", "added_by_id", "client_id", "held_on", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id", "workspace_id") VALUES (OLD."added_at", OLD."added_by_id", OLD."client_id", OLD."held_on", OLD."id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."session_id", OLD."workspace_id"); RETURN NULL;', hash='dbd24d131eca7a201a97e066aa225c32e13d962e', operation='DELETE', pgid='pgtrigger_delete_delete_dfb5a', table='cases_sessionclient', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sessionissue',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "cases_sessionissueevent" ("added_at", "added_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id", "topic_id", "workspace_id") VALUES (OLD."added_at", OLD."added_by_id", OLD."id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."session_id", OLD."topic_id", OLD."workspace_id"); RETURN NULL;', hash='ee2f8023293d358844a71db546fb72c3c571ff8a', operation='UPDATE', pgid='pgtrigger_update_update_72a47', table='cases_sessionissue', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sessionissue',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cases_sessionissueevent" ("added_at", "added_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id", "topic_id", "workspace_id") VALUES (OLD."added_at", OLD."added_by_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."session_id", OLD."topic_id", OLD."workspace_id"); RETURN NULL;', hash='83959bf6221e23c136f607b96ed0914e400b79a9', operation='DELETE', pgid='pgtrigger_delete_delete_387ee', table='cases_sessionissue', when='AFTER')),
        ),
        # How many of the rows that a merge moved are there no more, by table: whoever undoes it may not read them all.
        function(
            "wall.rows_gone(merge_id bigint)",
            """
            DECLARE
              was cases_clientmerge;
              piece record;
            BEGIN
              SELECT * INTO was FROM cases_clientmerge WHERE id = merge_id;
              IF NOT FOUND OR NOT wall.works_on_file(was.kept_id) OR NOT wall.works_on_file(was.absorbed_id) THEN
                RAISE EXCEPTION 'a file is of another workspace' USING ERRCODE = '42501';
              END IF;
              FOR piece IN
                SELECT r.place AS name, array_agg(DISTINCT i.id) AS ids
                  FROM jsonb_to_recordset(was.moved -> 'rows') AS r (place text, ids bigint[])
                 CROSS JOIN unnest(r.ids) AS i (id)
                 WHERE r.place IN (SELECT p.place FROM wall.places_of_files() p)
                 GROUP BY r.place
              LOOP
                place := piece.name;
                EXECUTE format('SELECT cardinality($1) - count(*) FROM %I WHERE id = ANY ($1)', place)
                  INTO many USING piece.ids;
                IF many > 0 THEN
                  RETURN NEXT;
                END IF;
              END LOOP;
            END
            """,
            returns="TABLE (place text, many bigint)",
            definer=True,
        ),
        # The month is held still by ``wall.close_month``, whose trigger comes before this one by its name.
        function(
            "wall.keep_month_count()",
            """
            BEGIN
              NEW.asked := coalesce((SELECT r.fields FROM cases_completionrule r
                                      WHERE r.workspace_id = NEW.workspace_id), ARRAY['summary']);
              WITH counted AS (
                SELECT s.id, s.person_id, s.clients FROM cases_session s
                 WHERE s.workspace_id = NEW.workspace_id AND s.voided_at IS NULL AND s.held_on >= NEW.month
                   AND s.held_on < (NEW.month + interval '1 month')::date)
              SELECT (SELECT coalesce(sum(clients), 0) FROM counted),
                     (SELECT count(DISTINCT who.person_id)
                        FROM (SELECT person_id FROM counted
                              UNION ALL
                              SELECT o.person_id FROM cases_sessionclient o JOIN counted ON counted.id = o.session_id
                             ) who)
                INTO NEW.visits, NEW.people;
              RETURN NEW;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        function(
            "wall.month_close_stays()",
            """
            BEGIN
              IF to_jsonb(NEW) - ARRAY['opened_by_id', 'opened_at', 'open_reason']
                 <> to_jsonb(OLD) - ARRAY['opened_by_id', 'opened_at', 'open_reason']
                 OR OLD.opened_at IS NOT NULL AND to_jsonb(NEW) <> to_jsonb(OLD) THEN
                RAISE EXCEPTION 'what a month was closed by'
                  USING ERRCODE = '23514', CONSTRAINT = 'month_close_stays', TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NEW;
            END
            """,
            returns="trigger",
        ),
        migrations.RunSQL(
            [
                "CREATE TRIGGER keep_month_count BEFORE INSERT ON cases_monthclose FOR EACH ROW "
                "EXECUTE FUNCTION wall.keep_month_count()",
                "CREATE TRIGGER month_close_stays BEFORE UPDATE ON cases_monthclose FOR EACH ROW "
                "EXECUTE FUNCTION wall.month_close_stays()",
            ],
            [
                "DROP TRIGGER month_close_stays ON cases_monthclose",
                "DROP TRIGGER keep_month_count ON cases_monthclose",
            ],
        ),
    ]
