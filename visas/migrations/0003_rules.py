"""Quotas and budgets that cannot be overrun, periods, permits behind settled dependants, paid vouchers.

Counters stand on rows without personal data and are changed by triggers alone, since a trigger that
counted rows would count only what its caller sees.
"""

from django.db import migrations

from centers.walls import app_role, function, on_statement

VISA_DATES = [
    "received_on", "recommended_on", "submitted_on", "granted_on", "refused_on", "ineligible_on", "withdrawn_on",
    "lapsed_on", "settled_on", "left_on",
]  # fmt: skip
VOUCHER_DATES = ["status_changed_on", "applied_on", "ineligible_on", "cancelled_on", "paid_on"]

SEATED = "{0}.pool_id IS NOT NULL AND coalesce({0}.refused_on, {0}.withdrawn_on, {0}.lapsed_on, {0}.ineligible_on) IS NULL"


class Migration(migrations.Migration):
    dependencies = [("visas", "0002_wall")]
    operations = [
        on_statement("visas_visacase", "not_in_the_future", "wall.refuse_future", arguments=VISA_DATES),
        on_statement("visas_voucher", "not_in_the_future", "wall.refuse_future", arguments=VOUCHER_DATES),
        # The quota that holds the recommendation, and the period in which there is one live case.
        function(
            "wall.pool_on(programme text, day date)",
            """
            SELECT p.code FROM visas_quotapool p JOIN visas_poolprogramme pp ON pp.pool_id = p.code
             WHERE pp.programme_id = programme AND day BETWEEN p.starts_on AND p.ends_on ORDER BY p.code LIMIT 1
            """,
            returns="text",
            language="sql",
            traits="STABLE",
        ),
        function(
            "wall.place_visa_case()",
            """
            BEGIN
              NEW.pool_id := wall.pool_on(NEW.programme_id, NEW.recommended_on);
              NEW.period := coalesce(wall.pool_on(NEW.programme_id, coalesce(NEW.recommended_on, NEW.received_on)),
                                     to_char(NEW.received_on, 'YYYY'));
              RETURN NEW;
            END
            """,
            returns="trigger",
        ),
        migrations.RunSQL(
            """
            CREATE TRIGGER place BEFORE INSERT OR UPDATE OF programme_id, received_on, recommended_on
              ON visas_visacase FOR EACH ROW EXECUTE FUNCTION wall.place_visa_case();
            """,
            "DROP TRIGGER place ON visas_visacase",
        ),
        # Take or give back places, and hold them against what the ledger says today. Pools are locked in one
        # order, late, and only those whose count changes.
        function(
            "wall.count_seats(changes jsonb)",
            """
            DECLARE
              change record;
            BEGIN
              FOR change IN
                SELECT c.pool, sum(c.seats)::int AS seats, sum(c.exceptions)::int AS exceptions
                  FROM jsonb_to_recordset(changes) AS c (pool text, seats int, exceptions int)
                 GROUP BY c.pool HAVING sum(c.seats) <> 0 OR sum(c.exceptions) <> 0 ORDER BY c.pool
              LOOP
                UPDATE visas_quotapool p
                   SET taken = p.taken + change.seats,
                       excepted = p.excepted + change.exceptions,
                       capacity = CASE WHEN change.seats > change.exceptions THEN wall.capacity_of(p.code) ELSE p.capacity END
                 WHERE p.code = change.pool;
              END LOOP;
            END
            """,
            returns="void",
            definer=True,
        ),
        function(
            "wall.capacity_of(pool text)",
            "SELECT sum(amount)::int FROM visas_quotaentry e WHERE e.pool_id = pool AND e.effective_on <= wall.today()",
            returns="int",
            language="sql",
            traits="STABLE",
        ),
        function(
            "wall.visa_case_seats()",
            f"""
            DECLARE
              changes jsonb := '[]';
              more jsonb;
            BEGIN
              IF TG_OP <> 'DELETE' THEN
                SELECT jsonb_agg(jsonb_build_object('pool', n.pool_id, 'seats', 1,
                                                    'exceptions', (n.quota_exception_id IS NOT NULL)::int))
                  INTO more FROM new_rows n WHERE {SEATED.format("n")};
                changes := changes || coalesce(more, '[]');
              END IF;
              IF TG_OP <> 'INSERT' THEN
                SELECT jsonb_agg(jsonb_build_object('pool', o.pool_id, 'seats', -1,
                                                    'exceptions', -(o.quota_exception_id IS NOT NULL)::int))
                  INTO more FROM old_rows o WHERE {SEATED.format("o")};
                changes := changes || coalesce(more, '[]');
              END IF;
              PERFORM wall.count_seats(changes);
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        on_statement("visas_visacase", "seats", "wall.visa_case_seats", events=("INSERT", "UPDATE", "DELETE")),
        function(
            "wall.ledger_changed()",
            """
            BEGIN
              UPDATE visas_quotapool SET capacity = wall.capacity_of(code) WHERE code = coalesce(NEW.pool_id, OLD.pool_id);
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        migrations.RunSQL(
            """
            CREATE TRIGGER ledger AFTER INSERT ON visas_quotaentry
              FOR EACH ROW EXECUTE FUNCTION wall.ledger_changed();
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON visas_quotaentry
              FOR EACH ROW EXECUTE FUNCTION wall.refuse_change();
            """,
            "DROP TRIGGER ledger ON visas_quotaentry; DROP TRIGGER append_only ON visas_quotaentry",
        ),
        # Money promised by live vouchers, against the budget of the municipality where there is one.
        function(
            "wall.count_vouchers()",
            """
            BEGIN
              IF TG_OP <> 'DELETE' THEN
                UPDATE visas_voucherbudget b SET committed_won = b.committed_won + n.won
                  FROM (SELECT municipality_id, extract(year FROM applied_on)::int AS year, sum(amount_won) AS won
                          FROM new_rows WHERE ineligible_on IS NULL AND cancelled_on IS NULL GROUP BY 1, 2) n
                 WHERE b.municipality_id = n.municipality_id AND b.year = n.year;
              END IF;
              IF TG_OP <> 'INSERT' THEN
                UPDATE visas_voucherbudget b SET committed_won = b.committed_won - o.won
                  FROM (SELECT municipality_id, extract(year FROM applied_on)::int AS year, sum(amount_won) AS won
                          FROM old_rows WHERE ineligible_on IS NULL AND cancelled_on IS NULL GROUP BY 1, 2) o
                 WHERE b.municipality_id = o.municipality_id AND b.year = o.year;
              END IF;
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        on_statement("visas_voucher", "budget", "wall.count_vouchers", events=("INSERT", "UPDATE", "DELETE")),
        function(
            "wall.keep_paid_voucher()",
            """
            BEGIN
              IF OLD.paid_on IS NOT NULL AND (
                   TG_OP = 'DELETE'
                   OR (NEW.municipality_id, NEW.status_changed_on, NEW.applied_on, NEW.paid_on, NEW.amount_won,
                       NEW.ineligible_on, NEW.cancelled_on)
                      IS DISTINCT FROM
                      (OLD.municipality_id, OLD.status_changed_on, OLD.applied_on, OLD.paid_on, OLD.amount_won,
                       OLD.ineligible_on, OLD.cancelled_on)) THEN
                RAISE EXCEPTION 'a paid voucher stays as it was paid'
                  USING ERRCODE = '23514', CONSTRAINT = 'voucher_paid_stays', TABLE = TG_TABLE_NAME;
              END IF;
              RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
            END
            """,
            returns="trigger",
        ),
        migrations.RunSQL(
            """
            CREATE TRIGGER paid_stays BEFORE UPDATE OR DELETE ON visas_voucher
              FOR EACH ROW EXECUTE FUNCTION wall.keep_paid_voucher();
            """,
            "DROP TRIGGER paid_stays ON visas_voucher",
        ),
        # A dependant settles only with a principal who has a permit on or before that day. Looked at when all is
        # written, from both sides: the dependant's and the permit's.
        function(
            "wall.settled_without_permit(principal bigint)",
            """
            SELECT EXISTS (
              SELECT FROM cases_household h JOIN cases_familylink f ON f.household_id = h.id
               WHERE h.principal_person_id = principal AND f.settled_on IS NOT NULL
                 AND NOT EXISTS (SELECT FROM visas_visacase v
                                  WHERE v.person_id = principal AND v.granted_on <= f.settled_on))
            """,
            returns="boolean",
            language="sql",
            definer=True,
            traits="STABLE",
        ),
        function(
            "wall.dependant_has_a_permit()",
            """
            DECLARE
              principal bigint;
            BEGIN
              IF TG_TABLE_NAME = 'cases_familylink' THEN
                SELECT h.principal_person_id INTO principal FROM cases_household h WHERE h.id = NEW.household_id;
              ELSE
                principal := OLD.person_id;
              END IF;
              IF wall.settled_without_permit(principal) THEN
                RAISE EXCEPTION 'a dependant is settled without a permit of the principal'
                  USING ERRCODE = '23514', CONSTRAINT = 'dependant_settles_with_a_permit', TABLE = TG_TABLE_NAME;
              END IF;
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        migrations.RunSQL(
            """
            CREATE INDEX household_by_person ON cases_household (principal_person_id);
            CREATE CONSTRAINT TRIGGER has_a_permit AFTER INSERT OR UPDATE OF settled_on, household_id ON cases_familylink
              DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wall.dependant_has_a_permit();
            CREATE CONSTRAINT TRIGGER permit_of_dependants AFTER UPDATE OF granted_on, person_id OR DELETE ON visas_visacase
              DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wall.dependant_has_a_permit();
            """,
            "DROP TRIGGER has_a_permit ON cases_familylink; DROP TRIGGER permit_of_dependants ON visas_visacase; "
            "DROP INDEX household_by_person",
        ),
        migrations.RunSQL(
            f"""
            REVOKE INSERT, UPDATE, DELETE ON visas_quotapool, visas_voucherbudget FROM {app_role()};
            REVOKE ALL ON FUNCTION wall.count_seats, wall.settled_without_permit FROM {app_role()};
            """,
            f"GRANT INSERT, UPDATE, DELETE ON visas_quotapool, visas_voucherbudget TO {app_role()}",
        ),
    ]
