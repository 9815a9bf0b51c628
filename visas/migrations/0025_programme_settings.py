"""What the province decides of a programme, by a document; and what it alone writes."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import visas.models.programme
from django.conf import settings
from django.db import migrations, models

from centers.walls import app_role, function


OF_THE_PROVINCE = (
    "visas_quotaentry", "visas_quotaline", "visas_quotaclosing", "visas_quotashare", "visas_programmesetting",
)  # fmt: skip


# Which statuses are bound to the principal's municipality is said by the rules of duties.
BY_RULE = """f.status_id IN (
                SELECT r.status_id FROM visas_obligationrule r
                 WHERE r.kind = 'with_principal' AND r.voided_on IS NULL
                   AND f.settled_on BETWEEN r.valid_from AND coalesce(r.valid_to, 'infinity'))"""


def settles_with_the_principal(bound: str) -> str:
    return function(
        "wall.dependant_settles_with_the_principal()",
        f"""
        BEGIN
          IF EXISTS (
               SELECT FROM cases_familylink f
                 JOIN cases_client d ON d.id = f.client_id
                 JOIN cases_household h ON h.id = f.household_id
                 JOIN cases_client p ON p.id = h.principal_id
                WHERE f.id = NEW.id AND {bound} AND f.settled_on IS NOT NULL
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
    ).sql


class Migration(migrations.Migration):

    dependencies = [
        ('visas', '0024_second_looks_and_questions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='visaprogramme',
            name='long_after_days',
            field=models.PositiveSmallIntegerField(blank=True, db_default=30, default=30, null=True, verbose_name='days after which a case that waits is marked'),
        ),
        migrations.AddField(
            model_name='visaprogramme',
            name='set_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='settings changed at'),
        ),
        migrations.CreateModel(
            name='ProgrammeSetting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seat_taken_at', models.CharField(choices=[('reception', 'At reception'), ('recommendation', 'At recommendation'), ('submission', 'At application to the immigration office'), ('permit', 'At the permit')], default='recommendation', max_length=20, verbose_name='place taken')),
                ('seat_given_back_by', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), blank=True, default=visas.models.programme.given_back_by, size=None)),
                ('waiting_order', models.CharField(choices=[('reviewed', 'Day of the provincial review'), ('received', 'Day of reception'), ('points', 'Points of the self-assessment')], db_default='reviewed', default='reviewed', max_length=20, verbose_name='order of the waiting list')),
                ('letter_valid_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='days a letter is valid')),
                ('letter_reminder_days', models.PositiveSmallIntegerField(db_default=30, default=30, verbose_name='days of warning before a letter runs out')),
                ('long_after_days', models.PositiveSmallIntegerField(blank=True, db_default=30, default=30, null=True, verbose_name='days after which a case that waits is marked')),
                ('document', models.CharField(max_length=100, verbose_name='document number')),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='source')),
                ('entered_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='entered at')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decided', to='visas.visaprogramme')),
            ],
            options={
                'verbose_name': 'settings of a programme',
                'verbose_name_plural': 'settings of programmes',
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('document', ''), _negated=True), name='programme_setting_names_its_document', violation_error_message='The settings of a programme are changed by a document.')],
            },
        ),
        # Whoever works within a scope, as every request does. What is published is loaded without one.
        function(
            "wall.of_the_province()",
            """
            BEGIN
              IF coalesce(current_setting('wall.scope', true), '') <> '' AND NOT wall.whole('review_visa_cases') THEN
                RAISE EXCEPTION 'quotas and programmes are written by the province'
                  USING ERRCODE = '23514', CONSTRAINT = 'quota_of_the_province', TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NEW;
            END
            """,
            returns="trigger",
        ),
        function(
            "wall.heed_setting()",
            """
            BEGIN
              UPDATE visas_visaprogramme
                 SET seat_taken_at = NEW.seat_taken_at, seat_given_back_by = NEW.seat_given_back_by,
                     waiting_order = NEW.waiting_order, letter_valid_days = NEW.letter_valid_days,
                     letter_reminder_days = NEW.letter_reminder_days, long_after_days = NEW.long_after_days,
                     set_at = NEW.entered_at
               WHERE code = NEW.programme_id;
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        # A letter says all who stand under its number. Their names are for the province, which signs it, and for the
        # office that keeps the case; whoever has nobody on it learns nothing.
        function(
            "wall.people_of_letter(programme text, number text, day date, one bigint)",
            """
            SELECT v.id, v.client_id, v.workspace_id, v.municipality_id::text, c.nationality_id::text, c.birth_date,
                   (SELECT n.text::text FROM cases_clientname n WHERE n.client_id = v.client_id
                     ORDER BY (n.kind <> 'roman'), n.id LIMIT 1)
              FROM visas_visacase v JOIN cases_client c ON c.id = v.client_id
             WHERE v.programme_id = programme AND v.letter_number = number AND v.recommended_on = day
               AND (one IS NULL OR v.id = one)
               AND num_nonnulls(v.refused_on, v.withdrawn_on, v.lapsed_on, v.ineligible_on, v.left_on, v.cancelled_on,
                                v.moved_on, v.completed_on) = 0
               AND (wall.whole('review_visa_cases')
                    OR v.workspace_id = ANY (wall.scope('review_visa_cases') || wall.scope('work_visa_cases')))
             ORDER BY v.id
            """,
            returns="TABLE (case_id bigint, client_id bigint, workspace_id bigint, municipality_id text, "
            "nationality_id text, birth_date date, name text)",
            language="sql",
            traits="STABLE",
            definer=True,
        ),
        function(
            "wall.size_of_letter(programme text, number text, day date)",
            """
            SELECT count(*) FROM visas_visacase v
             WHERE v.programme_id = programme AND v.letter_number = number AND v.recommended_on = day
               AND num_nonnulls(v.refused_on, v.withdrawn_on, v.lapsed_on, v.ineligible_on, v.left_on, v.cancelled_on,
                                v.moved_on, v.completed_on) = 0
               AND EXISTS (SELECT FROM wall.people_of_letter(programme, number, day, NULL))
            """,
            returns="bigint",
            language="sql",
            traits="STABLE",
            definer=True,
        ),
        migrations.RunSQL(
            settles_with_the_principal(BY_RULE), settles_with_the_principal("f.status_id = 'F-3-1R'")
        ),
        migrations.RunSQL(
            [
                f"CREATE TRIGGER of_the_province BEFORE INSERT ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION wall.of_the_province()"
                for table in OF_THE_PROVINCE
            ]
            + [
                f"""
                CREATE TRIGGER heed AFTER INSERT ON visas_programmesetting
                  FOR EACH ROW EXECUTE FUNCTION wall.heed_setting();
                CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON visas_programmesetting
                  FOR EACH ROW EXECUTE FUNCTION wall.refuse_change();
                REVOKE UPDATE, DELETE ON visas_programmesetting FROM {app_role()};
                """
            ],
            [f"DROP TRIGGER of_the_province ON {table}" for table in OF_THE_PROVINCE]
            + ["DROP TRIGGER heed ON visas_programmesetting; DROP TRIGGER append_only ON visas_programmesetting"],
        ),
    ]
