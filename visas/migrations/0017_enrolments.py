"""Students: who studies what since when, every change of it, and the days to report it."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from centers.walls import app_role, client_triple, function, on_statement, wall


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0021_employments'),
        ('centers', '0005_universities'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('visas', '0016_points'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='StudyStatus',
            fields=[
                ('code', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='code')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_ko', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_en', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_vi', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_zh_hans', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('aliases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=None)),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('studying', models.BooleanField(default=False, verbose_name='in class')),
                ('ends', models.BooleanField(default=False, verbose_name='ends the studies')),
                ('departs', models.BooleanField(default=False, verbose_name='counts as departure')),
                ('report_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='days to report')),
                ('follows', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='source')),
            ],
            options={
                'verbose_name': 'study status',
                'verbose_name_plural': 'study statuses',
                'ordering': ['order', 'code'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(blank=True, max_length=60, verbose_name='number')),
                ('recorded_on', models.DateField(blank=True, null=True, verbose_name='recorded on')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
                ('semester', models.CharField(max_length=6, validators=[django.core.validators.RegexValidator('^20[0-9]{2}-[12]$', 'Write the semester as year and number: 2025-1 or 2025-2.')], verbose_name='semester of admission')),
                ('admitted_on', models.DateField(verbose_name='admitted on')),
                ('case', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='visas.visacase')),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='cases.client')),
                ('major', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.major', verbose_name='major')),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.person')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'student',
                'verbose_name_plural': 'students',
            },
        ),
        migrations.CreateModel(
            name='EnrolmentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('ref', models.CharField(blank=True, max_length=60, verbose_name='number')),
                ('recorded_on', models.DateField(blank=True, null=True, verbose_name='recorded on')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
                ('semester', models.CharField(max_length=6, validators=[django.core.validators.RegexValidator('^20[0-9]{2}-[12]$', 'Write the semester as year and number: 2025-1 or 2025-2.')], verbose_name='semester of admission')),
                ('admitted_on', models.DateField(verbose_name='admitted on')),
                ('case', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visas.visacase')),
                ('client', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.client')),
                ('major', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='centers.major', verbose_name='major')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.person')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='visas.enrolment')),
                ('workspace', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='centers.workspace', verbose_name='workspace')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StatusChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('happened_on', models.DateField(verbose_name='day of the change')),
                ('known_on', models.DateField(verbose_name='learned on')),
                ('due_on', models.DateField(editable=False, null=True, verbose_name='to be reported by')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
                ('reported_on', models.DateField(blank=True, null=True, verbose_name='reported on')),
                ('report_document', models.CharField(blank=True, max_length=60, verbose_name='document number of the report')),
                ('withdrawn_on', models.DateField(blank=True, null=True)),
                ('withdrawn_why', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('actor', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.client')),
                ('enrolment', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='visas.enrolment')),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.person')),
                ('reported_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='report entered by')),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace')),
                ('kind', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='visas.studystatus', verbose_name='study status')),
            ],
            options={
                'verbose_name': 'change of status',
                'verbose_name_plural': 'changes of status',
            },
        ),
        migrations.CreateModel(
            name='StatusChangeEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('happened_on', models.DateField(verbose_name='day of the change')),
                ('known_on', models.DateField(verbose_name='learned on')),
                ('due_on', models.DateField(editable=False, null=True, verbose_name='to be reported by')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
                ('reported_on', models.DateField(blank=True, null=True, verbose_name='reported on')),
                ('report_document', models.CharField(blank=True, max_length=60, verbose_name='document number of the report')),
                ('withdrawn_on', models.DateField(blank=True, null=True)),
                ('withdrawn_why', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('actor', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('client', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.client')),
                ('enrolment', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visas.enrolment')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.person')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='visas.statuschange')),
                ('reported_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='report entered by')),
                ('workspace', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='centers.workspace')),
                ('kind', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visas.studystatus', verbose_name='study status')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='enrolment',
            index=models.Index(fields=['workspace', 'ref', 'id'], name='enrolment_by_number'),
        ),
        migrations.AddIndex(
            model_name='enrolment',
            index=models.Index(fields=['workspace', 'semester', 'id'], name='enrolment_by_semester'),
        ),
        migrations.AddIndex(
            model_name='enrolment',
            index=models.Index(fields=['client'], name='enrolment_by_client'),
        ),
        migrations.AddIndex(
            model_name='enrolment',
            index=models.Index(fields=['person'], name='enrolment_by_person'),
        ),
        migrations.AddIndex(
            model_name='enrolment',
            index=models.Index(fields=['case'], name='enrolment_by_case'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.UniqueConstraint(fields=('workspace', 'ref'), name='enrolment_number_once', violation_error_message='Another student of the university has this student number.'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.UniqueConstraint(fields=('id', 'workspace'), name='enrolment_of_one_university'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('ref', ''), _negated=True), name='enrolment_has_a_number', violation_error_message='A student has a student number.'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('semester__regex', '^20[0-9]{2}-[12]$')), name='enrolment_in_a_semester', violation_error_message='Write the semester as year and number: 2025-1 or 2025-2.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='enrolment',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."admitted_on" IS DISTINCT FROM (NEW."admitted_on") OR OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."major_id" IS DISTINCT FROM (NEW."major_id") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."recorded_on" IS DISTINCT FROM (NEW."recorded_on") OR OLD."ref" IS DISTINCT FROM (NEW."ref") OR OLD."semester" IS DISTINCT FROM (NEW."semester") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "visas_enrolmentevent" ("admitted_on", "case_id", "client_id", "id", "major_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_on", "ref", "semester", "workspace_id") VALUES (OLD."admitted_on", OLD."case_id", OLD."client_id", OLD."id", OLD."major_id", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."recorded_at", OLD."recorded_on", OLD."ref", OLD."semester", OLD."workspace_id"); RETURN NULL;', hash='bcd89f950bda85aba595a3b2f1a2c423cbad9654', operation='UPDATE', pgid='pgtrigger_update_update_24861', table='visas_enrolment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='enrolment',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visas_enrolmentevent" ("admitted_on", "case_id", "client_id", "id", "major_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_on", "ref", "semester", "workspace_id") VALUES (OLD."admitted_on", OLD."case_id", OLD."client_id", OLD."id", OLD."major_id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recorded_at", OLD."recorded_on", OLD."ref", OLD."semester", OLD."workspace_id"); RETURN NULL;', hash='0fe45d9075a429155aec531cbec03a25e4f4bb62', operation='DELETE', pgid='pgtrigger_delete_delete_00ba6', table='visas_enrolment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='enrolmentevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='dccf3bbb0aef8e082108798b6f67d2b8c817fc3e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_70d5c', table='visas_enrolmentevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statuschangeevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='50dd5c9d300034f3f506f69aa98504d9f467bc5d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_43cb6', table='visas_statuschangeevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='statuschange',
            index=models.Index(fields=['enrolment', '-happened_on', '-id'], name='status_change_by_student'),
        ),
        migrations.AddIndex(
            model_name='statuschange',
            index=models.Index(condition=models.Q(('due_on__isnull', False), ('withdrawn_on', None)), fields=['workspace', 'due_on', 'id'], name='status_change_by_due'),
        ),
        migrations.AddIndex(
            model_name='statuschange',
            index=models.Index(fields=['client'], name='status_change_by_client'),
        ),
        migrations.AddIndex(
            model_name='statuschange',
            index=models.Index(fields=['person'], name='status_change_by_person'),
        ),
        migrations.AddConstraint(
            model_name='statuschange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('report_document', ''), ('reported_on', None)), models.Q(('due_on__isnull', False), ('reported_on__isnull', False), models.Q(('report_document', ''), _negated=True)), _connector='OR'), name='status_report_has_a_document', violation_error_message='A report has a day and a document number.'),
        ),
        migrations.AddConstraint(
            model_name='statuschange',
            constraint=models.CheckConstraint(condition=models.Q(('reported_on', None), ('reported_on__gte', models.F('happened_on')), _connector='OR'), name='status_report_after_the_change', violation_error_message='A change is reported on or after the day on which it happened.'),
        ),
        migrations.AddConstraint(
            model_name='statuschange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_on', None), ('withdrawn_why', '')), models.Q(('withdrawn_on__isnull', False), models.Q(('withdrawn_why', ''), _negated=True)), _connector='OR'), name='status_change_withdrawn_with_a_reason', violation_error_message='Say why it is withdrawn.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statuschange',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."actor_id" IS DISTINCT FROM (NEW."actor_id") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."enrolment_id" IS DISTINCT FROM (NEW."enrolment_id") OR OLD."happened_on" IS DISTINCT FROM (NEW."happened_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind_id" IS DISTINCT FROM (NEW."kind_id") OR OLD."known_on" IS DISTINCT FROM (NEW."known_on") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."report_document" IS DISTINCT FROM (NEW."report_document") OR OLD."reported_by_id" IS DISTINCT FROM (NEW."reported_by_id") OR OLD."reported_on" IS DISTINCT FROM (NEW."reported_on") OR OLD."withdrawn_on" IS DISTINCT FROM (NEW."withdrawn_on") OR OLD."withdrawn_why" IS DISTINCT FROM (NEW."withdrawn_why") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "visas_statuschangeevent" ("actor_id", "client_id", "due_on", "enrolment_id", "happened_on", "id", "kind_id", "known_on", "note", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "report_document", "reported_by_id", "reported_on", "withdrawn_on", "withdrawn_why", "workspace_id") VALUES (OLD."actor_id", OLD."client_id", OLD."due_on", OLD."enrolment_id", OLD."happened_on", OLD."id", OLD."kind_id", OLD."known_on", OLD."note", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."recorded_at", OLD."report_document", OLD."reported_by_id", OLD."reported_on", OLD."withdrawn_on", OLD."withdrawn_why", OLD."workspace_id"); RETURN NULL;', hash='a40911f0c53caa1a40263d59aebb5a2dd946a85c', operation='UPDATE', pgid='pgtrigger_update_update_c7df0', table='visas_statuschange', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statuschange',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visas_statuschangeevent" ("actor_id", "client_id", "due_on", "enrolment_id", "happened_on", "id", "kind_id", "known_on", "note", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "report_document", "reported_by_id", "reported_on", "withdrawn_on", "withdrawn_why", "workspace_id") VALUES (OLD."actor_id", OLD."client_id", OLD."due_on", OLD."enrolment_id", OLD."happened_on", OLD."id", OLD."kind_id", OLD."known_on", OLD."note", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recorded_at", OLD."report_document", OLD."reported_by_id", OLD."reported_on", OLD."withdrawn_on", OLD."withdrawn_why", OLD."workspace_id"); RETURN NULL;', hash='42bfb008dda8370fb32200c4dcd25bb0f522c8bc', operation='DELETE', pgid='pgtrigger_delete_delete_51140', table='visas_statuschange', when='AFTER')),
        ),
        migrations.RunSQL(f"REVOKE INSERT, UPDATE, DELETE ON visas_studystatus FROM {app_role()}", ""),
        *[
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({key}, workspace_id) "
                f"REFERENCES {other} (id, workspace_id)",
                f"ALTER TABLE {table} DROP CONSTRAINT {name}",
            )
            for table, name, key, other in (
                ("visas_enrolment", "enrolment_major_of_the_university", "major_id", "centers_major"),
                ("visas_enrolment", "enrolment_case_of_the_university", "case_id", "visas_visacase"),
                ("visas_statuschange", "status_change_of_the_student", "enrolment_id", "visas_enrolment"),
            )
        ],
        client_triple("visas_enrolment"),
        client_triple("visas_statuschange"),
        # A student's status is the university's to know: the province gets numbers alone, by the function below.
        wall("visas_enrolment", view="view_clients", work="work_clients", history=True),
        wall("visas_statuschange", view="view_clients", work="work_clients", history=True),
        on_statement("visas_enrolment", "not_in_the_future", "wall.refuse_future", arguments=["admitted_on"]),
        on_statement(
            "visas_statuschange",
            "not_in_the_future",
            "wall.refuse_future",
            arguments=["happened_on", "known_on", "reported_on"],
        ),
        # The last day to report is written once: a later rule moves no clock that runs.
        function(
            "wall.begin_status_change()",
            """
            BEGIN
              SELECT greatest(NEW.happened_on, NEW.known_on) + s.report_days INTO NEW.due_on
                FROM visas_studystatus s WHERE s.code = NEW.kind_id;
              NEW.actor_id := coalesce(wall.actor(), NEW.actor_id);
              RETURN NEW;
            END
            """,
            returns="trigger",
        ),
        function(
            "wall.keep_status_change()",
            """
            BEGIN
              IF wall.changes_besides(to_jsonb(OLD), to_jsonb(NEW),
                   CASE WHEN OLD.withdrawn_on IS NULL
                        THEN '{reported_on,report_document,reported_by_id,withdrawn_on,withdrawn_why}'
                        ELSE '{}' END::text[]) THEN
                RAISE EXCEPTION 'a change of status stays as it is'
                  USING ERRCODE = '23514', CONSTRAINT = 'status_change_stays', TABLE = TG_TABLE_NAME;
              END IF;
              IF NEW.reported_on IS DISTINCT FROM OLD.reported_on THEN
                NEW.reported_by_id := coalesce(wall.actor(), NEW.reported_by_id);
              END IF;
              RETURN NEW;
            END
            """,
            returns="trigger",
        ),
        migrations.RunSQL(
            """
            CREATE TRIGGER begins BEFORE INSERT ON visas_statuschange
              FOR EACH ROW EXECUTE FUNCTION wall.begin_status_change();
            CREATE TRIGGER stays BEFORE UPDATE ON visas_statuschange
              FOR EACH ROW EXECUTE FUNCTION wall.keep_status_change();
            """,
            "DROP TRIGGER begins ON visas_statuschange; DROP TRIGGER stays ON visas_statuschange",
        ),
        # The changes of a student that stand begin with the admission, and each can follow on the one before. Looked
        # at when the transaction ends, since a list brings many, and one is withdrawn before the right one comes.
        function(
            "wall.status_changes_follow()",
            """
            DECLARE
              good boolean;
            BEGIN
              SELECT bool_and(CASE WHEN x.before IS NULL THEN s.follows = '{}' AND x.happened_on = x.admitted_on
                                   ELSE x.before = ANY (s.follows) END) INTO good
                FROM (SELECT c.kind_id, c.happened_on, e.admitted_on,
                             lag(c.kind_id) OVER (ORDER BY c.happened_on, c.id) AS before
                        FROM visas_enrolment e
                        LEFT JOIN visas_statuschange c ON c.enrolment_id = e.id AND c.withdrawn_on IS NULL
                       WHERE e.id = (to_jsonb(NEW) ->> TG_ARGV[0])::bigint) x
                LEFT JOIN visas_studystatus s ON s.code = x.kind_id;
              IF good IS NOT TRUE THEN
                RAISE EXCEPTION 'the changes of a student do not follow on each other'
                  USING ERRCODE = '23514', CONSTRAINT = 'status_change_follows', TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        migrations.RunSQL(
            """
            CREATE CONSTRAINT TRIGGER follows AFTER INSERT OR UPDATE OF withdrawn_on ON visas_statuschange
              DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wall.status_changes_follow('enrolment_id');
            CREATE CONSTRAINT TRIGGER follows AFTER INSERT OR UPDATE OF admitted_on ON visas_enrolment
              DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wall.status_changes_follow('id');
            """,
            "DROP TRIGGER follows ON visas_statuschange; DROP TRIGGER follows ON visas_enrolment",
        ),
        # The province reads how many reports stand where, and of nobody which.
        function(
            "wall.status_report_counts(today date)",
            """
            SELECT w.code::text,
                   count(*) FILTER (WHERE c.reported_on IS NULL AND c.due_on >= today),
                   count(*) FILTER (WHERE c.reported_on IS NULL AND c.due_on < today),
                   count(*) FILTER (WHERE c.reported_on <= c.due_on),
                   count(*) FILTER (WHERE c.reported_on > c.due_on)
              FROM visas_statuschange c JOIN centers_workspace w ON w.id = c.workspace_id
             WHERE wall.whole('view_visa_cases') AND c.withdrawn_on IS NULL AND c.due_on IS NOT NULL
             GROUP BY w.code
            """,
            returns="TABLE (university text, due bigint, overdue bigint, in_time bigint, late bigint)",
            definer=True,
            language="sql",
            traits="STABLE",
        ),
    ]
