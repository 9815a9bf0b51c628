"""Rules as dated rows that never overlap, and what they say of a case: worked out once, here, for all who ask.

What is found of an applicant is what was stated with evidence, the contract that runs on the day, and the share of one
nationality among those recommended. A decision against what the conditions come to has a reason.
"""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from centers.walls import function


# The contract of the applicant that runs on the day, the latest first, and since when they have been at that workplace:
# contracts that follow day on day are one time there.
WORK = """
  SELECT e.id, e.employer_id, e.starts_on, e.yearly_pay, e.contract_to, w.name
    FROM c JOIN cases_employment e ON e.client_id = c.client_id JOIN cases_employer w ON w.id = e.employer_id
   WHERE e.starts_on <= on_day AND coalesce(e.ended_on, e.contract_to, 'infinity') >= on_day
   ORDER BY e.starts_on DESC, e.id DESC LIMIT 1
"""
BEGUN = """
  SELECT work.employer_id, work.starts_on FROM work
  UNION
  SELECT e.employer_id, e.starts_on
    FROM begun b JOIN c ON true JOIN cases_employment e ON e.client_id = c.client_id AND e.employer_id = b.employer_id
   WHERE e.starts_on < b.starts_on AND coalesce(e.ended_on, e.contract_to) >= b.starts_on - 1
"""
# Those recommended up to the day in the same quota, or year where there is none, and municipality; and the case itself.
SHARE = """
  SELECT count(*) FILTER (WHERE o.nationality_id = c.nationality_id) + 1 AS part, count(o.id) + 1 AS whole
    FROM c LEFT JOIN LATERAL (
           SELECT v.id, p.nationality_id FROM visas_visacase v JOIN cases_client p ON p.id = v.client_id
            WHERE v.programme_id = c.programme_id AND v.municipality_id IS NOT DISTINCT FROM c.municipality_id
              AND v.id <> c.id AND v.recommended_on <= coalesce(c.recommended_on, on_day)
              AND coalesce(wall.pool_on(v.programme_id, v.recommended_on), to_char(v.recommended_on, 'YYYY'))
                  = coalesce(wall.pool_on(c.programme_id, coalesce(c.recommended_on, on_day)),
                             to_char(coalesce(c.recommended_on, on_day), 'YYYY'))) o ON true
   WHERE c.nationality_id IS NOT NULL
   GROUP BY c.nationality_id
"""
MONTHS = "(extract(year FROM age({0}, {1})) * 12 + extract(month FROM age({0}, {1})))::bigint"
FACTS = f"""
  WITH RECURSIVE c AS (
    SELECT v.id, v.client_id, v.programme_id, v.municipality_id, v.recommended_on, p.nationality_id
      FROM visas_visacase v JOIN cases_client p ON p.id = v.client_id WHERE v.id = of_case
  ), work AS ({WORK}), begun AS ({BEGUN}), share AS ({SHARE}), worked_out AS (
    SELECT 'contract_pay' AS kind, yearly_pay AS value, starts_on AS found_on, name AS evidence,
           NULL::bigint AS part, NULL::bigint AS whole
      FROM work WHERE yearly_pay IS NOT NULL
    UNION ALL
    SELECT 'contract_months', {MONTHS.format("contract_to + 1", "on_day")}, on_day, name, NULL, NULL
      FROM work WHERE contract_to IS NOT NULL
    UNION ALL
    SELECT 'tenure', {MONTHS.format("on_day", "(SELECT min(starts_on) FROM begun)")}, on_day, name, NULL, NULL FROM work
    UNION ALL
    SELECT 'same_nationality', ceil(100.0 * part / whole)::bigint, on_day, '', part, whole FROM share
  )
  SELECT kind, value, found_on, evidence, part, whole FROM worked_out
  UNION ALL
  (SELECT DISTINCT ON (f.kind) f.kind, f.value, f.found_on, f.evidence, NULL, NULL
     FROM visas_casefact f
    WHERE f.case_id = of_case AND f.kind NOT IN (SELECT kind FROM worked_out)
    ORDER BY f.kind, f.id DESC)
"""
# Of each condition the rule of the day of reception, or a later one that holds for pending cases too. Of few people
# any one is a bigger share than is allowed: until so many are recommended, a share is not known.
CONDITIONS = """
  WITH v AS (
    SELECT v.*, m.decline FROM visas_visacase v
      LEFT JOIN centers_municipality m ON m.code = v.municipality_id WHERE v.id = of_case
  ), rule AS (
    SELECT DISTINCT ON (r.kind) r.*
      FROM v JOIN visas_eligibilityrule r ON r.programme_id = v.programme_id AND r.voided_on IS NULL
     WHERE (v.received_on BETWEEN r.valid_from AND coalesce(r.valid_to, 'infinity')
            OR r.pending AND v.received_on < r.valid_from
               AND r.valid_from <= coalesce(v.recommended_on, v.ineligible_on, on_day))
       AND r.area_class IN ('', v.decline)
     ORDER BY r.kind, r.valid_from DESC, r.area_class DESC
  )
  SELECT r.id, r.one_of, f.value, f.found_on, f.evidence, f.part, f.whole,
         CASE WHEN r.threshold IS NULL OR f.value IS NULL THEN 'unknown'
              WHEN r.at_most AND f.whole * r.threshold < 100 THEN 'unknown'
              WHEN r.at_most AND f.value <= r.threshold THEN 'met'
              WHEN NOT r.at_most AND f.value >= r.threshold THEN 'met'
              ELSE 'not_met' END
    FROM rule r LEFT JOIN wall.facts_of(of_case, on_day) f ON f.kind = r.kind
"""
# Of those of which one is enough, the best counts; then the worst of all.
ADVICE = """
  SELECT coalesce(
    (SELECT CASE WHEN bool_or(best = 'not_met') THEN 'not_met' WHEN bool_or(best = 'unknown') THEN 'unknown' END
       FROM (SELECT CASE WHEN bool_or(c.outcome = 'met') THEN 'met' WHEN bool_or(c.outcome = 'unknown') THEN 'unknown'
                         ELSE 'not_met' END AS best
               FROM wall.conditions_of(of_case, on_day) c
              GROUP BY coalesce(nullif(c.one_of, ''), c.rule::text)) AS part),
    CASE WHEN EXISTS (SELECT FROM wall.conditions_of(of_case, on_day)) THEN 'met' ELSE 'unknown' END)
"""
TOLD = "value bigint, found_on date, evidence text, part bigint, whole bigint"


