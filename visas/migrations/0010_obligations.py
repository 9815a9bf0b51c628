"""Duties after a permit, their checks, and findings that two people have looked at."""

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from centers.walls import app_role, client_triple, function, on_statement


HERE = "workspace_id = ANY ((SELECT wall.scope('{}'))::bigint[])"
# Not the province, and no other official: the office or university that keeps the case, and the client's counsellors.
READ = (
    HERE.format("view_visa_cases")
    + " OR EXISTS (SELECT FROM visas_visacase v WHERE v.id = case_id"
    " AND v.shared_with && (SELECT wall.scope('view_visa_cases'))::int[])"
)
WORK = f"{HERE.format('review_visa_cases')} OR {HERE.format('work_visa_cases')}"


def kept(table: str, *, history: bool = True) -> migrations.RunSQL:
    past = f"""
        ALTER TABLE {table}event ENABLE ROW LEVEL SECURITY;
        CREATE POLICY view ON {table}event FOR SELECT USING ({READ});
        REVOKE INSERT, UPDATE, DELETE ON {table}event FROM {app_role()};
    """
    no_past = f"DROP POLICY view ON {table}event; ALTER TABLE {table}event DISABLE ROW LEVEL SECURITY;"
    return migrations.RunSQL(
        f"""
        ALTER TABLE {table} ADD CONSTRAINT {table}_is_of_the_workspace
          FOREIGN KEY (case_id, workspace_id) REFERENCES visas_visacase (id, workspace_id);
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY view ON {table} FOR SELECT USING ({READ});
        CREATE POLICY work_insert ON {table} FOR INSERT WITH CHECK ({WORK});
        CREATE POLICY work_update ON {table} FOR UPDATE USING ({WORK}) WITH CHECK ({WORK});
        REVOKE DELETE ON {table} FROM {app_role()};
        {past if history else ""}
        """,
        f"""
        {no_past if history else ""}
        DROP POLICY view ON {table}; DROP POLICY work_insert ON {table}; DROP POLICY work_update ON {table};
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} DROP CONSTRAINT {table}_is_of_the_workspace;
        """,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0019_attachments'),
        ('centers', '0004_exports_wall'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('visas', '0009_case_steps'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=500, verbose_name='what was found')),
                ('said', models.CharField(blank=True, max_length=500, verbose_name='what the client says')),
                ('found_on', models.DateField(verbose_name='found on')),
                ('state', models.CharField(choices=[('open', 'Waits for a second look'), ('confirmed', 'Confirmed'), ('dismissed', 'Dismissed')], default='open', max_length=10, verbose_name='state')),
                ('looked_on', models.DateField(blank=True, null=True, verbose_name='second look on')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('case', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='visas.visacase')),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.client')),
                ('found_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('looked_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='second look by')),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.person')),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace')),
            ],
            options={
                'verbose_name': 'finding',
                'verbose_name_plural': 'findings',
            },
        ),
        migrations.CreateModel(
            name='Obligation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(verbose_name='to')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='ended on')),
                ('case', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='obligations', to='visas.visacase')),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.client')),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.person')),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace')),
            ],
            options={
                'verbose_name': 'duty of a visa case',
                'verbose_name_plural': 'duties of visa cases',
            },
        ),
        migrations.CreateModel(
            name='ObligationCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('result', models.CharField(blank=True, choices=[('kept', 'Kept'), ('not_kept', 'Not kept'), ('unknown', 'Could not be found out')], max_length=10, verbose_name='what a check has shown')),
                ('done_on', models.DateField(blank=True, null=True, verbose_name='checked on')),
                ('document', models.CharField(blank=True, max_length=60, verbose_name='document number')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                ('case', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='visas.visacase')),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.client')),
                ('done_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='checked by')),
                ('obligation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='visas.obligation')),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.person')),
                ('proof', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.attachment')),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace')),
            ],
            options={
                'verbose_name': 'check of a duty',
                'verbose_name_plural': 'checks of duties',
            },
        ),
        migrations.CreateModel(
            name='FindingEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('what', models.CharField(max_length=500, verbose_name='what was found')),
                ('said', models.CharField(blank=True, max_length=500, verbose_name='what the client says')),
                ('found_on', models.DateField(verbose_name='found on')),
                ('state', models.CharField(choices=[('open', 'Waits for a second look'), ('confirmed', 'Confirmed'), ('dismissed', 'Dismissed')], default='open', max_length=10, verbose_name='state')),
                ('looked_on', models.DateField(blank=True, null=True, verbose_name='second look on')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visas.visacase')),
                ('client', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.client')),
                ('found_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('looked_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='second look by')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.person')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='visas.finding')),
                ('workspace', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='centers.workspace')),
                ('check_made', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visas.obligationcheck')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='finding',
            name='check_made',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='finding', to='visas.obligationcheck'),
        ),
        migrations.CreateModel(
            name='ObligationCheckEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('due_on', models.DateField(verbose_name='due on')),
                ('result', models.CharField(blank=True, choices=[('kept', 'Kept'), ('not_kept', 'Not kept'), ('unknown', 'Could not be found out')], max_length=10, verbose_name='what a check has shown')),
                ('done_on', models.DateField(blank=True, null=True, verbose_name='checked on')),
                ('document', models.CharField(blank=True, max_length=60, verbose_name='document number')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visas.visacase')),
                ('client', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.client')),
                ('done_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='checked by')),
                ('obligation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visas.obligation')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.person')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='visas.obligationcheck')),
                ('proof', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.attachment')),
                ('workspace', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='centers.workspace')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ObligationRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('residence_area', 'Residence in the municipality of the letter'), ('residence_region', 'Residence in the region'), ('work', 'Work in the area'), ('workplace', 'No change of workplace'), ('korean', 'Korean level'), ('semester', 'Enrolment each semester')], max_length=20, verbose_name='duty')),
                ('valid_from', models.DateField(verbose_name='from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='to')),
                ('months', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='months')),
                ('until', models.DateField(blank=True, null=True, verbose_name='until')),
                ('check_every', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='checked every (months)')),
                ('text_ko', models.CharField(max_length=300, verbose_name='wording')),
                ('source', models.CharField(max_length=300, verbose_name='source')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='obligation_rules', to='visas.visaprogramme')),
            ],
            options={
                'verbose_name': 'rule of a duty',
                'verbose_name_plural': 'rules of duties',
                'ordering': ['programme', 'kind', 'valid_from'],
            },
        ),
        migrations.AddField(
            model_name='obligation',
            name='rule',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='visas.obligationrule'),
        ),
        migrations.AddIndex(
            model_name='obligationcheck',
            index=models.Index(fields=['workspace', 'due_on', 'id'], name='check_by_workspace'),
        ),
        migrations.AddIndex(
            model_name='obligationcheck',
            index=models.Index(fields=['obligation'], name='check_by_obligation'),
        ),
        migrations.AddIndex(
            model_name='obligationcheck',
            index=models.Index(fields=['client'], name='check_by_client'),
        ),
        migrations.AddConstraint(
            model_name='obligationcheck',
            constraint=models.UniqueConstraint(fields=('obligation', 'due_on'), name='check_once'),
        ),
        migrations.AddConstraint(
            model_name='obligationcheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_on', None), ('result', '')), models.Q(models.Q(('result', ''), _negated=True), ('done_on__isnull', False)), _connector='OR'), name='check_made_on_a_day'),
        ),
        migrations.AddConstraint(
            model_name='obligationcheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('result', 'kept'), _negated=True), models.Q(('document', ''), _negated=True), models.Q(('note', ''), _negated=True), ('proof__isnull', False), _connector='OR'), name='check_kept_with_proof', violation_error_message='Say what shows it: a document number, a note, or a file.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='obligationcheck',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."document" IS DISTINCT FROM (NEW."document") OR OLD."done_by_id" IS DISTINCT FROM (NEW."done_by_id") OR OLD."done_on" IS DISTINCT FROM (NEW."done_on") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."obligation_id" IS DISTINCT FROM (NEW."obligation_id") OR OLD."proof_id" IS DISTINCT FROM (NEW."proof_id") OR OLD."result" IS DISTINCT FROM (NEW."result") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "visas_obligationcheckevent" ("case_id", "client_id", "document", "done_by_id", "done_on", "due_on", "id", "note", "obligation_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof_id", "result", "workspace_id") VALUES (OLD."case_id", OLD."client_id", OLD."document", OLD."done_by_id", OLD."done_on", OLD."due_on", OLD."id", OLD."note", OLD."obligation_id", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."proof_id", OLD."result", OLD."workspace_id"); RETURN NULL;', hash='21a89757759e89950418f7f02faa5936fdc655fd', operation='UPDATE', pgid='pgtrigger_update_update_9d3fa', table='visas_obligationcheck', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='obligationcheck',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visas_obligationcheckevent" ("case_id", "client_id", "document", "done_by_id", "done_on", "due_on", "id", "note", "obligation_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof_id", "result", "workspace_id") VALUES (OLD."case_id", OLD."client_id", OLD."document", OLD."done_by_id", OLD."done_on", OLD."due_on", OLD."id", OLD."note", OLD."obligation_id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."proof_id", OLD."result", OLD."workspace_id"); RETURN NULL;', hash='2d1f92c934269ad7feb9d0e70db14cb26f427e8f', operation='DELETE', pgid='pgtrigger_delete_delete_d9201', table='visas_obligationcheck', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='findingevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e391b5962737d3e68b947a32d910d32f38c95d60', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_256c5', table='visas_findingevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(fields=['client'], name='finding_by_client'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('what', ''), _negated=True), name='finding_says_what'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('looked_by', None), ('looked_on', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('looked_by__isnull', False), ('looked_on__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='finding_looked_at_with_a_reason', violation_error_message='Say why it is confirmed or dismissed.'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('looked_by', None), models.Q(('looked_by', models.F('found_by')), _negated=True), _connector='OR'), name='finding_needs_a_second_person', violation_error_message="The second look is another person's than the first."),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='finding',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."check_made_id" IS DISTINCT FROM (NEW."check_made_id") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."found_by_id" IS DISTINCT FROM (NEW."found_by_id") OR OLD."found_on" IS DISTINCT FROM (NEW."found_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."looked_by_id" IS DISTINCT FROM (NEW."looked_by_id") OR OLD."looked_on" IS DISTINCT FROM (NEW."looked_on") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."said" IS DISTINCT FROM (NEW."said") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."what" IS DISTINCT FROM (NEW."what") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "visas_findingevent" ("case_id", "check_made_id", "client_id", "found_by_id", "found_on", "id", "looked_by_id", "looked_on", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_at", "said", "state", "what", "workspace_id") VALUES (OLD."case_id", OLD."check_made_id", OLD."client_id", OLD."found_by_id", OLD."found_on", OLD."id", OLD."looked_by_id", OLD."looked_on", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."reason", OLD."recorded_at", OLD."said", OLD."state", OLD."what", OLD."workspace_id"); RETURN NULL;', hash='3772fb5ad93d06eab191fdc8e5fbe6b3e6d0f7ad', operation='UPDATE', pgid='pgtrigger_update_update_23c09', table='visas_finding', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='finding',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visas_findingevent" ("case_id", "check_made_id", "client_id", "found_by_id", "found_on", "id", "looked_by_id", "looked_on", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_at", "said", "state", "what", "workspace_id") VALUES (OLD."case_id", OLD."check_made_id", OLD."client_id", OLD."found_by_id", OLD."found_on", OLD."id", OLD."looked_by_id", OLD."looked_on", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."recorded_at", OLD."said", OLD."state", OLD."what", OLD."workspace_id"); RETURN NULL;', hash='32e4ecea6e4a31325535de5b89592ee79532cd52', operation='DELETE', pgid='pgtrigger_delete_delete_68282', table='visas_finding', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='obligationcheckevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0b1a0ccbabf87f99cfeaee5ef0b2e900cad1b64d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_8163d', table='visas_obligationcheckevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='obligationrule',
            constraint=models.UniqueConstraint(fields=('programme', 'kind', 'valid_from'), name='obligation_rule_once'),
        ),
        migrations.AddConstraint(
            model_name='obligationrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('months__isnull', False), ('until', None)), models.Q(('months', None), ('until__isnull', False)), _connector='OR'), name='obligation_rule_ends'),
        ),
        migrations.AddIndex(
            model_name='obligation',
            index=models.Index(fields=['client'], name='obligation_by_client'),
        ),
        migrations.AddConstraint(
            model_name='obligation',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_on', None)), fields=('case', 'rule'), name='obligation_once'),
        ),
        migrations.AddConstraint(
            model_name='obligation',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='obligation_ends_after_it_starts'),
        ),
        client_triple("visas_obligation"),
        client_triple("visas_obligationcheck"),
        client_triple("visas_finding"),
        kept("visas_obligation", history=False),
        kept("visas_obligationcheck"),
        kept("visas_finding"),
        on_statement("visas_obligationcheck", "not_in_the_future", "wall.refuse_future", arguments=["done_on"]),
        migrations.RunSQL(f"REVOKE INSERT, UPDATE, DELETE ON visas_obligationrule FROM {app_role()}", ""),
        # The province reads how many, and of nobody what came of it.
        function(
            "wall.check_counts(today date)",
            """
            SELECT p.name_ko::text, coalesce(m.name_ko, '')::text,
                   count(*) FILTER (WHERE k.result = '' AND k.due_on >= today),
                   count(*) FILTER (WHERE k.result = '' AND k.due_on < today),
                   count(*) FILTER (WHERE k.result = 'kept'),
                   count(*) FILTER (WHERE k.result = 'not_kept'),
                   count(*) FILTER (WHERE k.result = 'unknown')
              FROM visas_obligationcheck k
              JOIN visas_obligation o ON o.id = k.obligation_id AND o.ended_on IS NULL
              JOIN visas_visacase v ON v.id = k.case_id
              JOIN visas_visaprogramme p ON p.code = v.programme_id
              LEFT JOIN centers_municipality m ON m.code = v.municipality_id
             WHERE wall.whole('view_visa_cases')
             GROUP BY p.order, p.name_ko, m.order, m.name_ko ORDER BY p.order, m.order
            """,
            returns="TABLE (programme text, municipality text, due bigint, overdue bigint, kept bigint, "
            "not_kept bigint, unknown bigint)",
            definer=True,
            language="sql",
            traits="STABLE",
        ),
    ]
