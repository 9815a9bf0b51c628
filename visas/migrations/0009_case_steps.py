"""Steps of visa cases: rows that are added and never changed, and give the case its days in an order that holds."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from centers.walls import app_role, client_triple, function, on_statement

READERS = """
    CREATE OR REPLACE FUNCTION wall.readers_of(persons bigint[])
    RETURNS TABLE (person_id bigint, workspaces int[]) LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $body$
      SELECT p.id, coalesce(array_agg(DISTINCT w.id::int ORDER BY w.id::int) FILTER (WHERE w.kind IN {kinds}), '{{}}')
        FROM unnest(persons) AS p (id)
        LEFT JOIN cases_client c ON c.person_id = p.id
        LEFT JOIN centers_workspace w ON w.id = c.workspace_id
       GROUP BY p.id
    $body$
"""
# A step, and those that it may follow. A case that a university keeps is checked by no city.
FOLLOWS = {
    "asked": ("received", "answered", "checked"),
    "answered": ("asked",),
    "checked": ("received", "answered"),
    "reviewed": ("checked",),
    "recommended": ("reviewed",),
    "submitted": ("recommended",),
    "granted": ("recommended", "submitted"),
    "refused": ("recommended", "submitted"),
    "settled": ("granted",),
    "left": ("granted", "settled"),
    "ineligible": ("received", "asked", "answered", "checked", "reviewed"),
    "withdrawn": ("received", "asked", "answered", "checked", "reviewed", "recommended", "submitted"),
    "lapsed": ("recommended",),
}
# From what ends a case or stands furthest down up to its beginning: the first that has a day is where it stands.
STAGES = (
    "left", "lapsed", "withdrawn", "ineligible", "refused", "settled", "granted", "submitted", "recommended",
)  # fmt: skip
PROVINCE = "'{reviewed,recommended}'"
UNIVERSITY = "'{answered,submitted,granted,refused,settled,left,withdrawn,lapsed}'"
SHARED = (
    "EXISTS (SELECT FROM visas_visacase v WHERE v.id = case_id "
    "AND v.shared_with && (SELECT wall.scope('{}'))::int[])"
)
READ = (
    "(SELECT wall.whole('view_visa_cases')) OR workspace_id = ANY ((SELECT wall.scope('view_visa_cases'))::bigint[]) "
    f"OR {SHARED.format('view_visa_cases')}"
)
# The province takes every step; the city those of its cases but review and recommendation; whoever took the case in
# answers a completion request; a university says how its students' cases go on.
WRITTEN = f"""(SELECT wall.whole('review_visa_cases'))
  OR kind <> ALL ({PROVINCE}) AND workspace_id = ANY ((SELECT wall.scope('review_visa_cases'))::bigint[])
  OR kind = 'answered' AND (workspace_id = ANY ((SELECT wall.scope('work_visa_cases'))::bigint[])
                            OR {SHARED.format('work_visa_cases')})
  OR kind = ANY ({UNIVERSITY}) AND workspace_id = ANY ((SELECT wall.scope('work_visa_cases'))::bigint[])
     AND EXISTS (SELECT FROM centers_workspace w WHERE w.id = workspace_id AND w.kind = 'university')"""
OWN = "actor_id = (SELECT wall.actor())"

TABLE_OF_STEPS = ", ".join(f"('{step}', '{{{','.join(before)}}}'::text[])" for step, before in FOLLOWS.items())
DAYS = ", ".join(f"('{stage}', {rank}, v.{stage}_on)" for rank, stage in enumerate(STAGES))
CHANGED = " UNION ALL ".join(
    f"SELECT '{stage}'::text, NEW.{stage}_on WHERE NEW.{stage}_on IS DISTINCT FROM OLD.{stage}_on" for stage in STAGES
)

WALLS = [
    migrations.RunSQL(
        """
        ALTER TABLE visas_visacase ADD CONSTRAINT visa_case_of_workspace UNIQUE (id, workspace_id);
        ALTER TABLE visas_casestep ADD CONSTRAINT case_step_is_of_the_workspace
          FOREIGN KEY (case_id, workspace_id) REFERENCES visas_visacase (id, workspace_id);
        """,
        "ALTER TABLE visas_casestep DROP CONSTRAINT case_step_is_of_the_workspace;"
        "ALTER TABLE visas_visacase DROP CONSTRAINT visa_case_of_workspace",
    ),
    client_triple("visas_casestep"),
    migrations.RunSQL(
        f"""
        ALTER TABLE visas_casestep ENABLE ROW LEVEL SECURITY;
        CREATE POLICY view ON visas_casestep FOR SELECT USING ({READ});
        CREATE POLICY work_insert ON visas_casestep FOR INSERT WITH CHECK ({WRITTEN});
        REVOKE UPDATE, DELETE ON visas_casestep FROM {app_role()};
        ALTER TABLE visas_casebatch ENABLE ROW LEVEL SECURITY;
        CREATE POLICY view ON visas_casebatch FOR SELECT USING ({OWN});
        CREATE POLICY own_insert ON visas_casebatch FOR INSERT WITH CHECK ({OWN});
        REVOKE UPDATE, DELETE ON visas_casebatch FROM {app_role()};
        """,
        "DROP POLICY view ON visas_casestep; DROP POLICY work_insert ON visas_casestep; "
        "ALTER TABLE visas_casestep DISABLE ROW LEVEL SECURITY; DROP POLICY view ON visas_casebatch; "
        "DROP POLICY own_insert ON visas_casebatch; ALTER TABLE visas_casebatch DISABLE ROW LEVEL SECURITY",
    ),
    on_statement("visas_casestep", "not_in_the_future", "wall.refuse_future", events=("INSERT",), arguments=["happened_on"]),
    # Where a case stands: the step, its day, and the row of it where there is one.
    function(
        "wall.case_state(of_case bigint)",
        f"""
        SELECT found.kind, found.day, (
                 SELECT max(s.id) FROM public.visas_casestep s
                  WHERE s.case_id = of_case AND s.kind = found.kind AND NOT s.takes_back
                    AND NOT EXISTS (SELECT FROM public.visas_casestep u WHERE u.undoes_id = s.id))
          FROM public.visas_visacase v, LATERAL (
                 SELECT d.kind, d.rank, d.day FROM (VALUES {DAYS}) AS d (kind, rank, day) WHERE d.day IS NOT NULL
                 UNION ALL
                 (SELECT s.kind::text, 100, s.happened_on FROM public.visas_casestep s
                   WHERE s.case_id = v.id AND s.kind IN ('asked', 'answered', 'checked', 'reviewed') AND NOT s.takes_back
                     AND NOT EXISTS (SELECT FROM public.visas_casestep u WHERE u.undoes_id = s.id)
                   ORDER BY s.id DESC LIMIT 1)
                 UNION ALL
                 SELECT 'received', 101, v.received_on
               ) found
         WHERE v.id = of_case ORDER BY found.rank LIMIT 1
        """,
        returns="TABLE (kind text, day date, step bigint)",
        language="sql",
        traits="STABLE",
    ),
    function(
        "wall.step_follows(of_case bigint, next text, now_at text)",
        f"""
        SELECT now_at = ANY (t.before) AND NOT (next = 'checked' AND EXISTS (
                    SELECT FROM public.visas_visacase v JOIN public.visas_visaprogramme p ON p.code = v.programme_id
                     WHERE v.id = of_case AND p.workspace_kind = 'university'))
               OR next = 'reviewed' AND now_at IN ('received', 'answered') AND EXISTS (
                    SELECT FROM public.visas_visacase v JOIN public.visas_visaprogramme p ON p.code = v.programme_id
                     WHERE v.id = of_case AND p.workspace_kind = 'university')
               OR next = 'reviewed' AND now_at = 'answered' AND EXISTS (
                    SELECT FROM public.visas_casestep s
                     WHERE s.case_id = of_case AND s.kind = 'checked' AND NOT s.takes_back
                       AND NOT EXISTS (SELECT FROM public.visas_casestep u WHERE u.undoes_id = s.id))
          FROM (VALUES {TABLE_OF_STEPS}) AS t (step, before) WHERE t.step = next
        """,
        returns="boolean",
        language="sql",
        traits="STABLE",
    ),
    # One step: it takes its workspace and its client from the case, follows on what the case stands at, and gives the
    # case its day. It sees and changes what whoever takes it may see and change.
    function(
        "wall.take_case_step()",
        f"""
        DECLARE
          owner boolean := pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE');
          c public.visas_visacase;
          state record;
          given date := CASE WHEN NOT NEW.takes_back THEN NEW.happened_on END;
        BEGIN
          PERFORM pg_advisory_xact_lock(hashtextextended('visa case', NEW.case_id));
          SELECT * INTO c FROM public.visas_visacase v WHERE v.id = NEW.case_id;
          IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no such case to be seen' USING ERRCODE = '42501';
          END IF;
          NEW.workspace_id := c.workspace_id;
          NEW.client_id := c.client_id;
          NEW.person_id := c.person_id;
          NEW.actor_id := coalesce(wall.actor(), NEW.actor_id);
          SELECT * INTO state FROM wall.case_state(NEW.case_id);
          IF NEW.kind = 'received' THEN
            IF NOT owner OR NEW.takes_back THEN
              RAISE EXCEPTION 'a case is received once'
                USING ERRCODE = '23514', CONSTRAINT = 'case_step_follows', TABLE = TG_TABLE_NAME;
            END IF;
            RETURN NEW;
          END IF;
          IF NEW.takes_back THEN
            IF NEW.kind <> state.kind THEN
              RAISE EXCEPTION 'another step came last'
                USING ERRCODE = '23514', CONSTRAINT = 'case_step_taken_back_last', TABLE = TG_TABLE_NAME;
            END IF;
            NEW.undoes_id := state.step;
          ELSE
            NEW.undoes_id := NULL;
            IF NOT coalesce(wall.step_follows(NEW.case_id, NEW.kind, state.kind), false) THEN
              RAISE EXCEPTION 'the step does not follow on %', state.kind
                USING ERRCODE = '23514', CONSTRAINT = 'case_step_follows', TABLE = TG_TABLE_NAME;
            END IF;
            IF NEW.happened_on < state.day THEN
              RAISE EXCEPTION 'the step lies before the last one'
                USING ERRCODE = '23514', CONSTRAINT = 'case_step_in_order', TABLE = TG_TABLE_NAME;
            END IF;
          END IF;
          IF NEW.kind IN ('asked', 'answered', 'checked', 'reviewed') THEN
            RETURN NEW;
          END IF;
          EXECUTE format('UPDATE public.visas_visacase SET %I = $1 WHERE id = $2', NEW.kind || '_on')
            USING given, NEW.case_id;
          IF NEW.kind = 'recommended' THEN
            UPDATE public.visas_visacase SET letter_number = CASE WHEN NEW.takes_back THEN '' ELSE NEW.document END
             WHERE id = NEW.case_id;
          END IF;
          SELECT * INTO c FROM public.visas_visacase v WHERE v.id = NEW.case_id;
          IF (to_jsonb(c) ->> (NEW.kind || '_on'))::date IS DISTINCT FROM given THEN
            RAISE EXCEPTION 'the case is not yours to change' USING ERRCODE = '42501';
          END IF;
          RETURN NEW;
        END
        """,
        returns="trigger",
    ),
    migrations.RunSQL(
        """
        CREATE TRIGGER take BEFORE INSERT ON visas_casestep FOR EACH ROW EXECUTE FUNCTION wall.take_case_step();
        """,
        "DROP TRIGGER take ON visas_casestep",
    ),
    # What was found of an applicant is read and added by whoever reads the case and works on it.
    migrations.RunSQL(
        f"""
        ALTER TABLE visas_casefact ADD CONSTRAINT case_fact_is_of_the_workspace
          FOREIGN KEY (case_id, workspace_id) REFERENCES visas_visacase (id, workspace_id);
        ALTER TABLE visas_casefact ENABLE ROW LEVEL SECURITY;
        CREATE POLICY view ON visas_casefact FOR SELECT USING ({READ});
        CREATE POLICY work_insert ON visas_casefact FOR INSERT WITH CHECK (
          (SELECT wall.whole('review_visa_cases'))
          OR workspace_id = ANY ((SELECT wall.scope('review_visa_cases'))::bigint[])
          OR workspace_id = ANY ((SELECT wall.scope('work_visa_cases'))::bigint[]));
        REVOKE UPDATE, DELETE ON visas_casefact FROM {app_role()};
        """,
        "DROP POLICY view ON visas_casefact; DROP POLICY work_insert ON visas_casefact; "
        "ALTER TABLE visas_casefact DISABLE ROW LEVEL SECURITY; "
        "ALTER TABLE visas_casefact DROP CONSTRAINT case_fact_is_of_the_workspace",
    ),
    client_triple("visas_casefact"),
    on_statement("visas_casefact", "not_in_the_future", "wall.refuse_future", events=("INSERT",), arguments=["found_on"]),
    # Joining identities and merging files move a step with its client; nothing else changes it.
    function(
        "wall.keep_case_step()",
        """
        BEGIN
          IF TG_OP = 'DELETE' OR to_jsonb(NEW) - '{client_id,person_id}'::text[]
                                 IS DISTINCT FROM to_jsonb(OLD) - '{client_id,person_id}'::text[] THEN
            RAISE EXCEPTION 'steps are added and never changed'
              USING ERRCODE = '23514', CONSTRAINT = 'append_only', TABLE = TG_TABLE_NAME;
          END IF;
          RETURN NEW;
        END
        """,
        returns="trigger",
    ),
    # A case never says other days than its steps do, whoever writes it.
    function(
        "wall.case_agrees_with_steps()",
        f"""
        BEGIN
          IF EXISTS (
               SELECT FROM ({CHANGED}) AS changed (kind, day)
                 JOIN visas_casestep s ON s.case_id = NEW.id AND s.kind = changed.kind AND NOT s.takes_back
                WHERE NOT EXISTS (SELECT FROM visas_casestep u WHERE u.undoes_id = s.id)
                  AND s.happened_on IS DISTINCT FROM changed.day) THEN
            RAISE EXCEPTION 'a step of the case says another day'
              USING ERRCODE = '23514', CONSTRAINT = 'visa_case_agrees_with_its_steps', TABLE = TG_TABLE_NAME;
          END IF;
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    migrations.RunSQL(
        """
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON visas_casestep
          FOR EACH ROW EXECUTE FUNCTION wall.keep_case_step();
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON visas_casefact
          FOR EACH ROW EXECUTE FUNCTION wall.keep_case_step();
        CREATE CONSTRAINT TRIGGER agrees AFTER UPDATE ON visas_visacase
          DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wall.case_agrees_with_steps();
        """,
        "DROP TRIGGER append_only ON visas_casestep; DROP TRIGGER append_only ON visas_casefact; DROP TRIGGER agrees ON visas_visacase",
    ),
    # A case is taken in for a client of one's own and kept where its programme is kept: at the office of the
    # municipality, which gets a file of the person where it has none, or at the university. The office is told what an
    # application says of somebody, and no status that is for counsellors.
    function(
        "wall.take_in(of_client bigint, for_programme text, in_municipality text, on_day date, "
        "file_number text, told text, agreed boolean, taken_at bigint)",
        """
        DECLARE
          c cases_client;
          here centers_workspace;
          keeper bigint;
          file bigint;
          made bigint;
        BEGIN
          SELECT * INTO c FROM cases_client WHERE id = of_client AND merged_into_id IS NULL;
          IF NOT FOUND OR NOT (wall.whole('work_visa_cases') OR c.workspace_id = ANY (wall.scope('work_visa_cases'))) THEN
            RAISE EXCEPTION 'the client is not of your workspace' USING ERRCODE = '42501';
          END IF;
          PERFORM FROM cases_person WHERE id = c.person_id FOR NO KEY UPDATE;
          SELECT * INTO here FROM centers_workspace WHERE id = c.workspace_id;
          IF (SELECT p.workspace_kind FROM visas_visaprogramme p WHERE p.code = for_programme) = 'university' THEN
            keeper := CASE WHEN here.kind = 'university' THEN here.id END;
          ELSIF here.kind = 'office' THEN
            keeper := CASE WHEN here.municipality_id = in_municipality THEN here.id END;
          ELSIF here.kind IN ('center', 'agency') THEN
            SELECT w.id INTO keeper FROM centers_workspace w
             WHERE w.kind = 'office' AND w.municipality_id = in_municipality ORDER BY w.id LIMIT 1;
          END IF;
          IF keeper IS NULL THEN
            RAISE EXCEPTION 'the programme is not taken in here'
              USING ERRCODE = '23514', CONSTRAINT = 'visa_case_taken_in_here', TABLE = 'visas_visacase';
          END IF;
          IF keeper = here.id THEN
            file := c.id;
          ELSE
            IF NOT agreed THEN
              RAISE EXCEPTION 'the client has not agreed'
                USING ERRCODE = '23514', CONSTRAINT = 'visa_case_handed_on_with_consent', TABLE = 'visas_visacase';
            END IF;
            SELECT o.id INTO file FROM cases_client o
             WHERE o.workspace_id = keeper AND o.person_id = c.person_id AND o.merged_into_id IS NULL
             ORDER BY o.id LIMIT 1;
            IF file IS NULL THEN
              INSERT INTO cases_client (workspace_id, person_id, ref, recorded_on, nationality_id, birth_date, sex_id,
                                        status_id, language_id, municipality_id, shared_with)
              SELECT keeper, c.person_id, '', wall.today(), c.nationality_id, c.birth_date, c.sex_id,
                     (SELECT s.code FROM cases_statuscode s WHERE s.code = c.status_id AND NOT s.restricted),
                     c.language_id, in_municipality, '{}'
              RETURNING id INTO file;
              INSERT INTO cases_clientname (workspace_id, client_id, kind, text)
              SELECT keeper, file, n.kind, n.text FROM cases_clientname n WHERE n.client_id = c.id ORDER BY n.id;
            END IF;
          END IF;
          INSERT INTO visas_visacase (workspace_id, client_id, person_id, programme_id, municipality_id, ref,
                                      recorded_on, received_on, letter_number, period, shared_with)
          VALUES (keeper, file, c.person_id, for_programme, in_municipality, '', wall.today(), on_day, '', '', '{}')
          RETURNING id INTO made;
          INSERT INTO visas_casestep (workspace_id, case_id, client_id, person_id, kind, happened_on, takes_back,
                                      document, note, against_advice, consented, at_id)
          VALUES (keeper, made, file, c.person_id, 'received', on_day, false, file_number, told, '', agreed, taken_at);
          RETURN made;
        END
        """,
        returns="bigint",
        definer=True,
    ),
    # The agency that takes cases in reads those of its clients, as a support centre does.
    migrations.RunSQL(
        READERS.format(kinds="('center', 'agency')"),
        READERS.format(kinds="('center')"),
    ),
]


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0012_name_sounds'),
        ('centers', '0004_exports_wall'),
        ('visas', '0008_quota_ledger'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('received', 'Received'), ('asked', 'Completion requested'), ('answered', 'Completed'), ('checked', 'Checked by the city'), ('reviewed', 'Reviewed by the province'), ('recommended', 'Recommended'), ('submitted', 'Submitted'), ('granted', 'Granted'), ('settled', 'Settled'), ('refused', 'Refused'), ('ineligible', 'Ineligible'), ('withdrawn', 'Withdrawn'), ('lapsed', 'Lapsed'), ('left', 'Left')], max_length=20, verbose_name='step')),
                ('happened_on', models.DateField(verbose_name='day')),
                ('document', models.CharField(blank=True, max_length=60, verbose_name='document number')),
                ('asked', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('done', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('refused', models.JSONField(default=list)),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
            ],
            options={
                'verbose_name': 'receipt of steps',
                'verbose_name_plural': 'receipts of steps',
            },
        ),
        migrations.CreateModel(
            name='CaseStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('received', 'Received'), ('asked', 'Completion requested'), ('answered', 'Completed'), ('checked', 'Checked by the city'), ('reviewed', 'Reviewed by the province'), ('recommended', 'Recommended'), ('submitted', 'Submitted'), ('granted', 'Granted'), ('settled', 'Settled'), ('refused', 'Refused'), ('ineligible', 'Ineligible'), ('withdrawn', 'Withdrawn'), ('lapsed', 'Lapsed'), ('left', 'Left')], max_length=20, verbose_name='step')),
                ('happened_on', models.DateField(verbose_name='day')),
                ('takes_back', models.BooleanField(default=False)),
                ('document', models.CharField(blank=True, max_length=60, verbose_name='document number')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                ('against_advice', models.CharField(blank=True, max_length=500, verbose_name='reason against the advice')),
                ('consented', models.BooleanField(default=False)),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
            ],
            options={
                'verbose_name': 'step of a visa case',
                'verbose_name_plural': 'steps of visa cases',
            },
        ),
        migrations.AddConstraint(
            model_name='visacase',
            constraint=models.UniqueConstraint(condition=models.Q(('programme__in', ('F-2-R', 'F-4-R')), models.Q(('letter_number', ''), _negated=True)), fields=('programme', 'letter_number'), name='visa_case_letter_once', violation_error_message='This letter number belongs to another case of this programme.'),
        ),
        migrations.AddField(
            model_name='casebatch',
            name='actor',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='casebatch',
            name='at',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace'),
        ),
        migrations.AddField(
            model_name='casestep',
            name='actor',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='casestep',
            name='at',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace'),
        ),
        migrations.AddField(
            model_name='casestep',
            name='case',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='visas.visacase'),
        ),
        migrations.AddField(
            model_name='casestep',
            name='client',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='visa_steps', to='cases.client'),
        ),
        migrations.AddField(
            model_name='casestep',
            name='person',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.person'),
        ),
        migrations.AddField(
            model_name='casestep',
            name='undoes',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='visas.casestep'),
        ),
        migrations.AddField(
            model_name='casestep',
            name='workspace',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace'),
        ),
        migrations.AddIndex(
            model_name='casebatch',
            index=models.Index(fields=['actor', '-id'], name='case_batch_by_actor'),
        ),
        migrations.AddIndex(
            model_name='casestep',
            index=models.Index(fields=['case', 'id'], name='case_step_by_case'),
        ),
        migrations.AddIndex(
            model_name='casestep',
            index=models.Index(fields=['client'], name='case_step_by_client'),
        ),
        migrations.AddIndex(
            model_name='casestep',
            index=models.Index(fields=['person'], name='case_step_by_person'),
        ),
        migrations.AddConstraint(
            model_name='casestep',
            constraint=models.CheckConstraint(condition=models.Q(('takes_back', False), models.Q(('note', ''), _negated=True), _connector='OR'), name='case_step_taken_back_with_a_reason', violation_error_message='Say why the step is taken back.'),
        ),
        migrations.AddConstraint(
            model_name='casestep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'recommended'), _negated=True), models.Q(('document', ''), _negated=True), ('takes_back', True), _connector='OR'), name='recommendation_has_a_number', violation_error_message='A recommendation has the number of its letter or list.'),
        ),
        migrations.AddConstraint(
            model_name='casestep',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_until__gte', models.F('happened_on')), _connector='OR'), name='case_step_valid_from_its_day', violation_error_message='It is valid up to a day that lies before the recommendation.'),
        ),
        migrations.CreateModel(
            name='CaseFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('degree', 'Domestic degree (associate or higher)'), ('income', 'Income of a year (won)'), ('korean', 'Korean level (TOPIK or KIIP)'), ('stay', 'Stay in the last ten years (months)'), ('points', 'Points of the self-assessment'), ('contract_pay', 'Pay of the contract (won a year)'), ('contract_months', 'Contract still runs (months)'), ('tenure', 'Time at the workplace (months)'), ('residence', 'Residence in the area (months)'), ('family_move', 'Moves with the family, under 60'), ('funds', 'Proof of funds (won)'), ('same_nationality', 'Share of one nationality among the recommended (%)')], max_length=20, verbose_name='condition')),
                ('value', models.BigIntegerField(verbose_name='value found')),
                ('found_on', models.DateField(verbose_name='as of')),
                ('evidence', models.CharField(max_length=200, verbose_name='evidence')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at')),
                ('actor', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='facts', to='visas.visacase')),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='visa_facts', to='cases.client')),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.person')),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centers.workspace')),
            ],
            options={
                'verbose_name': 'fact of a visa case',
                'verbose_name_plural': 'facts of visa cases',
                'indexes': [models.Index(fields=['case', 'id'], name='case_fact_by_case'), models.Index(fields=['client'], name='case_fact_by_client'), models.Index(fields=['person'], name='case_fact_by_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(('value__gte', 0)), name='case_fact_is_no_less_than_nothing', violation_error_message='The value is not below zero.')],
            },
        ),
        migrations.CreateModel(
            name='EligibilityRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('degree', 'Domestic degree (associate or higher)'), ('income', 'Income of a year (won)'), ('korean', 'Korean level (TOPIK or KIIP)'), ('stay', 'Stay in the last ten years (months)'), ('points', 'Points of the self-assessment'), ('contract_pay', 'Pay of the contract (won a year)'), ('contract_months', 'Contract still runs (months)'), ('tenure', 'Time at the workplace (months)'), ('residence', 'Residence in the area (months)'), ('family_move', 'Moves with the family, under 60'), ('funds', 'Proof of funds (won)'), ('same_nationality', 'Share of one nationality among the recommended (%)')], max_length=20, verbose_name='condition')),
                ('valid_from', models.DateField(verbose_name='from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='to')),
                ('threshold', models.BigIntegerField(blank=True, null=True, verbose_name='threshold')),
                ('at_most', models.BooleanField(default=False, verbose_name='at most')),
                ('area_class', models.CharField(blank=True, choices=[('decline', 'Population decline area'), ('watch', 'Area of concern'), ('', 'Neither')], max_length=10, verbose_name='population class')),
                ('one_of', models.CharField(blank=True, max_length=20)),
                ('pending', models.BooleanField(default=False)),
                ('text_ko', models.CharField(max_length=300, verbose_name='wording')),
                ('source', models.CharField(max_length=300, verbose_name='source')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rules', to='visas.visaprogramme')),
            ],
            options={
                'verbose_name': 'eligibility rule',
                'verbose_name_plural': 'eligibility rules',
                'ordering': ['programme', 'kind', 'valid_from'],
                'constraints': [models.UniqueConstraint(fields=('programme', 'kind', 'valid_from'), name='eligibility_rule_once'), models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='eligibility_rule_ends_after_it_starts')],
            },
        ),
        *WALLS,
    ]