class Migration(migrations.Migration):

    dependencies = [
        ('visas', '0014_findings_stay'),
        ('cases', '0021_employments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='eligibilityrule',
            name='eligibility_rule_once',
        ),
        migrations.AddField(
            model_name='eligibilityrule',
            name='entered_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by'),
        ),
        migrations.AddField(
            model_name='eligibilityrule',
            name='recorded_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='recorded at'),
        ),
        migrations.AddField(
            model_name='eligibilityrule',
            name='voided_on',
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='eligibilityrule',
            name='voided_why',
            field=models.CharField(blank=True, editable=False, max_length=300, verbose_name='reason'),
        ),
        migrations.AddConstraint(
            model_name='eligibilityrule',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('voided_on', None)), expressions=[('programme', '='), ('kind', '='), ('area_class', '='), (models.Func('valid_from', 'valid_to', models.Value('[]'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='eligibility_rule_once_a_day', violation_error_message='Another rule of this programme and condition holds on some of these days: end that one first.'),
        ),
        migrations.AddConstraint(
            model_name='eligibilityrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('text_ko', ''), _negated=True), models.Q(('source', ''), _negated=True)), name='eligibility_rule_has_a_source', violation_error_message='Write the wording of the rule and where it stands.'),
        ),
        migrations.AddConstraint(
            model_name='eligibilityrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('voided_on', None), ('voided_why', '')), models.Q(('voided_on__isnull', False), models.Q(('voided_why', ''), _negated=True)), _connector='OR'), name='eligibility_rule_voided_with_a_reason', violation_error_message='Say why the rule is taken out.'),
        ),
        migrations.AlterConstraint(
            model_name='eligibilityrule',
            name='eligibility_rule_ends_after_it_starts',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='eligibility_rule_ends_after_it_starts', violation_error_message='The rule ends before it begins.'),
        ),
        function(
            "wall.facts_of(of_case bigint, on_day date)",
            FACTS,
            returns=f"TABLE (kind text, {TOLD})",
            definer=True,
            private=True,
            language="sql",
            traits="STABLE",
        ),
        function(
            "wall.conditions_of(of_case bigint, on_day date)",
            CONDITIONS,
            returns=f"TABLE (rule bigint, one_of text, {TOLD}, outcome text)",
            definer=True,
            private=True,
            language="sql",
            traits="STABLE",
        ),
        function(
            "wall.advice_of(of_case bigint, on_day date)",
            ADVICE,
            returns="text",
            definer=True,
            private=True,
            language="sql",
            traits="STABLE",
        ),
        # The same for whoever may read the case: values of it, and a share that tells of nobody.
        function(
            "wall.conditions(of_case bigint, on_day date)",
            """
            SELECT a.advice, c.rule, c.value, c.found_on, c.evidence, c.part, c.whole, c.outcome
              FROM visas_visacase v
             CROSS JOIN LATERAL (SELECT wall.advice_of(v.id, on_day) AS advice) a
              LEFT JOIN LATERAL wall.conditions_of(v.id, on_day) c ON true
             WHERE v.id = of_case
               AND (wall.whole('view_visa_cases') OR v.workspace_id = ANY (wall.scope('view_visa_cases'))
                    OR v.shared_with && wall.scope('view_visa_cases')::int[])
            """,
            returns=f"TABLE (advice text, rule bigint, {TOLD}, outcome text)",
            definer=True,
            language="sql",
            traits="STABLE",
        ),
        function(
            "wall.decide_with_a_reason()",
            """
            BEGIN
              IF NOT NEW.takes_back AND NEW.against_advice = ''
                 AND (NEW.kind = 'recommended' AND wall.advice_of(NEW.case_id, NEW.happened_on) = 'not_met'
                      OR NEW.kind = 'ineligible' AND wall.advice_of(NEW.case_id, NEW.happened_on) = 'met') THEN
                RAISE EXCEPTION 'a decision against the advice has a reason'
                  USING ERRCODE = '23514', CONSTRAINT = 'case_step_against_advice', TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        migrations.RunSQL(
            """
            CREATE TRIGGER decide AFTER INSERT ON visas_casestep
              FOR EACH ROW WHEN (NEW.kind IN ('recommended', 'ineligible'))
              EXECUTE FUNCTION wall.decide_with_a_reason();
            """,
            "DROP TRIGGER decide ON visas_casestep",
        ),
        # Who came with a principal of the programme for talented residents settles where the principal lives.
        function(
            "wall.dependant_settles_with_the_principal()",
            """
            BEGIN
              IF EXISTS (
                   SELECT FROM cases_familylink f
                     JOIN cases_client d ON d.id = f.client_id
                     JOIN cases_household h ON h.id = f.household_id
                     JOIN cases_client p ON p.id = h.principal_id
                    WHERE f.id = NEW.id AND f.status_id = 'F-3-1R' AND f.settled_on IS NOT NULL
                      AND d.municipality_id IS NOT NULL AND p.municipality_id IS NOT NULL
                      AND d.municipality_id <> p.municipality_id
                      AND NOT EXISTS (SELECT FROM visas_visacase v WHERE v.client_id = p.id AND v.granted_on IS NOT NULL
                                        AND v.municipality_id = d.municipality_id)) THEN
                RAISE EXCEPTION 'a dependant settles in another municipality than the principal'
                  USING ERRCODE = '23514', CONSTRAINT = 'dependant_settles_with_the_principal', TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        migrations.RunSQL(
            """
            CREATE CONSTRAINT TRIGGER with_the_principal
              AFTER INSERT OR UPDATE OF settled_on, status_id, household_id ON cases_familylink
              DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.settled_on IS NOT NULL)
              EXECUTE FUNCTION wall.dependant_settles_with_the_principal();
            """,
            "DROP TRIGGER with_the_principal ON cases_familylink",
        ),
    ]
