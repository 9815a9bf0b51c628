"""A second look is handed to the province, and an event of a dependant that was entered by mistake is taken back."""

from importlib import import_module

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


edited = import_module("visas.migrations.0019_after_the_permit").edited
HANDED = "handed_on IS NOT NULL AND (SELECT wall.whole('review_visa_cases'))"

LOOKS = [
    edited(
        "wall.keep_finding()",
        "THEN '{state,looked_by_id,looked_on,reason,said}' ELSE",
        "THEN '{state,looked_by_id,looked_on,reason,said}' "
        "WHEN OLD.state = 'open' AND OLD.handed_on IS NULL THEN '{handed_on}' ELSE",
    ),
    edited(
        "wall.keep_closing()",
        "THEN '{state,looked_by_id,looked_on,reason}' ELSE",
        "THEN '{state,looked_by_id,looked_on,reason}' "
        "WHEN OLD.state = 'open' AND OLD.handed_on IS NULL THEN '{handed_on}' ELSE",
    ),
    # The province reads what was handed to it and not the check, which the function holds meanwhile.
    migrations.RunSQL(
        [
            "ALTER FUNCTION wall.keep_finding() SECURITY DEFINER SET search_path = public, pg_temp",
            *(
                f"CREATE POLICY {name} ON {table} FOR {command}"
                for table in ("visas_finding", "visas_closing")
                for name, command in (
                    ("view_handed", f"SELECT USING ({HANDED})"),
                    ("look_handed", f"UPDATE USING ({HANDED}) WITH CHECK ({HANDED})"),
                )
            ),
        ],
        [
            *(
                f"DROP POLICY {name} ON {table}"
                for table in ("visas_finding", "visas_closing")
                for name in ("view_handed", "look_handed")
            ),
            "ALTER FUNCTION wall.keep_finding() SECURITY INVOKER",
            "ALTER FUNCTION wall.keep_finding() RESET search_path",
        ],
    ),
]
QUESTIONS = [
    edited(
        "wall.keep_question()",
        "'{outcome_id,answered_on,answered_by_id,note,fell_away_on}'",
        "'{outcome_id,answered_on,answered_by_id,note,fell_away_on,fell_away_why}'",
    ),
    # What the office entered by hand it takes back with a reason.
    edited(
        "wall.keep_question()",
        "IF at_end IS NOT TRUE THEN",
        "IF at_end IS NOT TRUE AND NOT (NEW.fell_away_why <> '' AND EXISTS (SELECT FROM visas_questionreason r "
        "WHERE r.code = NEW.reason_id AND r.asked_when = 'by_hand')) THEN",
    ),
]


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0022_guarded_accesses'),
        ('centers', '0007_roles_apart'),
        ('visas', '0023_papers_and_conditions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='closing',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='closing',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='dependantquestion',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='dependantquestion',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='finding',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='finding',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='closing',
            name='handed_on',
            field=models.DateField(blank=True, null=True, verbose_name='handed to the province on'),
        ),
        migrations.AddField(
            model_name='closingevent',
            name='handed_on',
            field=models.DateField(blank=True, null=True, verbose_name='handed to the province on'),
        ),
        migrations.AddField(
            model_name='dependantquestion',
            name='fell_away_why',
            field=models.CharField(blank=True, db_default='', max_length=200, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='dependantquestionevent',
            name='fell_away_why',
            field=models.CharField(blank=True, db_default='', max_length=200, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='finding',
            name='handed_on',
            field=models.DateField(blank=True, null=True, verbose_name='handed to the province on'),
        ),
        migrations.AddField(
            model_name='findingevent',
            name='handed_on',
            field=models.DateField(blank=True, null=True, verbose_name='handed to the province on'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='closing',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."document" IS DISTINCT FROM (NEW."document") OR OLD."done" IS DISTINCT FROM (NEW."done") OR OLD."done_by_id" IS DISTINCT FROM (NEW."done_by_id") OR OLD."done_on" IS DISTINCT FROM (NEW."done_on") OR OLD."finding_id" IS DISTINCT FROM (NEW."finding_id") OR OLD."handed_on" IS DISTINCT FROM (NEW."handed_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."looked_by_id" IS DISTINCT FROM (NEW."looked_by_id") OR OLD."looked_on" IS DISTINCT FROM (NEW."looked_on") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "visas_closingevent" ("case_id", "client_id", "document", "done", "done_by_id", "done_on", "finding_id", "handed_on", "id", "looked_by_id", "looked_on", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_at", "state", "workspace_id") VALUES (OLD."case_id", OLD."client_id", OLD."document", OLD."done", OLD."done_by_id", OLD."done_on", OLD."finding_id", OLD."handed_on", OLD."id", OLD."looked_by_id", OLD."looked_on", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."reason", OLD."recorded_at", OLD."state", OLD."workspace_id"); RETURN NULL;', hash='573936cc0a73032798b8a1796fb3df31c9fb9188', operation='UPDATE', pgid='pgtrigger_update_update_afb8b', table='visas_closing', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='closing',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visas_closingevent" ("case_id", "client_id", "document", "done", "done_by_id", "done_on", "finding_id", "handed_on", "id", "looked_by_id", "looked_on", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_at", "state", "workspace_id") VALUES (OLD."case_id", OLD."client_id", OLD."document", OLD."done", OLD."done_by_id", OLD."done_on", OLD."finding_id", OLD."handed_on", OLD."id", OLD."looked_by_id", OLD."looked_on", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."recorded_at", OLD."state", OLD."workspace_id"); RETURN NULL;', hash='4c6a1ed24b5b6eb8034d4c9b3031eebdbbeef4d6', operation='DELETE', pgid='pgtrigger_delete_delete_634b8', table='visas_closing', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dependantquestion',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."answered_by_id" IS DISTINCT FROM (NEW."answered_by_id") OR OLD."answered_on" IS DISTINCT FROM (NEW."answered_on") OR OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."fell_away_on" IS DISTINCT FROM (NEW."fell_away_on") OR OLD."fell_away_why" IS DISTINCT FROM (NEW."fell_away_why") OR OLD."happened_on" IS DISTINCT FROM (NEW."happened_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."link_id" IS DISTINCT FROM (NEW."link_id") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."outcome_id" IS DISTINCT FROM (NEW."outcome_id") OR OLD."reason_id" IS DISTINCT FROM (NEW."reason_id") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "visas_dependantquestionevent" ("answered_by_id", "answered_on", "case_id", "client_id", "due_on", "fell_away_on", "fell_away_why", "happened_on", "id", "link_id", "note", "outcome_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason_id", "recorded_at", "workspace_id") VALUES (OLD."answered_by_id", OLD."answered_on", OLD."case_id", OLD."client_id", OLD."due_on", OLD."fell_away_on", OLD."fell_away_why", OLD."happened_on", OLD."id", OLD."link_id", OLD."note", OLD."outcome_id", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."reason_id", OLD."recorded_at", OLD."workspace_id"); RETURN NULL;', hash='965abfb0db31cf834e277ee01e93427f3832f61c', operation='UPDATE', pgid='pgtrigger_update_update_5b8ea', table='visas_dependantquestion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dependantquestion',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visas_dependantquestionevent" ("answered_by_id", "answered_on", "case_id", "client_id", "due_on", "fell_away_on", "fell_away_why", "happened_on", "id", "link_id", "note", "outcome_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason_id", "recorded_at", "workspace_id") VALUES (OLD."answered_by_id", OLD."answered_on", OLD."case_id", OLD."client_id", OLD."due_on", OLD."fell_away_on", OLD."fell_away_why", OLD."happened_on", OLD."id", OLD."link_id", OLD."note", OLD."outcome_id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason_id", OLD."recorded_at", OLD."workspace_id"); RETURN NULL;', hash='fea761523a3d5e98841f10b1814caee7234b2a1c', operation='DELETE', pgid='pgtrigger_delete_delete_2aad2', table='visas_dependantquestion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='finding',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."check_made_id" IS DISTINCT FROM (NEW."check_made_id") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."found_by_id" IS DISTINCT FROM (NEW."found_by_id") OR OLD."found_on" IS DISTINCT FROM (NEW."found_on") OR OLD."handed_on" IS DISTINCT FROM (NEW."handed_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."looked_by_id" IS DISTINCT FROM (NEW."looked_by_id") OR OLD."looked_on" IS DISTINCT FROM (NEW."looked_on") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."said" IS DISTINCT FROM (NEW."said") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."what" IS DISTINCT FROM (NEW."what") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "visas_findingevent" ("case_id", "check_made_id", "client_id", "found_by_id", "found_on", "handed_on", "id", "looked_by_id", "looked_on", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_at", "said", "state", "what", "workspace_id") VALUES (OLD."case_id", OLD."check_made_id", OLD."client_id", OLD."found_by_id", OLD."found_on", OLD."handed_on", OLD."id", OLD."looked_by_id", OLD."looked_on", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."reason", OLD."recorded_at", OLD."said", OLD."state", OLD."what", OLD."workspace_id"); RETURN NULL;', hash='b3026dc88713157160f77386e1086e8497197e1a', operation='UPDATE', pgid='pgtrigger_update_update_23c09', table='visas_finding', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='finding',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visas_findingevent" ("case_id", "check_made_id", "client_id", "found_by_id", "found_on", "handed_on", "id", "looked_by_id", "looked_on", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_at", "said", "state", "what", "workspace_id") VALUES (OLD."case_id", OLD."check_made_id", OLD."client_id", OLD."found_by_id", OLD."found_on", OLD."handed_on", OLD."id", OLD."looked_by_id", OLD."looked_on", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."recorded_at", OLD."said", OLD."state", OLD."what", OLD."workspace_id"); RETURN NULL;', hash='7ee2d94844bc9a32f73b78fd9ceade704dd19b40', operation='DELETE', pgid='pgtrigger_delete_delete_68282', table='visas_finding', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='dependantquestion',
            constraint=models.CheckConstraint(condition=models.Q(('fell_away_why', ''), ('fell_away_on__isnull', False), _connector='OR'), name='dependant_question_fell_for_a_reason'),
        ),
        *LOOKS,
        *QUESTIONS,
    ]
