"""What more is asked of a session, who may correct it, and what a centre wants filled in."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from centers.walls import app_role, on_statement, wall


CODES = [
    "workspace_id=centers_workspace.id",
    "programme_id=centers_supportprogramme.code",
    "language_id=cases_language.code",
    "channel_id=cases_channel.code",
    "topic_id=cases_topic.code",
    "caller_id=cases_caller.code",
    "interpretation_id=cases_interpretation.code",
    "outcome_id=cases_outcome.code",
    "nationality_id=cases_country.code",
    "status_id=cases_statuscode.code",
    "sex_id=cases_sex.code",
]
NEW_CODES = [
    "wanted_language_id=cases_language.code",
    "note_language_id=cases_language.code",
    "urgency_id=cases_urgency.code",
    "residence_id=cases_residence.code",
]


def checked(codes: list[str]) -> migrations.RunSQL:
    """Check these codes of sessions by statement, and undo it."""
    return on_statement("cases_session", "codes", "wall.codes_are_known", arguments=codes)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0013_likely_pairs'),
        ('centers', '0004_exports_wall'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CompletionRule',
            fields=[
                ('workspace', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='centers.workspace')),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
            ],
            options={
                'verbose_name': 'what a session needs',
                'verbose_name_plural': 'what sessions need',
            },
        ),
        migrations.CreateModel(
            name='Residence',
            fields=[
                ('code', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='code')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_ko', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_en', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_vi', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_zh_hans', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('aliases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=None)),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
            ],
            options={
                'verbose_name': 'place of residence',
                'verbose_name_plural': 'places of residence',
                'ordering': ['order', 'code'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Urgency',
            fields=[
                ('code', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='code')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_ko', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_en', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_vi', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_zh_hans', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('aliases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=None)),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
            ],
            options={
                'verbose_name': 'urgency',
                'verbose_name_plural': 'urgencies',
                'ordering': ['order', 'code'],
                'abstract': False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='session',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='session',
            name='update_update',
        ),
        migrations.AddField(
            model_name='draft',
            name='session',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.session'),
        ),
        migrations.AddField(
            model_name='session',
            name='note_language',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.language'),
        ),
        migrations.AddField(
            model_name='session',
            name='void_reason',
            field=models.CharField(blank=True, db_default='', max_length=200, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='session',
            name='wanted_language',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.language', verbose_name='language asked for'),
        ),
        migrations.AddField(
            model_name='sessionevent',
            name='note_language',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.language'),
        ),
        migrations.AddField(
            model_name='sessionevent',
            name='void_reason',
            field=models.CharField(blank=True, db_default='', max_length=200, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='sessionevent',
            name='wanted_language',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.language', verbose_name='language asked for'),
        ),
        migrations.AddField(
            model_name='session',
            name='residence',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.residence'),
        ),
        migrations.AddField(
            model_name='sessionevent',
            name='residence',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.residence'),
        ),
        migrations.AddField(
            model_name='session',
            name='urgency',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.urgency'),
        ),
        migrations.AddField(
            model_name='sessionevent',
            name='urgency',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.urgency'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('voided_at__isnull', False), ('void_reason', ''), _connector='OR'), name='session_void_for_a_reason'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='session',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."caller_id" IS DISTINCT FROM (NEW."caller_id") OR OLD."channel_id" IS DISTINCT FROM (NEW."channel_id") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."clients" IS DISTINCT FROM (NEW."clients") OR OLD."counsellor_id" IS DISTINCT FROM (NEW."counsellor_id") OR OLD."counsellor_name" IS DISTINCT FROM (NEW."counsellor_name") OR OLD."follow_up_on" IS DISTINCT FROM (NEW."follow_up_on") OR OLD."held_on" IS DISTINCT FROM (NEW."held_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."interpretation_id" IS DISTINCT FROM (NEW."interpretation_id") OR OLD."language_id" IS DISTINCT FROM (NEW."language_id") OR OLD."minutes" IS DISTINCT FROM (NEW."minutes") OR OLD."nationality_id" IS DISTINCT FROM (NEW."nationality_id") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."note_language_id" IS DISTINCT FROM (NEW."note_language_id") OR OLD."outcome_id" IS DISTINCT FROM (NEW."outcome_id") OR OLD."programme_id" IS DISTINCT FROM (NEW."programme_id") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."recorded_on" IS DISTINCT FROM (NEW."recorded_on") OR OLD."ref" IS DISTINCT FROM (NEW."ref") OR OLD."residence_id" IS DISTINCT FROM (NEW."residence_id") OR OLD."sex_id" IS DISTINCT FROM (NEW."sex_id") OR OLD."status_id" IS DISTINCT FROM (NEW."status_id") OR OLD."summary" IS DISTINCT FROM (NEW."summary") OR OLD."topic_id" IS DISTINCT FROM (NEW."topic_id") OR OLD."urgency_id" IS DISTINCT FROM (NEW."urgency_id") OR OLD."void_reason" IS DISTINCT FROM (NEW."void_reason") OR OLD."voided_at" IS DISTINCT FROM (NEW."voided_at") OR OLD."wanted_language_id" IS DISTINCT FROM (NEW."wanted_language_id") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "cases_sessionevent" ("caller_id", "channel_id", "client_id", "clients", "counsellor_id", "counsellor_name", "follow_up_on", "held_on", "id", "interpretation_id", "language_id", "minutes", "nationality_id", "note", "note_language_id", "outcome_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "recorded_at", "recorded_on", "ref", "residence_id", "sex_id", "status_id", "summary", "topic_id", "urgency_id", "void_reason", "voided_at", "wanted_language_id", "workspace_id") VALUES (OLD."caller_id", OLD."channel_id", OLD."client_id", OLD."clients", OLD."counsellor_id", OLD."counsellor_name", OLD."follow_up_on", OLD."held_on", OLD."id", OLD."interpretation_id", OLD."language_id", OLD."minutes", OLD."nationality_id", OLD."note", OLD."note_language_id", OLD."outcome_id", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."programme_id", OLD."recorded_at", OLD."recorded_on", OLD."ref", OLD."residence_id", OLD."sex_id", OLD."status_id", OLD."summary", OLD."topic_id", OLD."urgency_id", OLD."void_reason", OLD."voided_at", OLD."wanted_language_id", OLD."workspace_id"); RETURN NULL;', hash='5daec494fc6052bd3c87dffb9358018228506443', operation='UPDATE', pgid='pgtrigger_update_update_7aaad', table='cases_session', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='session',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cases_sessionevent" ("caller_id", "channel_id", "client_id", "clients", "counsellor_id", "counsellor_name", "follow_up_on", "held_on", "id", "interpretation_id", "language_id", "minutes", "nationality_id", "note", "note_language_id", "outcome_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "recorded_at", "recorded_on", "ref", "residence_id", "sex_id", "status_id", "summary", "topic_id", "urgency_id", "void_reason", "voided_at", "wanted_language_id", "workspace_id") VALUES (OLD."caller_id", OLD."channel_id", OLD."client_id", OLD."clients", OLD."counsellor_id", OLD."counsellor_name", OLD."follow_up_on", OLD."held_on", OLD."id", OLD."interpretation_id", OLD."language_id", OLD."minutes", OLD."nationality_id", OLD."note", OLD."note_language_id", OLD."outcome_id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."programme_id", OLD."recorded_at", OLD."recorded_on", OLD."ref", OLD."residence_id", OLD."sex_id", OLD."status_id", OLD."summary", OLD."topic_id", OLD."urgency_id", OLD."void_reason", OLD."voided_at", OLD."wanted_language_id", OLD."workspace_id"); RETURN NULL;', hash='29e138c4f3306bc0f63c3d3c329b73dbb938d05d', operation='DELETE', pgid='pgtrigger_delete_delete_55f72', table='cases_session', when='AFTER')),
        ),
        migrations.RunSQL(checked(CODES).reverse_sql, checked(CODES).sql),
        checked(CODES + NEW_CODES),
        migrations.RunSQL(
            f"""
            REVOKE INSERT, UPDATE, DELETE ON cases_urgency, cases_residence FROM {app_role()};
            ALTER TABLE cases_draft ADD CONSTRAINT draft_corrects_within_the_workspace
              FOREIGN KEY (session_id, workspace_id) REFERENCES cases_session (id, workspace_id);
            """,
            "ALTER TABLE cases_draft DROP CONSTRAINT draft_corrects_within_the_workspace",
        ),
        wall("cases_completionrule", view="view_sessions", work="accept_activities"),
    ]
