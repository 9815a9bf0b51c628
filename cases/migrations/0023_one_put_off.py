"""Deadlines are put off as other reminders are: one table for all that a person puts off."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from centers.walls import function

# What was put off rested for the one whom the deadline reminds. Of a deadline of nobody there is nobody to rest for.
KEEP = """
INSERT INTO cases_putoff (workspace_id, user_id, client_id, session_id, deadline_id, until, reason)
SELECT d.workspace_id, d.counsellor_id, d.client_id, d.session_id, d.id, d.snoozed_until, d.snooze_reason
  FROM cases_deadline d WHERE d.snoozed_until IS NOT NULL AND d.counsellor_id IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
"""
GIVE_BACK = """
UPDATE cases_deadline d SET snoozed_until = p.until, snooze_reason = p.reason
  FROM cases_putoff p WHERE p.deadline_id = d.id AND p.user_id = d.counsellor_id;
DELETE FROM cases_putoff WHERE deadline_id IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0022_guarded_accesses'),
        ('centers', '0007_roles_apart'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='putoff',
            name='deadline',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.deadline'),
        ),
        migrations.RemoveConstraint(model_name='putoff', name='put_off_follow_up'),
        migrations.AddConstraint(
            model_name='putoff',
            constraint=models.UniqueConstraint(condition=Q(('deadline', None), Q(('session', None), _negated=True)), fields=('user', 'session'), name='put_off_follow_up'),
        ),
        migrations.AddConstraint(
            model_name='putoff',
            constraint=models.UniqueConstraint(condition=Q(('deadline', None), _negated=True), fields=('user', 'deadline'), name='put_off_deadline'),
        ),
        migrations.AddConstraint(
            model_name='putoff',
            constraint=models.CheckConstraint(condition=Q(('deadline', None), Q(('session', None), _negated=True), _connector='OR'), name='put_off_deadline_of_a_session'),
        ),
        migrations.RunSQL(
            """
            ALTER TABLE cases_deadline ADD CONSTRAINT deadline_of_a_session UNIQUE (id, session_id, workspace_id);
            ALTER TABLE cases_putoff ADD CONSTRAINT put_off_deadline_is_of_the_session
              FOREIGN KEY (deadline_id, session_id, workspace_id) REFERENCES cases_deadline (id, session_id, workspace_id);
            """,
            """
            ALTER TABLE cases_putoff DROP CONSTRAINT put_off_deadline_is_of_the_session;
            ALTER TABLE cases_deadline DROP CONSTRAINT deadline_of_a_session;
            """,
        ),
        pgtrigger.migrations.RemoveTrigger(model_name='deadline', name='update_update'),
        pgtrigger.migrations.RemoveTrigger(model_name='deadline', name='delete_delete'),
        migrations.RunSQL(KEEP, GIVE_BACK),
        migrations.RemoveConstraint(model_name='deadline', name='deadline_put_off_with_a_reason'),
        migrations.RemoveField(model_name='deadline', name='snooze_reason'),
        migrations.RemoveField(model_name='deadline', name='snoozed_until'),
        migrations.RemoveField(model_name='deadlineevent', name='snooze_reason'),
        migrations.RemoveField(model_name='deadlineevent', name='snoozed_until'),
        pgtrigger.migrations.AddTrigger(
            model_name='deadline',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."counsellor_id" IS DISTINCT FROM (NEW."counsellor_id") OR OLD."done_on" IS DISTINCT FROM (NEW."done_on") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind_id" IS DISTINCT FROM (NEW."kind_id") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."recorded_on" IS DISTINCT FROM (NEW."recorded_on") OR OLD."ref" IS DISTINCT FROM (NEW."ref") OR OLD."session_id" IS DISTINCT FROM (NEW."session_id") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "cases_deadlineevent" ("client_id", "counsellor_id", "done_on", "due_on", "id", "kind_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_on", "ref", "session_id", "starts_on", "workspace_id") VALUES (OLD."client_id", OLD."counsellor_id", OLD."done_on", OLD."due_on", OLD."id", OLD."kind_id", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."recorded_at", OLD."recorded_on", OLD."ref", OLD."session_id", OLD."starts_on", OLD."workspace_id"); RETURN NULL;', hash='062c9ba551448a29b67ecbc8221e89eab4c304f4', operation='UPDATE', pgid='pgtrigger_update_update_dbf42', table='cases_deadline', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deadline',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cases_deadlineevent" ("client_id", "counsellor_id", "done_on", "due_on", "id", "kind_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_on", "ref", "session_id", "starts_on", "workspace_id") VALUES (OLD."client_id", OLD."counsellor_id", OLD."done_on", OLD."due_on", OLD."id", OLD."kind_id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recorded_at", OLD."recorded_on", OLD."ref", OLD."session_id", OLD."starts_on", OLD."workspace_id"); RETURN NULL;', hash='7378436ed78212efbca73ab38e7847ad22b0ea89', operation='DELETE', pgid='pgtrigger_delete_delete_7b4bc', table='cases_deadline', when='AFTER')),
        ),
        # Whoever put a reminder of a session off may be somebody else than who corrects whom it was with.
        function(
            "wall.take_reminders_along()",
            """
            BEGIN
              UPDATE cases_putoff SET client_id = NEW.client_id
               WHERE session_id = NEW.id AND client_id IS DISTINCT FROM NEW.client_id;
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        migrations.RunSQL(
            "CREATE TRIGGER take_reminders_along AFTER UPDATE OF client_id ON cases_session FOR EACH ROW "
            "WHEN (NEW.client_id IS NOT NULL AND NEW.client_id IS DISTINCT FROM OLD.client_id) "
            "EXECUTE FUNCTION wall.take_reminders_along()",
            "DROP TRIGGER take_reminders_along ON cases_session",
        ),
    ]
