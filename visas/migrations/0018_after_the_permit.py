"""Checks that were put on record wrongly are withdrawn, and a finding that stands is closed by two people."""

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from centers.walls import app_role, client_triple, function, on_statement

HERE = "workspace_id = ANY ((SELECT wall.scope('{}'))::bigint[])"
# As 0014 has it for checks and findings: the own office, and no other official.
READ = (
    HERE.format("view_visa_cases") + " OR NOT (SELECT wall.is_official()) AND EXISTS (SELECT FROM visas_visacase v"
    " WHERE v.id = case_id AND v.shared_with && (SELECT wall.scope('view_visa_cases'))::int[])"
)
WORK = f"{HERE.format('review_visa_cases')} OR {HERE.format('work_visa_cases')}"


def kept(table: str) -> list[migrations.RunSQL]:
    """Walls for a table of one case that is read and written where its case is kept, and its history."""
    name = f"{table}_is_of_the_workspace"
    return [
        client_triple(table),
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (case_id, workspace_id) "
            "REFERENCES visas_visacase (id, workspace_id)",
            f"ALTER TABLE {table} DROP CONSTRAINT {name}",
        ),
        migrations.RunSQL(
            [
                f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
                f"CREATE POLICY view ON {table} FOR SELECT USING ({READ})",
                f"CREATE POLICY work_insert ON {table} FOR INSERT WITH CHECK ({WORK})",
                f"CREATE POLICY work_update ON {table} FOR UPDATE USING ({WORK}) WITH CHECK ({WORK})",
                f"REVOKE DELETE ON {table} FROM {app_role()}",
                f"ALTER TABLE {table}event ENABLE ROW LEVEL SECURITY",
                f"CREATE POLICY view ON {table}event FOR SELECT USING ({READ})",
                f"REVOKE INSERT, UPDATE, DELETE ON {table}event FROM {app_role()}",
            ],
            [
                f"DROP POLICY view ON {table}event",
                f"ALTER TABLE {table}event DISABLE ROW LEVEL SECURITY",
                *(f"DROP POLICY {policy} ON {table}" for policy in ("view", "work_insert", "work_update")),
                f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
            ],
        ),
    ]


def edited(signature: str, old: str, new: str) -> migrations.RunSQL:
    """Put one text of a function in place of another; refused where it is not there exactly once."""

    def change(old: str, new: str) -> str:
        return (
            f"DO $do$ DECLARE body text := pg_get_functiondef('{signature}'::regprocedure); BEGIN "
            f"IF array_length(string_to_array(body, $old${old}$old$), 1) <> 2 THEN "
            f"RAISE EXCEPTION '{signature} does not read as expected'; END IF; "
            f"EXECUTE replace(body, $old${old}$old$, $new${new}$new$); END $do$"
        )

    return migrations.RunSQL(change(old, new), change(new, old))


