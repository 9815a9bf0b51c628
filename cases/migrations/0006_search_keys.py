"""What clients are found by, and indexes for it and for the orders of the lists."""


import datetime
import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from centers.walls import function


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0005_moves_are_no_edits'),
        ('centers', '0004_exports_wall'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # A name without what two hands write differently: marks over letters, capitals, blanks, stops and hyphens.
        function(
            "wall.name_key(name text, first_word int)",
            r"""
            SELECT nullif(translate(lower(regexp_replace(
              normalize(array_to_string((regexp_split_to_array(btrim(name), '\s+'))[first_word:], ''), NFKD),
              '[\u0300-\u036F\s.,·''’ʼ`´()_/-]', '', 'g')), 'đ', 'd'), '')
            """,
            returns="text",
            language="sql",
            traits="IMMUTABLE PARALLEL SAFE",
        ),
        function(
            "wall.digits_backwards(value text)",
            r"SELECT nullif(reverse(regexp_replace(value, '[^0-9]', '', 'g')), '')",
            returns="text",
            language="sql",
            traits="IMMUTABLE PARALLEL SAFE",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='clientname',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='contact',
            name='update_update',
        ),
        migrations.AddField(
            model_name='clientname',
            name='key',
            field=models.GeneratedField(db_persist=True, expression=models.Func('text', models.Value(1), function='wall.name_key'), output_field=models.TextField(db_collation='C', null=True)),
        ),
        migrations.AddField(
            model_name='clientname',
            name='second_key',
            field=models.GeneratedField(db_persist=True, expression=models.Func('text', models.Value(2), function='wall.name_key'), output_field=models.TextField(db_collation='C', null=True)),
        ),
        migrations.AddField(
            model_name='clientname',
            name='third_key',
            field=models.GeneratedField(db_persist=True, expression=models.Func('text', models.Value(3), function='wall.name_key'), output_field=models.TextField(db_collation='C', null=True)),
        ),
        migrations.AddField(
            model_name='contact',
            name='digits_backwards',
            field=models.GeneratedField(db_persist=True, expression=models.Func('value', function='wall.digits_backwards'), output_field=models.TextField(db_collation='C', null=True)),
        ),
        migrations.AddIndex(
            model_name='client',
            index=models.Index(condition=models.Q(('ref', ''), _negated=True), fields=['workspace', 'ref'], name='client_by_number'),
        ),
        migrations.AddIndex(
            model_name='client',
            index=models.Index(models.F('workspace'), django.db.models.functions.comparison.Coalesce('status_expires_on', models.Value(datetime.date(9999, 12, 31))), models.F('id'), name='client_by_expiry'),
        ),
        migrations.AddIndex(
            model_name='clientname',
            index=models.Index(fields=['workspace', 'key'], name='name_by_key'),
        ),
        migrations.AddIndex(
            model_name='clientname',
            index=models.Index(fields=['workspace', 'second_key'], name='name_by_second_key'),
        ),
        migrations.AddIndex(
            model_name='clientname',
            index=models.Index(fields=['workspace', 'third_key'], name='name_by_third_key'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(fields=['workspace', 'digits_backwards'], name='contact_by_ending'),
        ),
        migrations.AddIndex(
            model_name='session',
            index=models.Index(condition=models.Q(('ref', ''), _negated=True), fields=['workspace', 'ref'], name='session_by_number'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='clientname',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "cases_clientnameevent" ("client_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text", "workspace_id") VALUES (OLD."client_id", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."text", OLD."workspace_id"); RETURN NULL;', hash='6a4e92191d7abfb396f74fb07da668d7d77abcdc', operation='UPDATE', pgid='pgtrigger_update_update_934a7', table='cases_clientname', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."value" IS DISTINCT FROM (NEW."value") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "cases_contactevent" ("client_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value", "workspace_id") VALUES (OLD."client_id", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."value", OLD."workspace_id"); RETURN NULL;', hash='7f51c27bbca2edc62aa66f585a9a673083aa0f2c', operation='UPDATE', pgid='pgtrigger_update_update_4d768', table='cases_contact', when='AFTER')),
        ),
    ]
