"""Workplaces and the contracts of clients with them, by their days."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from centers.walls import client_triple, on_statement, wall


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0020_identity_consent'),
        ('centers', '0004_exports_wall'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Employer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name of the workplace')),
                ('business_number', models.CharField(blank=True, max_length=10, verbose_name='business registration number')),
                ('representative', models.CharField(blank=True, max_length=100, verbose_name='representative')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='telephone')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='address of the workplace')),
                ('industry', models.CharField(blank=True, max_length=100, verbose_name='industry')),
                ('municipality', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.municipality')),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace')),
            ],
            options={
                'verbose_name': 'employer',
                'verbose_name_plural': 'employers',
            },
        ),
        migrations.CreateModel(
            name='EmployerEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=100, verbose_name='name of the workplace')),
                ('business_number', models.CharField(blank=True, max_length=10, verbose_name='business registration number')),
                ('representative', models.CharField(blank=True, max_length=100, verbose_name='representative')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='telephone')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='address of the workplace')),
                ('industry', models.CharField(blank=True, max_length=100, verbose_name='industry')),
                ('municipality', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='centers.municipality')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='cases.employer')),
                ('workspace', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='centers.workspace')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Employment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(blank=True, max_length=60, verbose_name='number')),
                ('recorded_on', models.DateField(blank=True, null=True, verbose_name='recorded on')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
                ('position', models.CharField(blank=True, max_length=100, verbose_name='work done')),
                ('yearly_pay', models.BigIntegerField(blank=True, null=True, verbose_name='pay of a year (won)')),
                ('starts_on', models.DateField(verbose_name='works from')),
                ('contract_to', models.DateField(blank=True, null=True, verbose_name='contract until')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='last day at work')),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='employments', to='cases.client')),
                ('employer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='employments', to='cases.employer', verbose_name='employer')),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.person')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'employment',
                'verbose_name_plural': 'employments',
            },
        ),
        migrations.CreateModel(
            name='EmploymentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('ref', models.CharField(blank=True, max_length=60, verbose_name='number')),
                ('recorded_on', models.DateField(blank=True, null=True, verbose_name='recorded on')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
                ('position', models.CharField(blank=True, max_length=100, verbose_name='work done')),
                ('yearly_pay', models.BigIntegerField(blank=True, null=True, verbose_name='pay of a year (won)')),
                ('starts_on', models.DateField(verbose_name='works from')),
                ('contract_to', models.DateField(blank=True, null=True, verbose_name='contract until')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='last day at work')),
                ('client', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.client')),
                ('employer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.employer', verbose_name='employer')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.person')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='cases.employment')),
                ('workspace', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='centers.workspace', verbose_name='workspace')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='employer',
            index=models.Index(fields=['workspace', 'name'], name='employer_by_name'),
        ),
        migrations.AddConstraint(
            model_name='employer',
            constraint=models.UniqueConstraint(condition=models.Q(('business_number', ''), _negated=True), fields=('workspace', 'business_number'), name='employer_once_by_number', violation_error_message='A workplace with this business registration number is on file already.'),
        ),
        migrations.AddConstraint(
            model_name='employer',
            constraint=models.CheckConstraint(condition=models.Q(('business_number', ''), ('business_number__regex', '^[0-9]{10}$'), _connector='OR'), name='employer_number_has_ten_digits', violation_error_message='A business registration number has ten digits.'),
        ),
        migrations.AddConstraint(
            model_name='employer',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='employer_has_a_name', violation_error_message='Write the name of the workplace.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='employer',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "cases_employerevent" ("address", "business_number", "id", "industry", "municipality_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "representative", "workspace_id") VALUES (OLD."address", OLD."business_number", OLD."id", OLD."industry", OLD."municipality_id", OLD."name", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."phone", OLD."representative", OLD."workspace_id"); RETURN NULL;', hash='51ae9ec2b5c3c88d7eef6aca786130b123980d1d', operation='UPDATE', pgid='pgtrigger_update_update_bc6bd', table='cases_employer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='employer',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cases_employerevent" ("address", "business_number", "id", "industry", "municipality_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "representative", "workspace_id") VALUES (OLD."address", OLD."business_number", OLD."id", OLD."industry", OLD."municipality_id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."representative", OLD."workspace_id"); RETURN NULL;', hash='3ee4af22c6e2a34fd0e2b95186dddce0db69e4b2', operation='DELETE', pgid='pgtrigger_delete_delete_0c51b', table='cases_employer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='employerevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e3455e76383242ae7c84b2dd25c09dd50dfc3e14', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a7c15', table='cases_employerevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='employment',
            index=models.Index(fields=['client', '-starts_on'], name='employment_by_client'),
        ),
        migrations.AddIndex(
            model_name='employment',
            index=models.Index(fields=['person'], name='employment_by_person'),
        ),
        migrations.AddConstraint(
            model_name='employment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('contract_to', None), ('contract_to__gte', models.F('starts_on')), _connector='OR'), models.Q(('ended_on', None), ('ended_on__gte', models.F('starts_on')), _connector='OR')), name='employment_ends_after_it_starts', violation_error_message='Work ends on or after the day on which it begins.'),
        ),
        migrations.AddConstraint(
            model_name='employment',
            constraint=models.CheckConstraint(condition=models.Q(('yearly_pay', None), ('yearly_pay__gte', 0), _connector='OR'), name='employment_pay_is_no_less_than_nothing', violation_error_message='The pay is not below zero.'),
        ),
        migrations.AddConstraint(
            model_name='employment',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('client', '='), ('employer', '='), (models.Func('starts_on', django.db.models.functions.comparison.Coalesce('ended_on', 'contract_to'), models.Value('[]'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='employment_once_a_day', violation_error_message='There is a contract with this workplace on some of these days already.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='employment',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."contract_to" IS DISTINCT FROM (NEW."contract_to") OR OLD."employer_id" IS DISTINCT FROM (NEW."employer_id") OR OLD."ended_on" IS DISTINCT FROM (NEW."ended_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."position" IS DISTINCT FROM (NEW."position") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."recorded_on" IS DISTINCT FROM (NEW."recorded_on") OR OLD."ref" IS DISTINCT FROM (NEW."ref") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id") OR OLD."yearly_pay" IS DISTINCT FROM (NEW."yearly_pay"))', func='INSERT INTO "cases_employmentevent" ("client_id", "contract_to", "employer_id", "ended_on", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "recorded_at", "recorded_on", "ref", "starts_on", "workspace_id", "yearly_pay") VALUES (OLD."client_id", OLD."contract_to", OLD."employer_id", OLD."ended_on", OLD."id", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."position", OLD."recorded_at", OLD."recorded_on", OLD."ref", OLD."starts_on", OLD."workspace_id", OLD."yearly_pay"); RETURN NULL;', hash='401f90e4e45e95374eda4075692c6ca4ad3cbc4d', operation='UPDATE', pgid='pgtrigger_update_update_ff31a', table='cases_employment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='employment',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cases_employmentevent" ("client_id", "contract_to", "employer_id", "ended_on", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "recorded_at", "recorded_on", "ref", "starts_on", "workspace_id", "yearly_pay") VALUES (OLD."client_id", OLD."contract_to", OLD."employer_id", OLD."ended_on", OLD."id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position", OLD."recorded_at", OLD."recorded_on", OLD."ref", OLD."starts_on", OLD."workspace_id", OLD."yearly_pay"); RETURN NULL;', hash='4507d7dc3ce8b0d935cb1f862881001f1efce140', operation='DELETE', pgid='pgtrigger_delete_delete_f33c6', table='cases_employment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='employmentevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5f26d315419161f04f57d4a89175b840c145c237', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_09981', table='cases_employmentevent', when='BEFORE')),
        ),
        migrations.RunSQL(
            """
            ALTER TABLE cases_employer ADD CONSTRAINT employer_of_workspace UNIQUE (id, workspace_id);
            ALTER TABLE cases_employment ADD CONSTRAINT employment_is_with_an_employer_of_the_workspace
              FOREIGN KEY (employer_id, workspace_id) REFERENCES cases_employer (id, workspace_id);
            """,
            "ALTER TABLE cases_employment DROP CONSTRAINT employment_is_with_an_employer_of_the_workspace;"
            "ALTER TABLE cases_employer DROP CONSTRAINT employer_of_workspace",
        ),
        client_triple("cases_employment"),
        wall("cases_employer", view="view_clients", work="work_clients", history=True),
        wall("cases_employment", view="view_clients", work="work_clients", history=True),
        on_statement("cases_employment", "not_in_the_future", "wall.refuse_future", arguments=["ended_on"]),
    ]