CORRECTED = [
    edited(
        "wall.keep_check()",
        "ELSE '{}' END::text[]) THEN",
        "WHEN OLD.withdrawn_on IS NULL THEN '{withdrawn_on,withdrawn_by_id,withdrawn_why}' ELSE '{}' END::text[]) THEN",
    ),
    # What two people have confirmed, one alone does not take away.
    edited(
        "wall.keep_check()",
        "RETURN NEW;",
        """IF OLD.withdrawn_on IS NULL AND NEW.withdrawn_on IS NOT NULL THEN
        IF EXISTS (SELECT FROM visas_finding f WHERE f.check_made_id = NEW.id AND f.state = 'confirmed'
                      AND NOT EXISTS (SELECT FROM visas_closing c
                                       WHERE c.finding_id = f.id AND c.state = 'confirmed')) THEN
          RAISE EXCEPTION 'two people have confirmed what the check has shown'
            USING ERRCODE = '23514', CONSTRAINT = 'check_confirmed_stays', TABLE = TG_TABLE_NAME;
        END IF;
        NEW.withdrawn_by_id := coalesce(wall.actor(), NEW.withdrawn_by_id);
      END IF;
      RETURN NEW;""",
    ),
    # The duty is asked for again: withdrawing a check is no way to be rid of it.
    function(
        "wall.ask_check_again()",
        """
        BEGIN
          INSERT INTO visas_obligationcheck (workspace_id, case_id, client_id, person_id, obligation_id, due_on,
                                             result, document, note, withdrawn_why)
          VALUES (NEW.workspace_id, NEW.case_id, NEW.client_id, NEW.person_id, NEW.obligation_id, NEW.due_on,
                  '', '', '', '');
          RETURN NULL;
        END
        """,
        returns="trigger",
    ),
    migrations.RunSQL(
        "CREATE TRIGGER ask_again AFTER UPDATE ON visas_obligationcheck FOR EACH ROW "
        "WHEN (OLD.withdrawn_on IS NULL AND NEW.withdrawn_on IS NOT NULL) EXECUTE FUNCTION wall.ask_check_again()",
        "DROP TRIGGER ask_again ON visas_obligationcheck",
    ),
    # The check is held, so that it is not withdrawn while the second person looks.
    edited(
        "wall.keep_finding()",
        "IF NEW.state <> OLD.state THEN",
        """IF NEW.state <> OLD.state THEN
        PERFORM FROM visas_obligationcheck k
          WHERE k.id = NEW.check_made_id AND k.withdrawn_on IS NULL FOR NO KEY UPDATE;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'the check was withdrawn'
            USING ERRCODE = '23514', CONSTRAINT = 'finding_of_a_standing_check', TABLE = TG_TABLE_NAME;
        END IF;""",
    ),
    edited("wall.check_counts(date)", "WHERE wall.whole('view_visa_cases')",
           "WHERE wall.whole('view_visa_cases') AND k.withdrawn_on IS NULL"),
]
CLOSED = [
    *kept("visas_closing"),
    function(
        "wall.keep_closing()",
        """
        BEGIN
          IF TG_OP = 'INSERT' THEN
            NEW.done_by_id := coalesce(wall.actor(), NEW.done_by_id);
            RETURN NEW;
          END IF;
          IF wall.changes_besides(to_jsonb(OLD), to_jsonb(NEW),
               CASE WHEN OLD.state = 'open' AND NEW.state <> 'open'
                    THEN '{state,looked_by_id,looked_on,reason}' ELSE '{}' END::text[]) THEN
            RAISE EXCEPTION 'only the second look is added to a closing'
              USING ERRCODE = '23514', CONSTRAINT = 'closing_stays', TABLE = TG_TABLE_NAME;
          END IF;
          IF NEW.state <> OLD.state THEN
            NEW.looked_by_id := coalesce(wall.actor(), NEW.looked_by_id);
          END IF;
          RETURN NEW;
        END
        """,
        returns="trigger",
    ),
    # After the row, so that the wall speaks first to whoever may not write here.
    function(
        "wall.begin_closing()",
        """
        BEGIN
          IF NEW.state <> 'open' OR NOT EXISTS (
               SELECT FROM visas_finding f
                WHERE f.id = NEW.finding_id AND f.case_id = NEW.case_id AND f.state = 'confirmed') THEN
            RAISE EXCEPTION 'a finding is closed after two people have confirmed it'
              USING ERRCODE = '23514', CONSTRAINT = 'closing_of_a_confirmed_finding', TABLE = TG_TABLE_NAME;
          END IF;
          RETURN NULL;
        END
        """,
        returns="trigger",
    ),
    migrations.RunSQL(
        """
        CREATE TRIGGER stays BEFORE INSERT OR UPDATE ON visas_closing
          FOR EACH ROW EXECUTE FUNCTION wall.keep_closing();
        CREATE TRIGGER begins AFTER INSERT ON visas_closing FOR EACH ROW EXECUTE FUNCTION wall.begin_closing();
        """,
        "DROP TRIGGER begins ON visas_closing; DROP TRIGGER stays ON visas_closing",
    ),
    on_statement("visas_closing", "not_in_the_future", "wall.refuse_future", arguments=["done_on"]),
]


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0022_guarded_accesses'),
        ('centers', '0007_roles_apart'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('visas', '0017_enrolments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Closing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', 'Waits for a second look'), ('confirmed', 'Agreed: the finding is closed'), ('dismissed', 'Not agreed')], default='open', max_length=10, verbose_name='state')),
                ('looked_on', models.DateField(blank=True, null=True, verbose_name='second look on')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('done', models.CharField(max_length=500, verbose_name='what was done')),
                ('done_on', models.DateField(verbose_name='day of the measure')),
                ('document', models.CharField(blank=True, max_length=60, verbose_name='document number')),
            ],
            options={
                'verbose_name': 'closing of a finding',
                'verbose_name_plural': 'closings of findings',
            },
        ),
        migrations.CreateModel(
            name='ClosingEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('state', models.CharField(choices=[('open', 'Waits for a second look'), ('confirmed', 'Agreed: the finding is closed'), ('dismissed', 'Not agreed')], default='open', max_length=10, verbose_name='state')),
                ('looked_on', models.DateField(blank=True, null=True, verbose_name='second look on')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('done', models.CharField(max_length=500, verbose_name='what was done')),
                ('done_on', models.DateField(verbose_name='day of the measure')),
                ('document', models.CharField(blank=True, max_length=60, verbose_name='document number')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='obligationcheck',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='obligationcheck',
            name='delete_delete',
        ),
        migrations.RemoveConstraint(
            model_name='obligationcheck',
            name='check_once',
        ),
        migrations.AddField(
            model_name='obligationcheck',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='taken out by'),
        ),
        migrations.AddField(
            model_name='obligationcheck',
            name='withdrawn_on',
            field=models.DateField(blank=True, null=True, verbose_name='taken out on'),
        ),
        migrations.AddField(
            model_name='obligationcheck',
            name='withdrawn_why',
            field=models.CharField(blank=True, max_length=200, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='obligationcheckevent',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='taken out by'),
        ),
        migrations.AddField(
            model_name='obligationcheckevent',
            name='withdrawn_on',
            field=models.DateField(blank=True, null=True, verbose_name='taken out on'),
        ),
        migrations.AddField(
            model_name='obligationcheckevent',
            name='withdrawn_why',
            field=models.CharField(blank=True, max_length=200, verbose_name='reason'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='obligationcheck',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."document" IS DISTINCT FROM (NEW."document") OR OLD."done_by_id" IS DISTINCT FROM (NEW."done_by_id") OR OLD."done_on" IS DISTINCT FROM (NEW."done_on") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."obligation_id" IS DISTINCT FROM (NEW."obligation_id") OR OLD."proof_id" IS DISTINCT FROM (NEW."proof_id") OR OLD."result" IS DISTINCT FROM (NEW."result") OR OLD."withdrawn_by_id" IS DISTINCT FROM (NEW."withdrawn_by_id") OR OLD."withdrawn_on" IS DISTINCT FROM (NEW."withdrawn_on") OR OLD."withdrawn_why" IS DISTINCT FROM (NEW."withdrawn_why") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "visas_obligationcheckevent" ("case_id", "client_id", "document", "done_by_id", "done_on", "due_on", "id", "note", "obligation_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof_id", "result", "withdrawn_by_id", "withdrawn_on", "withdrawn_why", "workspace_id") VALUES (OLD."case_id", OLD."client_id", OLD."document", OLD."done_by_id", OLD."done_on", OLD."due_on", OLD."id", OLD."note", OLD."obligation_id", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."proof_id", OLD."result", OLD."withdrawn_by_id", OLD."withdrawn_on", OLD."withdrawn_why", OLD."workspace_id"); RETURN NULL;', hash='142df566da18d2dcbe57b964118971d2d26e5be3', operation='UPDATE', pgid='pgtrigger_update_update_9d3fa', table='visas_obligationcheck', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='obligationcheck',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visas_obligationcheckevent" ("case_id", "client_id", "document", "done_by_id", "done_on", "due_on", "id", "note", "obligation_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof_id", "result", "withdrawn_by_id", "withdrawn_on", "withdrawn_why", "workspace_id") VALUES (OLD."case_id", OLD."client_id", OLD."document", OLD."done_by_id", OLD."done_on", OLD."due_on", OLD."id", OLD."note", OLD."obligation_id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."proof_id", OLD."result", OLD."withdrawn_by_id", OLD."withdrawn_on", OLD."withdrawn_why", OLD."workspace_id"); RETURN NULL;', hash='a260ff2368141458603d2ab894b22021e829c180', operation='DELETE', pgid='pgtrigger_delete_delete_d9201', table='visas_obligationcheck', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='obligationcheck',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_on', None)), fields=('obligation', 'due_on'), name='check_once'),
        ),
        migrations.AddConstraint(
            model_name='obligationcheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_on', None), ('withdrawn_why', '')), models.Q(('withdrawn_on__isnull', False), models.Q(('withdrawn_why', ''), _negated=True), models.Q(('result', ''), _negated=True)), _connector='OR'), name='check_withdrawn_with_a_reason', violation_error_message='Say why it is taken out.'),
        ),
        migrations.AddField(
            model_name='closing',
            name='case',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='closings', to='visas.visacase'),
        ),
        migrations.AddField(
            model_name='closing',
            name='client',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.client'),
        ),
        migrations.AddField(
            model_name='closing',
            name='done_by',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='closing',
            name='finding',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='closings', to='visas.finding'),
        ),
        migrations.AddField(
            model_name='closing',
            name='looked_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='second look by'),
        ),
        migrations.AddField(
            model_name='closing',
            name='person',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.person'),
        ),
        migrations.AddField(
            model_name='closing',
            name='workspace',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace'),
        ),
        migrations.AddField(
            model_name='closingevent',
            name='case',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visas.visacase'),
        ),
        migrations.AddField(
            model_name='closingevent',
            name='client',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.client'),
        ),
        migrations.AddField(
            model_name='closingevent',
            name='done_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='closingevent',
            name='finding',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visas.finding'),
        ),
        migrations.AddField(
            model_name='closingevent',
            name='looked_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='second look by'),
        ),
        migrations.AddField(
            model_name='closingevent',
            name='person',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.person'),
        ),
        migrations.AddField(
            model_name='closingevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='closingevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='visas.closing'),
        ),
        migrations.AddField(
            model_name='closingevent',
            name='workspace',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='centers.workspace'),
        ),
        migrations.AddIndex(
            model_name='closing',
            index=models.Index(fields=['client'], name='closing_by_client'),
        ),
        migrations.AddIndex(
            model_name='closing',
            index=models.Index(fields=['finding'], name='closing_by_finding'),
        ),
        migrations.AddConstraint(
            model_name='closing',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'dismissed'), _negated=True), fields=('finding',), name='closing_once', violation_error_message='Somebody has put on record already what was done.'),
        ),
        migrations.AddConstraint(
            model_name='closing',
            constraint=models.CheckConstraint(condition=models.Q(('done', ''), _negated=True), name='closing_says_what', violation_error_message='Say what was done.'),
        ),
        migrations.AddConstraint(
            model_name='closing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('looked_by', None), ('looked_on', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('looked_by__isnull', False), ('looked_on__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='closing_looked_at_with_a_reason', violation_error_message='Say why it is confirmed or dismissed.'),
        ),
        migrations.AddConstraint(
            model_name='closing',
            constraint=models.CheckConstraint(condition=models.Q(('looked_by', None), models.Q(('looked_by', models.F('done_by')), _negated=True), _connector='OR'), name='closing_needs_a_second_person', violation_error_message="The second look is another person's than the first."),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='closing',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."document" IS DISTINCT FROM (NEW."document") OR OLD."done" IS DISTINCT FROM (NEW."done") OR OLD."done_by_id" IS DISTINCT FROM (NEW."done_by_id") OR OLD."done_on" IS DISTINCT FROM (NEW."done_on") OR OLD."finding_id" IS DISTINCT FROM (NEW."finding_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."looked_by_id" IS DISTINCT FROM (NEW."looked_by_id") OR OLD."looked_on" IS DISTINCT FROM (NEW."looked_on") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "visas_closingevent" ("case_id", "client_id", "document", "done", "done_by_id", "done_on", "finding_id", "id", "looked_by_id", "looked_on", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_at", "state", "workspace_id") VALUES (OLD."case_id", OLD."client_id", OLD."document", OLD."done", OLD."done_by_id", OLD."done_on", OLD."finding_id", OLD."id", OLD."looked_by_id", OLD."looked_on", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."reason", OLD."recorded_at", OLD."state", OLD."workspace_id"); RETURN NULL;', hash='38ab3ce4937a2f9dc44cce96a3ec6adaa244c1b1', operation='UPDATE', pgid='pgtrigger_update_update_afb8b', table='visas_closing', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='closing',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visas_closingevent" ("case_id", "client_id", "document", "done", "done_by_id", "done_on", "finding_id", "id", "looked_by_id", "looked_on", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_at", "state", "workspace_id") VALUES (OLD."case_id", OLD."client_id", OLD."document", OLD."done", OLD."done_by_id", OLD."done_on", OLD."finding_id", OLD."id", OLD."looked_by_id", OLD."looked_on", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."recorded_at", OLD."state", OLD."workspace_id"); RETURN NULL;', hash='1ad4d4c99a65af5da3d0ce385addceb91bdc1f89', operation='DELETE', pgid='pgtrigger_delete_delete_634b8', table='visas_closing', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='closingevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e5fbf529c8e9de388ab97752ba819712ccd2d2c3', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4d3ed', table='visas_closingevent', when='BEFORE')),
        ),
        *CORRECTED,
        *CLOSED,
    ]
