"""No past day of a quota is overrun afterwards, dependants settle where the principal lives, and studies end duties."""

from importlib import import_module

from django.db import migrations, models

from centers.walls import function

before = import_module("visas.migrations.0025_programme_settings")


# Whoever works within a scope, as every request does. What is published or made up is loaded without one, and verify
# tells of its past days.
def refused_on_a_past_day(rule: str, pool: str, since: str) -> str:
    return f"""
      IF coalesce(current_setting('wall.scope', true), '') <> '' AND {since} < wall.today()
         AND wall.overrun_from({pool}, {since}) IS NOT NULL THEN
        RAISE EXCEPTION 'more places were taken on a past day than the quota held'
          USING ERRCODE = '23514', CONSTRAINT = '{rule}', TABLE = TG_TABLE_NAME;
      END IF;
    """


PAST_DAYS = [
    # Nothing of a quota whose number was never entered, and not where it is ahead: that is what verify and the
    # ledger's own rule are about.
    function(
        "wall.overrun_from(of_pool text, since date)",
        """
        WITH moves AS (
          SELECT e.effective_on AS day, l.amount
            FROM visas_quotaline l JOIN visas_quotaentry e ON e.id = l.entry_id WHERE l.pool_id = of_pool
          UNION ALL
          SELECT v.seat_on, -1 FROM visas_visacase v
           WHERE v.pool_id = of_pool AND v.seat_on IS NOT NULL AND v.quota_exception_id IS NULL
          UNION ALL
          SELECT greatest(v.given_back_on, v.seat_on), 1 FROM visas_visacase v
           WHERE v.pool_id = of_pool AND v.seat_on IS NOT NULL AND v.given_back_on IS NOT NULL
             AND v.quota_exception_id IS NULL
        ), days AS (
          SELECT day, sum(sum(amount)) OVER (ORDER BY day) AS places, lead(day) OVER (ORDER BY day) AS next
            FROM moves GROUP BY day
        )
        SELECT min(greatest(day, since)) FROM days
         WHERE places < 0 AND coalesce(next, 'infinity') > since AND day < wall.today()
           AND EXISTS (SELECT FROM visas_quotaline l WHERE l.pool_id = of_pool)
        """,
        returns="date",
        private=True,
        language="sql",
        traits="STABLE",
    ),
    function(
        "wall.place_was_there()",
        f"""
        DECLARE
          pool text;
          since date;
        BEGIN
          SELECT v.pool_id, v.seat_on INTO pool, since FROM visas_visacase v
           WHERE v.id = NEW.case_id AND v.given_back_on IS NULL AND v.quota_exception_id IS NULL;
          {refused_on_a_past_day("place_was_there", "pool", "since")}
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    migrations.RunSQL(
        "CREATE TRIGGER was_there AFTER INSERT ON visas_casestep "
        "FOR EACH ROW WHEN (NOT NEW.takes_back AND NEW.kind IN ('received', 'recommended', 'submitted', 'granted')) "
        "EXECUTE FUNCTION wall.place_was_there()",
        "DROP TRIGGER was_there ON visas_casestep",
    ),
    # When the transaction's rows are all there: an entry goes in line by line.
    function(
        "wall.places_were_there()",
        f"""
        DECLARE
          since date;
        BEGIN
          -- What goes from one share of the quota to another takes nothing from it.
          SELECT e.effective_on INTO since FROM visas_quotaentry e
           WHERE e.id = NEW.entry_id
             AND (SELECT sum(l.amount) FROM visas_quotaline l WHERE l.entry_id = e.id AND l.pool_id = NEW.pool_id) < 0;
          {refused_on_a_past_day("places_were_there", "NEW.pool_id", "since")}
          RETURN NULL;
        END
        """,
        returns="trigger",
        definer=True,
    ),
    migrations.RunSQL(
        "CREATE CONSTRAINT TRIGGER were_there AFTER INSERT ON visas_quotaline DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW WHEN (NEW.pool_id IS NOT NULL AND NEW.amount < 0) "
        "EXECUTE FUNCTION wall.places_were_there()",
        "DROP TRIGGER were_there ON visas_quotaline",
    ),
]

# Where the principal lived on the day of settling or lives now, which is not where the file or the letter has them
# once they have moved within the province.
SETTLES = function(
    "wall.dependant_settles_with_the_principal()",
    f"""
    BEGIN
      IF EXISTS (
           SELECT FROM cases_familylink f
             JOIN cases_client d ON d.id = f.client_id
             JOIN cases_household h ON h.id = f.household_id
             JOIN cases_client p ON p.id = h.principal_id
            WHERE f.id = NEW.id AND {before.BY_RULE} AND f.settled_on IS NOT NULL
              AND d.municipality_id IS NOT NULL AND p.municipality_id IS NOT NULL
              AND NOT EXISTS (
                    SELECT FROM visas_visacase v WHERE v.client_id = p.id AND v.granted_on IS NOT NULL
                       AND d.municipality_id IN (wall.lives_in(v.id, f.settled_on), wall.lives_in(v.id, wall.today())))
              AND (d.municipality_id <> p.municipality_id
                   OR EXISTS (SELECT FROM visas_visacase v WHERE v.client_id = p.id AND v.granted_on IS NOT NULL
                                 AND v.municipality_id <> wall.lives_in(v.id, f.settled_on)))) THEN
        RAISE EXCEPTION 'a dependant settles in another municipality than the principal'
          USING ERRCODE = '23514', CONSTRAINT = 'dependant_settles_with_the_principal', TABLE = TG_TABLE_NAME;
      END IF;
      RETURN NULL;
    END
    """,
    returns="trigger",
    definer=True,
)


class Migration(migrations.Migration):

    dependencies = [
        ('visas', '0033_demand_and_studies'),
    ]

    operations = [
        *PAST_DAYS,
        migrations.RunSQL(SETTLES.sql, before.settles_with_the_principal(before.BY_RULE)),
        migrations.AlterField(
            model_name='obligation',
            name='ended_why',
            field=models.CharField(blank=True, choices=[('case', 'The case has ended or the permit was taken back'), ('moved', 'The permit has another day'), ('rule', 'The rule was changed'), ('dependant', 'The dependant has another status'), ('studies', 'The studies are completed')], max_length=10, verbose_name='why it fell away'),
        ),
    ]
