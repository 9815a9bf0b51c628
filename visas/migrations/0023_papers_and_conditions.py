"""The papers that a programme asks for, by day, and what became of each in a case; conditions that name themselves."""

from importlib import import_module

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


from centers.walls import app_role, client_triple, function, on_statement

rows = import_module("visas.migrations.0009_case_steps")
steps = import_module("visas.migrations.0022_letters_run_out")
READ, SHARED = rows.READ, rows.SHARED

PAPERS = [
    migrations.RunSQL(
        f"""
        GRANT INSERT, UPDATE ON visas_requiredpaper TO {app_role()};
        REVOKE DELETE ON visas_requiredpaper FROM {app_role()};
        CREATE TRIGGER stays BEFORE INSERT OR UPDATE ON visas_requiredpaper
          FOR EACH ROW EXECUTE FUNCTION wall.keep_obligation_rule();
        ALTER TABLE visas_casepaper ADD CONSTRAINT case_paper_is_of_the_workspace
          FOREIGN KEY (case_id, workspace_id) REFERENCES visas_visacase (id, workspace_id);
        ALTER TABLE visas_casepaper ENABLE ROW LEVEL SECURITY;
        CREATE POLICY view ON visas_casepaper FOR SELECT USING ({READ});
        CREATE POLICY work_insert ON visas_casepaper FOR INSERT WITH CHECK (
          (SELECT wall.whole('review_visa_cases'))
          OR workspace_id = ANY ((SELECT wall.scope('review_visa_cases'))::bigint[])
          OR workspace_id = ANY ((SELECT wall.scope('work_visa_cases'))::bigint[]));
        REVOKE UPDATE, DELETE ON visas_casepaper FROM {app_role()};
        """,
    ),
    client_triple("visas_casepaper"),
    on_statement(
        "visas_casepaper", "not_in_the_future", "wall.refuse_future", events=("INSERT",), arguments=["happened_on"]
    ),
    function(
        "wall.entered_by_the_actor()",
        "BEGIN NEW.actor_id := coalesce(wall.actor(), NEW.actor_id); RETURN NEW; END",
        returns="trigger",
    ),
    # After the row, so that the wall speaks first to whoever may not write here.
    function(
        "wall.paper_fits()",
        """
        BEGIN
          IF NOT EXISTS (SELECT FROM public.visas_visacase v JOIN public.visas_requiredpaper p
                             ON p.programme_id = v.programme_id AND p.voided_on IS NULL
                          WHERE v.id = NEW.case_id AND p.id = NEW.paper_id) THEN
            RAISE EXCEPTION 'the programme asks for no such paper'
              USING ERRCODE = '23514', CONSTRAINT = 'case_paper_of_its_programme', TABLE = TG_TABLE_NAME;
          END IF;
          IF NEW.proof_id IS NOT NULL AND NOT EXISTS (
               SELECT FROM public.cases_attachment a WHERE a.id = NEW.proof_id AND a.client_id = NEW.client_id) THEN
            RAISE EXCEPTION 'the file is of somebody else'
              USING ERRCODE = '23514', CONSTRAINT = 'case_paper_file_of_the_client', TABLE = TG_TABLE_NAME;
          END IF;
          RETURN NULL;
        END
        """,
        returns="trigger",
    ),
    migrations.RunSQL(
        """
        CREATE TRIGGER by_the_actor BEFORE INSERT ON visas_casepaper
          FOR EACH ROW EXECUTE FUNCTION wall.entered_by_the_actor();
        CREATE TRIGGER fits AFTER INSERT ON visas_casepaper FOR EACH ROW EXECUTE FUNCTION wall.paper_fits();
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON visas_casepaper
          FOR EACH ROW EXECUTE FUNCTION wall.keep_case_step();
        """,
    ),
]
# Conditions of a general kind are told apart by their names, and a line of points may give one of several numbers.
CONDITIONS = [
    migrations.RunSQL("SET LOCAL check_function_bodies = off"),  # the texts below are changed one by one
    steps.rewritten(r"SELECT DISTINCT ON \(f\.kind\) f\.kind,", "SELECT DISTINCT ON (f.kind, f.label) f.kind || f.label,"),
    steps.rewritten(r"ORDER BY f\.kind, f\.id DESC", "ORDER BY f.kind, f.label, f.id DESC"),
    steps.rewritten(r"SELECT DISTINCT ON \(r\.kind\) r\.\*", "SELECT DISTINCT ON (r.kind, r.label) r.*"),
    steps.rewritten(r"ORDER BY r\.kind, r\.valid_from DESC", "ORDER BY r.kind, r.label, r.valid_from DESC"),
    steps.rewritten(r"ON f\.kind = r\.kind", "ON f.kind = r.kind || r.label"),
    steps.rewritten(
        r"AND \(i\.points IS NULL OR NEW\.points IN \(0, i\.points\)\)",
        "AND (NEW.points IN (0, i.points) OR i.points IS NULL AND (i.bands = '{}' OR NEW.points::text = ANY "
        "(SELECT split_part(b, ':', 1) FROM unnest(i.bands) b)))",
    ),
    migrations.RunSQL("SET LOCAL check_function_bodies = on"),
]


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0022_guarded_accesses'),
        ('centers', '0007_roles_apart'),
        ('visas', '0022_letters_run_out'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CasePaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
                ('state', models.CharField(choices=[('missing', 'Not handed in'), ('received', 'Received'), ('waived', 'Waived')], max_length=10, verbose_name='state')),
                ('happened_on', models.DateField(verbose_name='day')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
            ],
            options={
                'verbose_name': 'paper of a visa case',
                'verbose_name_plural': 'papers of visa cases',
            },
        ),
        migrations.CreateModel(
            name='RequiredPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text_ko', models.CharField(max_length=100, verbose_name='paper')),
                ('from_whom', models.CharField(choices=[('applicant', 'From the applicant'), ('employer', 'From the employer'), ('school', 'From the school')], default='applicant', max_length=10, verbose_name='from whom')),
                ('valid_from', models.DateField(verbose_name='from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='to')),
                ('source', models.CharField(max_length=300, verbose_name='source')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
                ('voided_on', models.DateField(blank=True, editable=False, null=True)),
                ('voided_why', models.CharField(blank=True, editable=False, max_length=300, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'required paper',
                'verbose_name_plural': 'required papers',
                'ordering': ['programme', 'from_whom', 'id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='eligibilityrule',
            name='eligibility_rule_once_a_day',
        ),
        migrations.AddField(
            model_name='casefact',
            name='label',
            field=models.CharField(blank=True, db_default='', max_length=60, verbose_name='name of the condition'),
        ),
        migrations.AddField(
            model_name='casestep',
            name='due_on',
            field=models.DateField(blank=True, null=True, verbose_name='to be completed by'),
        ),
        migrations.AddField(
            model_name='casestep',
            name='papers',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, db_default=[], default=list, size=None),
        ),
        migrations.AddField(
            model_name='eligibilityrule',
            name='label',
            field=models.CharField(blank=True, db_default='', max_length=60, verbose_name='name of the condition'),
        ),
        migrations.AddField(
            model_name='pointitem',
            name='bands',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), blank=True, db_default=[], default=list, size=None),
        ),
        migrations.AlterField(
            model_name='casefact',
            name='kind',
            field=models.CharField(choices=[('degree', 'Domestic degree (associate or higher)'), ('income', 'Income of a year (won)'), ('korean', 'Korean level (TOPIK or KIIP)'), ('stay', 'Stay in the last ten years (months)'), ('points', 'Points of the self-assessment'), ('contract_pay', 'Pay of the contract (won a year)'), ('contract_months', 'Contract still runs (months)'), ('tenure', 'Time at the workplace (months)'), ('residence', 'Residence in the area (months)'), ('family_move', 'Moves with the family, under 60'), ('funds', 'Proof of funds (won)'), ('confirmed', 'Confirmed by hand'), ('number', 'A number against a limit'), ('date', 'A day against a limit'), ('same_nationality', 'Share of one nationality among the recommended (%)')], max_length=20, verbose_name='condition'),
        ),
        migrations.AlterField(
            model_name='eligibilityrule',
            name='kind',
            field=models.CharField(choices=[('degree', 'Domestic degree (associate or higher)'), ('income', 'Income of a year (won)'), ('korean', 'Korean level (TOPIK or KIIP)'), ('stay', 'Stay in the last ten years (months)'), ('points', 'Points of the self-assessment'), ('contract_pay', 'Pay of the contract (won a year)'), ('contract_months', 'Contract still runs (months)'), ('tenure', 'Time at the workplace (months)'), ('residence', 'Residence in the area (months)'), ('family_move', 'Moves with the family, under 60'), ('funds', 'Proof of funds (won)'), ('confirmed', 'Confirmed by hand'), ('number', 'A number against a limit'), ('date', 'A day against a limit'), ('same_nationality', 'Share of one nationality among the recommended (%)')], max_length=20, verbose_name='condition'),
        ),
        migrations.AddConstraint(
            model_name='casefact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('confirmed', 'number', 'date')), models.Q(('label', ''), _negated=True)), models.Q(models.Q(('kind__in', ('confirmed', 'number', 'date')), _negated=True), ('label', '')), _connector='OR'), name='case_fact_named_where_its_kind_is_general'),
        ),
        migrations.AddConstraint(
            model_name='casefact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'confirmed'), _negated=True), ('value__lte', 1), _connector='OR'), name='case_fact_confirmed_or_not', violation_error_message='Write 1 for yes or 0 for no.'),
        ),
        migrations.AddConstraint(
            model_name='casestep',
            constraint=models.CheckConstraint(condition=models.Q(('due_on', None), models.Q(('due_on__gte', models.F('happened_on')), ('kind', 'asked')), _connector='OR'), name='completion_due_after_it_was_asked', violation_error_message='The papers are to be handed in on or after the day of the request.'),
        ),
        migrations.AddConstraint(
            model_name='eligibilityrule',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('voided_on', None)), expressions=[('programme', '='), ('kind', '='), ('label', '='), ('area_class', '='), (models.Func('valid_from', 'valid_to', models.Value('[]'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='eligibility_rule_once_a_day', violation_error_message='Another rule of this programme and condition holds on some of these days: end that one first.'),
        ),
        migrations.AddConstraint(
            model_name='eligibilityrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('confirmed', 'number', 'date')), models.Q(('label', ''), _negated=True)), models.Q(models.Q(('kind__in', ('confirmed', 'number', 'date')), _negated=True), ('label', '')), _connector='OR'), name='eligibility_rule_named_where_its_kind_is_general', violation_error_message='Say what the condition is called; those that have a name get no other.'),
        ),
        migrations.AddConstraint(
            model_name='pointitem',
            constraint=models.CheckConstraint(condition=models.Q(('points', None), ('bands', []), _connector='OR'), name='point_item_gives_one_or_bands'),
        ),
        migrations.AddField(
            model_name='casepaper',
            name='actor',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='casepaper',
            name='case',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='paper_rows', to='visas.visacase'),
        ),
        migrations.AddField(
            model_name='casepaper',
            name='client',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.client'),
        ),
        migrations.AddField(
            model_name='casepaper',
            name='person',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.person'),
        ),
        migrations.AddField(
            model_name='casepaper',
            name='proof',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.attachment'),
        ),
        migrations.AddField(
            model_name='casepaper',
            name='workspace',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace'),
        ),
        migrations.AddField(
            model_name='requiredpaper',
            name='entered_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by'),
        ),
        migrations.AddField(
            model_name='requiredpaper',
            name='programme',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='visas.visaprogramme'),
        ),
        migrations.AddField(
            model_name='casepaper',
            name='paper',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='visas.requiredpaper'),
        ),
        migrations.AddConstraint(
            model_name='requiredpaper',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('voided_on', None)), expressions=[('programme', '='), ('text_ko', '='), (models.Func('valid_from', 'valid_to', models.Value('[]'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='required_paper_once_a_day', violation_error_message='This paper is asked for on some of these days already: end that first.'),
        ),
        migrations.AddConstraint(
            model_name='requiredpaper',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='required_paper_in_order', violation_error_message='The rule ends before it begins.'),
        ),
        migrations.AddConstraint(
            model_name='requiredpaper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('text_ko', ''), _negated=True), models.Q(('source', ''), _negated=True)), name='required_paper_has_a_source', violation_error_message='Write the wording of the rule and where it stands.'),
        ),
        migrations.AddConstraint(
            model_name='requiredpaper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('voided_on', None), ('voided_why', '')), models.Q(('voided_on__isnull', False), models.Q(('voided_why', ''), _negated=True)), _connector='OR'), name='required_paper_voided_with_a_reason', violation_error_message='Say why the rule is taken out.'),
        ),
        migrations.AddIndex(
            model_name='casepaper',
            index=models.Index(fields=['case', 'id'], name='case_paper_by_case'),
        ),
        migrations.AddIndex(
            model_name='casepaper',
            index=models.Index(fields=['client'], name='case_paper_by_client'),
        ),
        migrations.AddIndex(
            model_name='casepaper',
            index=models.Index(fields=['person'], name='case_paper_by_person'),
        ),
        migrations.AddConstraint(
            model_name='casepaper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'waived'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='case_paper_waived_with_a_reason', violation_error_message='Say why the paper is not needed.'),
        ),
        migrations.AddConstraint(
            model_name='casepaper',
            constraint=models.CheckConstraint(condition=models.Q(('proof', None), ('state', 'received'), _connector='OR'), name='case_paper_file_of_what_was_received', violation_error_message='Only a paper that was received has a file.'),
        ),
        *PAPERS,
        *CONDITIONS,
    ]
