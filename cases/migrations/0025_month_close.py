"""A centre's month of counselling is closed when nothing is missing, and written from then on with a reason alone."""

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from centers.walls import function, on_statement, wall


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0024_follow_up_answers'),
        ('centers', '0007_roles_apart'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MonthClose',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='month')),
                ('sessions', models.PositiveIntegerField(default=0, editable=False, verbose_name='sessions')),
                ('document', models.CharField(blank=True, max_length=100, verbose_name='document number')),
                ('closed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='closed at')),
                ('opened_at', models.DateTimeField(blank=True, null=True, verbose_name='opened again at')),
                ('open_reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'closed month',
                'verbose_name_plural': 'closed months',
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='session',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='session',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='session',
            name='change_reason',
            field=models.CharField(blank=True, db_default='', max_length=200, verbose_name='reason of a change after the month was closed'),
        ),
        migrations.AddField(
            model_name='sessionevent',
            name='change_reason',
            field=models.CharField(blank=True, db_default='', max_length=200, verbose_name='reason of a change after the month was closed'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='session',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."caller_id" IS DISTINCT FROM (NEW."caller_id") OR OLD."change_reason" IS DISTINCT FROM (NEW."change_reason") OR OLD."channel_id" IS DISTINCT FROM (NEW."channel_id") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."clients" IS DISTINCT FROM (NEW."clients") OR OLD."counsellor_id" IS DISTINCT FROM (NEW."counsellor_id") OR OLD."counsellor_name" IS DISTINCT FROM (NEW."counsellor_name") OR OLD."follow_up_on" IS DISTINCT FROM (NEW."follow_up_on") OR OLD."held_on" IS DISTINCT FROM (NEW."held_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."interpretation_id" IS DISTINCT FROM (NEW."interpretation_id") OR OLD."language_id" IS DISTINCT FROM (NEW."language_id") OR OLD."minutes" IS DISTINCT FROM (NEW."minutes") OR OLD."nationality_id" IS DISTINCT FROM (NEW."nationality_id") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."note_language_id" IS DISTINCT FROM (NEW."note_language_id") OR OLD."outcome_id" IS DISTINCT FROM (NEW."outcome_id") OR OLD."programme_id" IS DISTINCT FROM (NEW."programme_id") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."recorded_on" IS DISTINCT FROM (NEW."recorded_on") OR OLD."ref" IS DISTINCT FROM (NEW."ref") OR OLD."residence_id" IS DISTINCT FROM (NEW."residence_id") OR OLD."sex_id" IS DISTINCT FROM (NEW."sex_id") OR OLD."status_id" IS DISTINCT FROM (NEW."status_id") OR OLD."summary" IS DISTINCT FROM (NEW."summary") OR OLD."topic_id" IS DISTINCT FROM (NEW."topic_id") OR OLD."urgency_id" IS DISTINCT FROM (NEW."urgency_id") OR OLD."void_reason" IS DISTINCT FROM (NEW."void_reason") OR OLD."voided_at" IS DISTINCT FROM (NEW."voided_at") OR OLD."wanted_language_id" IS DISTINCT FROM (NEW."wanted_language_id") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "cases_sessionevent" ("caller_id", "change_reason", "channel_id", "client_id", "clients", "counsellor_id", "counsellor_name", "follow_up_on", "held_on", "id", "interpretation_id", "language_id", "minutes", "nationality_id", "note", "note_language_id", "outcome_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "recorded_at", "recorded_on", "ref", "residence_id", "sex_id", "status_id", "summary", "topic_id", "urgency_id", "void_reason", "voided_at", "wanted_language_id", "workspace_id") VALUES (OLD."caller_id", OLD."change_reason", OLD."channel_id", OLD."client_id", OLD."clients", OLD."counsellor_id", OLD."counsellor_name", OLD."follow_up_on", OLD."held_on", OLD."id", OLD."interpretation_id", OLD."language_id", OLD."minutes", OLD."nationality_id", OLD."note", OLD."note_language_id", OLD."outcome_id", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."programme_id", OLD."recorded_at", OLD."recorded_on", OLD."ref", OLD."residence_id", OLD."sex_id", OLD."status_id", OLD."summary", OLD."topic_id", OLD."urgency_id", OLD."void_reason", OLD."voided_at", OLD."wanted_language_id", OLD."workspace_id"); RETURN NULL;', hash='056cb515e58c58b7e086eb20d4e2d6ad3b3d4ecf', operation='UPDATE', pgid='pgtrigger_update_update_7aaad', table='cases_session', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='session',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cases_sessionevent" ("caller_id", "change_reason", "channel_id", "client_id", "clients", "counsellor_id", "counsellor_name", "follow_up_on", "held_on", "id", "interpretation_id", "language_id", "minutes", "nationality_id", "note", "note_language_id", "outcome_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "recorded_at", "recorded_on", "ref", "residence_id", "sex_id", "status_id", "summary", "topic_id", "urgency_id", "void_reason", "voided_at", "wanted_language_id", "workspace_id") VALUES (OLD."caller_id", OLD."change_reason", OLD."channel_id", OLD."client_id", OLD."clients", OLD."counsellor_id", OLD."counsellor_name", OLD."follow_up_on", OLD."held_on", OLD."id", OLD."interpretation_id", OLD."language_id", OLD."minutes", OLD."nationality_id", OLD."note", OLD."note_language_id", OLD."outcome_id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."programme_id", OLD."recorded_at", OLD."recorded_on", OLD."ref", OLD."residence_id", OLD."sex_id", OLD."status_id", OLD."summary", OLD."topic_id", OLD."urgency_id", OLD."void_reason", OLD."voided_at", OLD."wanted_language_id", OLD."workspace_id"); RETURN NULL;', hash='6ca516cb3450d41c7cd54fbd67e4d7b94672ee06', operation='DELETE', pgid='pgtrigger_delete_delete_55f72', table='cases_session', when='AFTER')),
        ),
        migrations.AddField(
            model_name='monthclose',
            name='closed_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='closed by'),
        ),
        migrations.AddField(
            model_name='monthclose',
            name='opened_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='opened again by'),
        ),
        migrations.AddField(
            model_name='monthclose',
            name='workspace',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace', verbose_name='workspace'),
        ),
        migrations.AddConstraint(
            model_name='monthclose',
            constraint=models.UniqueConstraint(condition=models.Q(('opened_at', None)), fields=('workspace', 'month'), name='month_closed_once', violation_error_message='This month is closed already.'),
        ),
        migrations.AddConstraint(
            model_name='monthclose',
            constraint=models.CheckConstraint(condition=models.Q(('month__day', 1)), name='month_begins_on_its_first_day'),
        ),
        migrations.AddConstraint(
            model_name='monthclose',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('open_reason', ''), ('opened_at', None)), models.Q(('opened_at__isnull', False), models.Q(('open_reason', ''), _negated=True)), _connector='OR'), name='month_opened_for_a_reason', violation_error_message='Say why the month is opened again.'),
        ),
        wall("cases_monthclose", view="view_sessions", work="accept_activities"),
        # What a session lacks, as ``cases/completion.py`` tells it; a centre without a rule asks for a summary.
        function(
            "wall.lacking(place bigint, first date)",
            """
            SELECT count(*) FROM cases_session s LEFT JOIN cases_completionrule r ON r.workspace_id = s.workspace_id
             WHERE s.workspace_id = place AND s.held_on >= first AND s.held_on < (first + interval '1 month')::date
               AND s.voided_at IS NULL
               AND EXISTS (
                 SELECT FROM unnest(coalesce(r.fields, ARRAY['summary'])) AS asked
                  WHERE CASE asked
                          WHEN 'summary' THEN s.summary = '' AND coalesce(s.note_language_id, s.language_id) <> 'ko'
                          WHEN 'outcome' THEN s.outcome_id IS NULL
                          WHEN 'minutes' THEN s.minutes IS NULL
                          WHEN 'caller' THEN s.caller_id IS NULL
                          WHEN 'interpretation' THEN s.interpretation_id IS NULL
                          WHEN 'urgency' THEN s.urgency_id IS NULL
                          WHEN 'residence' THEN s.residence_id IS NULL
                        END)
            """,
            returns="bigint",
            language="sql",
            traits="STABLE",
            definer=True,
            private=True,
        ),
        # Whoever writes a session holds the centre's months open until the end of the transaction: a month is never
        # closed over a session that is just being written.
        function(
            "wall.close_month()",
            """
            BEGIN
              PERFORM pg_advisory_xact_lock(hashtext('cases_monthclose'), NEW.workspace_id::int);
              IF (NEW.month + interval '1 month')::date > wall.today() THEN
                RAISE EXCEPTION 'a month that is not over'
                  USING ERRCODE = '23514', CONSTRAINT = 'month_is_over', TABLE = TG_TABLE_NAME;
              END IF;
              IF wall.lacking(NEW.workspace_id, NEW.month) > 0 THEN
                RAISE EXCEPTION 'a month with sessions that lack something'
                  USING ERRCODE = '23514', CONSTRAINT = 'month_lacks_nothing', TABLE = TG_TABLE_NAME;
              END IF;
              SELECT count(*) INTO NEW.sessions FROM cases_session s
               WHERE s.workspace_id = NEW.workspace_id AND s.voided_at IS NULL AND s.held_on >= NEW.month
                 AND s.held_on < (NEW.month + interval '1 month')::date;
              RETURN NEW;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        migrations.RunSQL(
            "CREATE TRIGGER close_month BEFORE INSERT ON cases_monthclose FOR EACH ROW "
            "EXECUTE FUNCTION wall.close_month()",
            "DROP TRIGGER close_month ON cases_monthclose",
        ),
        # Moving with a merge or a joined identity is no change of the session: these are on record themselves.
        function(
            "wall.month_is_closed()",
            """
            DECLARE
              why text := coalesce(current_setting('wall.change_reason', true), '');
            BEGIN
              PERFORM pg_advisory_xact_lock_shared(hashtext('cases_monthclose'), n.workspace_id::int)
                 FROM (SELECT DISTINCT workspace_id FROM new_rows ORDER BY 1) n;
              IF TG_OP = 'INSERT' THEN
                PERFORM FROM new_rows n JOIN cases_monthclose c ON c.workspace_id = n.workspace_id
                 WHERE c.opened_at IS NULL AND c.month = date_trunc('month', n.held_on::timestamp)::date
                   AND (n.change_reason = '' OR n.change_reason <> why);
              ELSE
                PERFORM FROM new_rows n JOIN old_rows o ON o.id = n.id
                   JOIN cases_monthclose c ON c.workspace_id = n.workspace_id
                 WHERE c.opened_at IS NULL
                   AND c.month IN (date_trunc('month', n.held_on::timestamp)::date,
                                   date_trunc('month', o.held_on::timestamp)::date)
                   AND (n.change_reason = '' OR n.change_reason <> why)
                   AND to_jsonb(n) - ARRAY['client_id', 'person_id'] <> to_jsonb(o) - ARRAY['client_id', 'person_id'];
              END IF;
              IF FOUND THEN
                RAISE EXCEPTION 'a session of a closed month'
                  USING ERRCODE = '23514', CONSTRAINT = 'month_is_closed', TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        on_statement("cases_session", "month_is_closed", "wall.month_is_closed"),
    ]
