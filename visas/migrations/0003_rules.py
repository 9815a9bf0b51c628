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
PROMISED = "{0}.ineligible_on IS NULL AND {0}.cancelled_on IS NULL"
MONEY = (
    "jsonb_build_object('municipality', {0}.municipality_id, 'year', extract(year FROM {0}.applied_on)::int, "
    "'won', {1}{0}.amount_won)"
)


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
            definer=True,  # a temporary table of the caller's cannot stand in for the quotas
        ),
        migrations.RunSQL(
            """
            CREATE TRIGGER place BEFORE INSERT OR UPDATE OF programme_id, received_on, recommended_on, pool_id, period
              ON visas_visacase FOR EACH ROW EXECUTE FUNCTION wall.place_visa_case();
            """,
            "DROP TRIGGER place ON visas_visacase",
        ),
        # Take or give back places, and hold them against what the ledger says today. Pools are locked in one
        # order, late, and only those whose count changes; before the ledger is added up, since an UPDATE that
        # waits goes on with the sums of when it began.
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
                PERFORM FROM visas_quotapool p WHERE p.code = change.pool FOR NO KEY UPDATE;
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
            private=True,
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
        # "take" comes after "share": persons are locked before pools, in every transaction.
        on_statement("visas_visacase", "take_seats", "wall.visa_case_seats", events=("INSERT", "UPDATE", "DELETE")),
        function(
            "wall.ledger_changed()",
            """
            BEGIN
              PERFORM FROM visas_quotapool WHERE code = NEW.pool_id FOR NO KEY UPDATE;
              UPDATE visas_quotapool SET capacity = wall.capacity_of(code) WHERE code = NEW.pool_id;
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
        # A quota that becomes known, or changes its period or programmes, takes in the cases that are there.
        function(
            "wall.place_again()",
            """
            BEGIN
              UPDATE visas_visacase v SET pool_id = v.pool_id
               WHERE v.pool_id IS DISTINCT FROM wall.pool_on(v.programme_id, v.recommended_on)
                  OR v.period <> coalesce(
                       wall.pool_on(v.programme_id, coalesce(v.recommended_on, v.received_on)), to_char(v.received_on, 'YYYY'));
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        migrations.RunSQL(
            """
            CREATE TRIGGER place_again AFTER INSERT OR UPDATE OR DELETE ON visas_poolprogramme
              FOR EACH STATEMENT EXECUTE FUNCTION wall.place_again();
            CREATE TRIGGER place_again AFTER UPDATE OF starts_on, ends_on ON visas_quotapool
              FOR EACH STATEMENT EXECUTE FUNCTION wall.place_again();
            """,
            "DROP TRIGGER place_again ON visas_poolprogramme; DROP TRIGGER place_again ON visas_quotapool",
        ),
        # Money promised by live vouchers, against the budget of the municipality where there is one. What a
        # statement adds and takes back is one change, so that a full budget still lets its vouchers be paid.
        function(
            "wall.count_money(changes jsonb)",
            """
            DECLARE
              change record;
            BEGIN
              FOR change IN
                SELECT c.municipality, c.year, sum(c.won)::bigint AS won
                  FROM jsonb_to_recordset(changes) AS c (municipality text, year int, won bigint)
                 GROUP BY c.municipality, c.year HAVING sum(c.won) <> 0 ORDER BY c.municipality, c.year
              LOOP
                UPDATE visas_voucherbudget b SET committed_won = b.committed_won + change.won
                 WHERE b.municipality_id = change.municipality AND b.year = change.year;
              END LOOP;
            END
            """,
            returns="void",
            definer=True,
            private=True,
        ),
        function(
            "wall.count_vouchers()",
            f"""
            DECLARE
              changes jsonb := '[]';
              more jsonb;
            BEGIN
              IF TG_OP <> 'DELETE' THEN
                SELECT jsonb_agg({MONEY.format("n", "")}) INTO more FROM new_rows n WHERE {PROMISED.format("n")};
                changes := changes || coalesce(more, '[]');
              END IF;
              IF TG_OP <> 'INSERT' THEN
                SELECT jsonb_agg({MONEY.format("o", "-")}) INTO more FROM old_rows o WHERE {PROMISED.format("o")};
                changes := changes || coalesce(more, '[]');
              END IF;
              PERFORM wall.count_money(changes);
              RETURN NULL;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        on_statement("visas_voucher", "take_budget", "wall.count_vouchers", events=("INSERT", "UPDATE", "DELETE")),
        # A budget that becomes known begins with what is promised already. The vouchers are held still meanwhile.
        function(
            "wall.begin_budget()",
            f"""
            BEGIN
              LOCK TABLE visas_voucher IN SHARE ROW EXCLUSIVE MODE;
              NEW.committed_won := (
                SELECT coalesce(sum(v.amount_won), 0) FROM visas_voucher v
                 WHERE v.municipality_id = NEW.municipality_id AND extract(year FROM v.applied_on) = NEW.year
                   AND {PROMISED.format("v")});
              RETURN NEW;
            END
            """,
            returns="trigger",
            definer=True,
        ),
        migrations.RunSQL(
            """
            CREATE TRIGGER begin BEFORE INSERT OR UPDATE OF municipality_id, year ON visas_voucherbudget
              FOR EACH ROW EXECUTE FUNCTION wall.begin_budget();
            """,
            "DROP TRIGGER begin ON visas_voucherbudget",
        ),
        function(
            "wall.keep_paid_voucher()",
            """
            BEGIN
              -- Joining identities or merging files moves it with its client and changes nothing else.
              IF OLD.paid_on IS NOT NULL AND (
                   TG_OP = 'DELETE'
                   OR to_jsonb(NEW) - '{client_id,person_id,shared_with}'::text[]
                      IS DISTINCT FROM to_jsonb(OLD) - '{client_id,person_id,shared_with}'::text[]
                   OR NEW.person_id <> OLD.person_id
                      AND NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')
                 ) THEN
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
            private=True,
            traits="STABLE",
        ),
        function(
            "wall.dependant_has_a_permit()",
            """
            DECLARE
              principal bigint;
            BEGIN
              principal := CASE TG_TABLE_NAME
                WHEN 'cases_familylink' THEN
                  (SELECT h.principal_person_id FROM cases_household h WHERE h.id = (to_jsonb(NEW) ->> 'household_id')::bigint)
                WHEN 'cases_household' THEN (to_jsonb(NEW) ->> 'principal_person_id')::bigint
                ELSE (to_jsonb(OLD) ->> 'person_id')::bigint END;
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
            CREATE CONSTRAINT TRIGGER has_a_permit AFTER UPDATE OF principal_id, principal_person_id ON cases_household
              DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wall.dependant_has_a_permit();
            CREATE CONSTRAINT TRIGGER permit_of_dependants AFTER UPDATE OF granted_on, person_id OR DELETE ON visas_visacase
              DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wall.dependant_has_a_permit();
            """,
            "DROP TRIGGER has_a_permit ON cases_familylink; DROP TRIGGER has_a_permit ON cases_household; "
            "DROP TRIGGER permit_of_dependants ON visas_visacase; DROP INDEX household_by_person",
        ),
        migrations.RunSQL(
            f"""
            REVOKE INSERT, UPDATE, DELETE ON visas_quotapool, visas_poolprogramme, visas_voucherbudget FROM {app_role()};
            -- An exception stands as it was given.
            REVOKE UPDATE, DELETE ON visas_ruleexception FROM {app_role()};
            """,
            f"GRANT INSERT, UPDATE, DELETE ON visas_quotapool, visas_poolprogramme, visas_voucherbudget TO {app_role()};"
            f"GRANT UPDATE, DELETE ON visas_ruleexception TO {app_role()}",
        ),
    ]
