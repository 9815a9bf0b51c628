"""After a permit: checks are corrected, findings closed by two people, and dependants asked about when it ends."""

import django.contrib.postgres.fields
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


def kept(table: str, work: str = WORK) -> list[migrations.RunSQL]:
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
                f"CREATE POLICY work_insert ON {table} FOR INSERT WITH CHECK ({work})",
                f"CREATE POLICY work_update ON {table} FOR UPDATE USING ({work}) WITH CHECK ({work})",
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

ENDED = "coalesce({0}.left_on, {0}.refused_on, {0}.withdrawn_on, {0}.lapsed_on, {0}.ineligible_on)"
ASKED = [
    *kept("visas_dependantquestion", HERE.format("work_clients")),
    on_statement("visas_dependantquestion", "not_in_the_future", "wall.refuse_future",
                 arguments=["happened_on", "answered_on"]),
    # The last day is written once: a later rule moves no clock that runs.
    function(
        "wall.keep_question()",
        f"""
        DECLARE
          at_end boolean;
        BEGIN
          IF TG_OP = 'INSERT' THEN
            SELECT greatest(NEW.happened_on, wall.today()) + r.days INTO NEW.due_on
              FROM visas_questionreason r WHERE r.code = NEW.reason_id;
            RETURN NEW;
          END IF;
          IF wall.changes_besides(to_jsonb(OLD), to_jsonb(NEW),
               CASE WHEN OLD.fell_away_on IS NULL
                    THEN '{{outcome_id,answered_on,answered_by_id,note,fell_away_on}}' ELSE '{{}}' END::text[])
             OR OLD.outcome_id IS NOT NULL AND NEW.outcome_id IS NULL THEN
            RAISE EXCEPTION 'a question about a dependant is only answered'
              USING ERRCODE = '23514', CONSTRAINT = 'dependant_question_stays', TABLE = TG_TABLE_NAME;
          END IF;
          IF NEW.fell_away_on IS DISTINCT FROM OLD.fell_away_on THEN
            SELECT r.asked_when = 'case_ended' AND {ENDED.format("v")} IS NULL INTO at_end
              FROM visas_visacase v, visas_questionreason r WHERE v.id = NEW.case_id AND r.code = NEW.reason_id;
            IF at_end IS NOT TRUE THEN
              RAISE EXCEPTION 'the event was not taken back'
                USING ERRCODE = '23514', CONSTRAINT = 'dependant_question_stays', TABLE = TG_TABLE_NAME;
            END IF;
          END IF;
          IF NEW.outcome_id IS DISTINCT FROM OLD.outcome_id THEN
            NEW.answered_by_id := coalesce(wall.actor(), NEW.answered_by_id);
          END IF;
          IF NEW.note = '' AND EXISTS (SELECT FROM visas_dependantoutcome o
                                        WHERE o.code = NEW.outcome_id AND o.with_note) THEN
            RAISE EXCEPTION 'this outcome is said in words'
              USING ERRCODE = '23514', CONSTRAINT = 'dependant_outcome_in_words', TABLE = TG_TABLE_NAME;
          END IF;
          RETURN NEW;
        END
        """,
        returns="trigger",
    ),
    # After the row, so that the wall speaks first to whoever may not write here.
    function(
        "wall.begin_question()",
        f"""
        BEGIN
          IF NEW.outcome_id IS NOT NULL OR NEW.fell_away_on IS NOT NULL OR NOT EXISTS (
               SELECT FROM visas_visacase v
                 JOIN cases_household h ON h.principal_id = v.client_id
                 JOIN cases_familylink f ON f.household_id = h.id
                 JOIN visas_questionreason r ON r.code = NEW.reason_id
                WHERE v.id = NEW.case_id AND f.id = NEW.link_id AND f.client_id = NEW.client_id
                  AND (r.relations = '{{}}' OR f.relation_id = ANY (r.relations))
                  AND (r.asked_when <> 'case_ended' OR {ENDED.format("v")} IS NOT NULL)) THEN
            RAISE EXCEPTION 'it is asked of a dependant of the case, for a reason that fits'
              USING ERRCODE = '23514', CONSTRAINT = 'dependant_question_fits', TABLE = TG_TABLE_NAME;
          END IF;
          RETURN NULL;
        END
        """,
        returns="trigger",
    ),
    migrations.RunSQL(
        """
        CREATE TRIGGER stays BEFORE INSERT OR UPDATE ON visas_dependantquestion
          FOR EACH ROW EXECUTE FUNCTION wall.keep_question();
        CREATE TRIGGER begins AFTER INSERT ON visas_dependantquestion
          FOR EACH ROW EXECUTE FUNCTION wall.begin_question();
        """,
        "DROP TRIGGER begins ON visas_dependantquestion; DROP TRIGGER stays ON visas_dependantquestion",
    ),
    # Whoever ends a case need not keep the files of the family, so it is asked for all. A child is asked about who came
    # of age after the permit, while it runs.
    function(
        "wall.ask_dependants(cases bigint[])",
        f"""
        INSERT INTO visas_dependantquestion (workspace_id, case_id, link_id, client_id, person_id, reason_id,
                                             happened_on, note)
        SELECT v.workspace_id, v.id, f.id, f.client_id, f.person_id, r.code, e.day, ''
          FROM visas_visacase v
          JOIN cases_household h ON h.principal_id = v.client_id
          JOIN cases_familylink f ON f.household_id = h.id
          JOIN cases_client c ON c.id = f.client_id
          JOIN visas_questionreason r ON r.relations = '{{}}' OR f.relation_id = ANY (r.relations)
          CROSS JOIN LATERAL (
            SELECT CASE WHEN r.asked_when = 'case_ended' THEN {ENDED.format("v")}
                        WHEN r.asked_when = 'of_age' AND {ENDED.format("v")} IS NULL
                         AND c.birth_date + make_interval(years => r.age) > v.granted_on
                        THEN (c.birth_date + make_interval(years => r.age))::date END AS day) e
         WHERE v.id = ANY (cases) AND e.day <= wall.today()
         ORDER BY f.id, v.id
            ON CONFLICT DO NOTHING
        """,
        returns="void",
        definer=True,
        private=True,
        language="sql",
    ),
    function(
        "wall.ask_dependants_of(of_workspace bigint)",
        """
        SELECT wall.ask_dependants(array_agg(v.id)) FROM visas_visacase v
          JOIN cases_household h ON h.principal_id = v.client_id
         WHERE v.workspace_id = of_workspace AND of_workspace = ANY (wall.scope('work_clients'))
        """,
        returns="void",
        definer=True,
        language="sql",
    ),
    function(
        "wall.case_asks_dependants()",
        f"""
        BEGIN
          PERFORM wall.ask_dependants(array_agg(n.id)) FROM new_rows n WHERE {ENDED.format("n")} IS NOT NULL
           HAVING count(*) > 0;
          UPDATE visas_dependantquestion q SET fell_away_on = wall.today() FROM new_rows n, visas_questionreason r
           WHERE q.case_id = n.id AND r.code = q.reason_id AND r.asked_when = 'case_ended'
             AND q.fell_away_on IS NULL AND {ENDED.format("n")} IS NULL;
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    on_statement("visas_visacase", "asks_dependants", "wall.case_asks_dependants"),
    migrations.RunSQL(
        f"REVOKE INSERT, UPDATE, DELETE ON visas_questionreason, visas_dependantoutcome FROM {app_role()}", ""
    ),
]

# A receipt is for whoever asked for it, and stays as it is.
OWN = "actor_id = (SELECT wall.actor())"
RECEIPTS = [
    migrations.RunSQL(
        [
            "ALTER TABLE visas_checkbatch ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY view ON visas_checkbatch FOR SELECT USING ({OWN})",
            f"CREATE POLICY own_insert ON visas_checkbatch FOR INSERT WITH CHECK ({OWN})",
            f"REVOKE UPDATE, DELETE ON visas_checkbatch FROM {app_role()}",
        ],
        [
            "DROP POLICY own_insert ON visas_checkbatch",
            "DROP POLICY view ON visas_checkbatch",
            "ALTER TABLE visas_checkbatch DISABLE ROW LEVEL SECURITY",
        ],
    ),
]

RULES = [
    edited("wall.keep_obligation()", "THEN '{ended_on}' ELSE", "THEN '{ended_on,ended_why}' ELSE"),
    migrations.RunSQL(
        f"GRANT INSERT, UPDATE ON visas_obligationrule TO {app_role()}",
        f"REVOKE INSERT, UPDATE ON visas_obligationrule FROM {app_role()}",
    ),
    # The owner brings the reference data; the application only adds, ends and voids, for the whole province.
    function(
        "wall.keep_obligation_rule()",
        f"""
        BEGIN
          IF current_user <> {app_role().replace('"', "'")} THEN
            RETURN NEW;
          END IF;
          IF NOT wall.whole('review_visa_cases') THEN
            RAISE EXCEPTION 'the rules are kept by the province'
              USING ERRCODE = '23514', CONSTRAINT = 'obligation_rule_of_the_province', TABLE = TG_TABLE_NAME;
          END IF;
          IF TG_OP = 'UPDATE' AND (OLD.voided_on IS NOT NULL OR wall.changes_besides(to_jsonb(OLD), to_jsonb(NEW),
               '{{valid_to,entered_by_id,voided_on,voided_why}}'::text[])) THEN
            RAISE EXCEPTION 'a rule only ends or is voided'
              USING ERRCODE = '23514', CONSTRAINT = 'obligation_rule_stays', TABLE = TG_TABLE_NAME;
          END IF;
          RETURN NEW;
        END
        """,
        returns="trigger",
    ),
    migrations.RunSQL(
        "CREATE TRIGGER stays BEFORE INSERT OR UPDATE ON visas_obligationrule "
        "FOR EACH ROW EXECUTE FUNCTION wall.keep_obligation_rule()",
        "DROP TRIGGER stays ON visas_obligationrule",
    ),
]


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0022_guarded_accesses'),
        ('centers', '0007_roles_apart'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('visas', '0018_study_records'),
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
        migrations.CreateModel(
            name='DependantOutcome',
            fields=[
                ('code', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='code')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_ko', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_en', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_vi', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_zh_hans', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('aliases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=None)),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('with_note', models.BooleanField(default=False, verbose_name='with a note')),
            ],
            options={
                'verbose_name': 'outcome for a dependant',
                'verbose_name_plural': 'outcomes for dependants',
                'ordering': ['order', 'code'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DependantQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('happened_on', models.DateField(verbose_name='day of the event')),
                ('due_on', models.DateField(editable=False, verbose_name='to be found out by')),
                ('answered_on', models.DateField(blank=True, null=True, verbose_name='found out on')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('fell_away_on', models.DateField(blank=True, null=True, verbose_name='fell away on')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
                ('answered_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='found out by')),
                ('case', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='visas.visacase')),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.client')),
                ('link', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='cases.familylink')),
                ('outcome', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='visas.dependantoutcome', verbose_name='outcome')),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.person')),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace')),
            ],
            options={
                'verbose_name': 'question about a dependant',
                'verbose_name_plural': 'questions about dependants',
            },
        ),
        migrations.CreateModel(
            name='QuestionReason',
            fields=[
                ('code', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='code')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_ko', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_en', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_vi', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_zh_hans', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('aliases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=None)),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('asked_when', models.CharField(choices=[('case_ended', "The principal's case ends"), ('of_age', 'A child comes of age'), ('by_hand', 'The office enters it')], max_length=20, verbose_name='asked when')),
                ('days', models.PositiveSmallIntegerField(verbose_name='days to find out')),
                ('age', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='age in years')),
                ('relations', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('source', models.CharField(max_length=300, verbose_name='source')),
            ],
            options={
                'verbose_name': 'reason of a question',
                'verbose_name_plural': 'reasons of questions',
                'ordering': ['order', 'code'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('asked_when', 'of_age'), _negated=True), ('age__isnull', False), _connector='OR'), name='question_reason_has_an_age')],
            },
        ),
        migrations.CreateModel(
            name='DependantQuestionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('happened_on', models.DateField(verbose_name='day of the event')),
                ('due_on', models.DateField(editable=False, verbose_name='to be found out by')),
                ('answered_on', models.DateField(blank=True, null=True, verbose_name='found out on')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('fell_away_on', models.DateField(blank=True, null=True, verbose_name='fell away on')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
                ('answered_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='found out by')),
                ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visas.visacase')),
                ('client', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.client')),
                ('link', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.familylink')),
                ('outcome', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visas.dependantoutcome', verbose_name='outcome')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cases.person')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='visas.dependantquestion')),
                ('workspace', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='centers.workspace')),
                ('reason', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visas.questionreason', verbose_name='reason')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='dependantquestion',
            name='reason',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='visas.questionreason', verbose_name='reason'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dependantquestionevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0daacb8f78a47380452fb12b12b3d7e57dd14f62', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_39540', table='visas_dependantquestionevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='dependantquestion',
            index=models.Index(fields=['workspace', 'due_on', 'id'], name='dependant_question_by_due'),
        ),
        migrations.AddIndex(
            model_name='dependantquestion',
            index=models.Index(fields=['case'], name='dependant_question_by_case'),
        ),
        migrations.AddIndex(
            model_name='dependantquestion',
            index=models.Index(fields=['client'], name='dependant_question_by_client'),
        ),
        migrations.AddIndex(
            model_name='dependantquestion',
            index=models.Index(fields=['link'], name='dependant_question_by_link'),
        ),
        migrations.AddConstraint(
            model_name='dependantquestion',
            constraint=models.UniqueConstraint(condition=models.Q(('fell_away_on', None)), fields=('link', 'case', 'reason'), name='dependant_asked_once', violation_error_message='This is asked about the dependant already.'),
        ),
        migrations.AddConstraint(
            model_name='dependantquestion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_on', None), ('outcome', None)), models.Q(('answered_on__isnull', False), ('outcome__isnull', False)), _connector='OR'), name='dependant_answer_has_a_day', violation_error_message='Say what became of the dependant, and the day on which it was found out.'),
        ),
        migrations.AddConstraint(
            model_name='dependantquestion',
            constraint=models.CheckConstraint(condition=models.Q(('answered_on', None), ('answered_on__gte', models.F('happened_on')), _connector='OR'), name='dependant_answer_after_the_event', violation_error_message='It is found out on or after the day of the event.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dependantquestion',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."answered_by_id" IS DISTINCT FROM (NEW."answered_by_id") OR OLD."answered_on" IS DISTINCT FROM (NEW."answered_on") OR OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."fell_away_on" IS DISTINCT FROM (NEW."fell_away_on") OR OLD."happened_on" IS DISTINCT FROM (NEW."happened_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."link_id" IS DISTINCT FROM (NEW."link_id") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."outcome_id" IS DISTINCT FROM (NEW."outcome_id") OR OLD."reason_id" IS DISTINCT FROM (NEW."reason_id") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))', func='INSERT INTO "visas_dependantquestionevent" ("answered_by_id", "answered_on", "case_id", "client_id", "due_on", "fell_away_on", "happened_on", "id", "link_id", "note", "outcome_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason_id", "recorded_at", "workspace_id") VALUES (OLD."answered_by_id", OLD."answered_on", OLD."case_id", OLD."client_id", OLD."due_on", OLD."fell_away_on", OLD."happened_on", OLD."id", OLD."link_id", OLD."note", OLD."outcome_id", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."reason_id", OLD."recorded_at", OLD."workspace_id"); RETURN NULL;', hash='627ab3fabc273f48b034b0efdcc8379deefa4297', operation='UPDATE', pgid='pgtrigger_update_update_5b8ea', table='visas_dependantquestion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dependantquestion',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visas_dependantquestionevent" ("answered_by_id", "answered_on", "case_id", "client_id", "due_on", "fell_away_on", "happened_on", "id", "link_id", "note", "outcome_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason_id", "recorded_at", "workspace_id") VALUES (OLD."answered_by_id", OLD."answered_on", OLD."case_id", OLD."client_id", OLD."due_on", OLD."fell_away_on", OLD."happened_on", OLD."id", OLD."link_id", OLD."note", OLD."outcome_id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason_id", OLD."recorded_at", OLD."workspace_id"); RETURN NULL;', hash='82195c50820a77c111676cbb3f77da5761ccf4da', operation='DELETE', pgid='pgtrigger_delete_delete_2aad2', table='visas_dependantquestion', when='AFTER')),
        ),
        *ASKED,
        migrations.CreateModel(
            name='CheckBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('done', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('refused', models.JSONField(default=list)),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
                ('result', models.CharField(choices=[('kept', 'Kept'), ('not_kept', 'Not kept'), ('unknown', 'Could not be found out')], max_length=10, verbose_name='what a check has shown')),
                ('done_on', models.DateField(verbose_name='checked on')),
                ('document', models.CharField(blank=True, max_length=60, verbose_name='document number')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                ('actor', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace')),
            ],
            options={
                'verbose_name': 'receipt of checks',
                'verbose_name_plural': 'receipts of checks',
                'indexes': [models.Index(fields=['actor', '-id'], name='check_batch_by_actor')],
            },
        ),
        *RECEIPTS,
        migrations.RemoveConstraint(
            model_name='obligation',
            name='obligation_once',
        ),
        migrations.RemoveConstraint(
            model_name='obligationrule',
            name='obligation_rule_once',
        ),
        migrations.AddField(
            model_name='obligation',
            name='ended_why',
            field=models.CharField(blank=True, choices=[('case', 'The case has ended or the permit was taken back'), ('moved', 'The permit has another day'), ('rule', 'The rule was changed'), ('dependant', 'The dependant has another status')], max_length=10, verbose_name='why it fell away'),
        ),
        migrations.AddField(
            model_name='obligation',
            name='link',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='obligations', to='cases.familylink'),
        ),
        migrations.AddField(
            model_name='obligationrule',
            name='entered_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by'),
        ),
        migrations.AddField(
            model_name='obligationrule',
            name='recorded_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at'),
        ),
        migrations.AddField(
            model_name='obligationrule',
            name='status',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.statuscode', verbose_name='status of the dependant'),
        ),
        migrations.AddField(
            model_name='obligationrule',
            name='voided_on',
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='obligationrule',
            name='voided_why',
            field=models.CharField(blank=True, editable=False, max_length=300, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='obligation',
            name='client',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='obligations', to='cases.client'),
        ),
        migrations.AlterField(
            model_name='obligationrule',
            name='kind',
            field=models.CharField(choices=[('residence_area', 'Residence in the municipality of the letter'), ('residence_region', 'Residence in the region'), ('work', 'Work in the area'), ('workplace', 'No change of workplace'), ('korean', 'Korean level'), ('semester', 'Enrolment each semester'), ('with_principal', "Residence in the principal's municipality")], max_length=20, verbose_name='duty'),
        ),
        migrations.AddConstraint(
            model_name='obligation',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_on', None)), fields=('case', 'rule', 'link'), name='obligation_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='obligation',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on__isnull', False), ('ended_why', ''), _connector='OR'), name='obligation_ended_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='obligationrule',
            constraint=models.UniqueConstraint(condition=models.Q(('voided_on', None)), fields=('programme', 'kind', 'status', 'valid_from'), name='obligation_rule_once', nulls_distinct=False, violation_error_message='There is a rule of this duty from this day on already.'),
        ),
        migrations.AddConstraint(
            model_name='obligationrule',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='obligation_rule_in_order', violation_error_message='The rule ends before it begins.'),
        ),
        migrations.AddConstraint(
            model_name='obligationrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('text_ko', ''), _negated=True), models.Q(('source', ''), _negated=True)), name='obligation_rule_has_a_source', violation_error_message='Write the wording of the rule and where it stands.'),
        ),
        migrations.AddConstraint(
            model_name='obligationrule',
            constraint=models.CheckConstraint(condition=models.Q(('check_every', None), ('check_every__gte', 1), _connector='OR'), name='obligation_rule_checked_at_times', violation_error_message='A check comes every month at most.'),
        ),
        migrations.AddConstraint(
            model_name='obligationrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('voided_on', None), ('voided_why', '')), models.Q(('voided_on__isnull', False), models.Q(('voided_why', ''), _negated=True)), _connector='OR'), name='obligation_rule_voided_with_a_reason', violation_error_message='Say why the rule is taken out.'),
        ),
        migrations.AlterConstraint(
            model_name='obligationrule',
            name='obligation_rule_ends',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('months__isnull', False), ('until', None)), models.Q(('months', None), ('until__isnull', False)), _connector='OR'), name='obligation_rule_ends', violation_error_message='Say how many months it runs, or up to which day: one of the two.'),
        ),
        *RULES,
    ]
