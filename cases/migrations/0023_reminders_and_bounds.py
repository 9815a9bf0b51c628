"""One table for all that a person puts off; and requests between centres: their bounds as rows, their list for the
review.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from centers.walls import app_role, function

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


def ask_within_bounds(numbers: str, of_person: str, of_center: str, lock: str = "") -> str:
    return f"""
            DECLARE
              bound record;
            BEGIN
              IF NOT EXISTS (SELECT FROM centers_workspace w WHERE w.id = NEW.workspace_id AND w.kind = 'center') THEN
                RAISE EXCEPTION 'a file of no centre'
                  USING ERRCODE = '23514', CONSTRAINT = 'asked_between_centers', TABLE = TG_TABLE_NAME;
              END IF;
              PERFORM pg_advisory_xact_lock(hashtext('cases_identityquestion'), NEW.workspace_id::int);
              {lock}
              {numbers}
              IF (SELECT count(*) FROM cases_identityquestion q
                   WHERE q.asked_by_id = NEW.asked_by_id AND q.asked_at > now() - interval '1 day') >= {of_person}
                 OR (SELECT count(*) FROM cases_identityquestion q
                      WHERE q.workspace_id = NEW.workspace_id AND q.asked_at > now() - interval '1 day') >= {of_center} THEN
                RAISE EXCEPTION 'asked too often'
                  USING ERRCODE = '23514', CONSTRAINT = 'asked_within_the_rate', TABLE = TG_TABLE_NAME;
              END IF;
              NEW.asked_at := now();
              RETURN NEW;
            END
            """


def asking(body: str) -> str:
    return (
        "CREATE OR REPLACE FUNCTION wall.ask_within_bounds() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
        f"SET search_path = public, pg_temp AS $body${body}$body$"
    )


# Whoever works at two centres is held still by themselves too: the lock of a centre holds only who asks for it.
BY_ROWS = ask_within_bounds(
    "SELECT b.of_person, b.of_center INTO STRICT bound FROM cases_identitybound b ORDER BY b.id DESC LIMIT 1;",
    "bound.of_person", "bound.of_center",
    "PERFORM pg_advisory_xact_lock(hashtext('cases_identityquestion.asked_by'), coalesce(NEW.asked_by_id, 0)::int);",
)  # fmt: skip
BY_CONSTANTS = ask_within_bounds("", "20", "60")


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
        migrations.CreateModel(
            name='AskedElsewhere',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('sent_on', models.DateField(verbose_name='asked on')),
                ('asking_file', models.TextField()),
                ('asked_file', models.TextField()),
                ('answer', models.CharField(choices=[('open', 'Waiting for an answer'), ('same', 'The same person'), ('different', 'Not the same person'), ('unsure', 'Cannot be said')], max_length=10, verbose_name='answer')),
                ('answered_on', models.DateField(null=True)),
            ],
            options={
                'verbose_name': 'request between centres',
                'verbose_name_plural': 'requests between centres',
                'db_table': 'cases_askedelsewhere',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='IdentityBound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('of_person', models.PositiveSmallIntegerField(verbose_name='questions of one person')),
                ('of_center', models.PositiveSmallIntegerField(verbose_name='questions of one centre')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('set_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='set on')),
                ('set_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'bound of questions to other centres',
                'verbose_name_plural': 'bounds of questions to other centres',
                'constraints': [models.CheckConstraint(condition=models.Q(('of_person__gt', 0)), name='bound_lets_ask', violation_error_message='Let a person ask at least once a day.'), models.CheckConstraint(condition=models.Q(('of_center__gte', models.F('of_person'))), name='bound_of_center_holds_a_person', violation_error_message='A centre asks at least as often as one of its people may.')],
            },
        ),
        # Up to now these two stood in the trigger; the office that runs the installation sets its own.
        migrations.RunSQL(
            [
                "INSERT INTO cases_identitybound (of_person, of_center, reason) VALUES (20, 60, '')",
                f"REVOKE UPDATE, DELETE ON cases_identitybound FROM {app_role()}",
                asking(BY_ROWS),
            ],
            [asking(BY_CONSTANTS), f"GRANT UPDATE, DELETE ON cases_identitybound TO {app_role()}"],
        ),
        # Who asked whom, for who reviews the log of the whole province: of a client the number of the file alone.
        function(
            "wall.asked_elsewhere()",
            """
            SELECT r.id, (r.sent_at AT TIME ZONE 'Asia/Seoul')::date, r.from_workspace_id, q.asked_by_id,
                   coalesce(nullif(mine.ref, ''), mine.workspace_id || '-' || mine.id),
                   r.workspace_id, coalesce(nullif(theirs.ref, ''), theirs.workspace_id || '-' || theirs.id),
                   r.answer::text, (r.answered_at AT TIME ZONE 'Asia/Seoul')::date, r.answered_by_id
              FROM cases_identityrequest r
              JOIN cases_identityquestion q ON q.id = r.question_id
              JOIN cases_client mine ON mine.id = q.client_id
              JOIN cases_client theirs ON theirs.id = r.client_id
             WHERE (SELECT wall.whole('view_access_log'))
            """,
            returns="TABLE (id bigint, sent_on date, from_workspace_id bigint, asked_by_id bigint, asking_file text, "
            "workspace_id bigint, asked_file text, answer text, answered_on date, answered_by_id bigint)",
            definer=True,
            language="sql",
            traits="STABLE",
        ),
        migrations.RunSQL(
            "CREATE VIEW cases_askedelsewhere WITH (security_invoker = true) AS SELECT * FROM wall.asked_elsewhere()",
            "DROP VIEW cases_askedelsewhere",
        ),
    ]
