"""A made-up Jeonbuk keeps every rule, is the same for the same seed, looks like its sources and is nobody."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from hashlib import sha256
from itertools import chain
from random import Random

import psycopg
import pytest

from cases.secrecy import decrypt
from demo.synthetic import calendar, permits, words
from demo.synthetic.generate import Plan, first_day, generate
from demo.synthetic.known import look
from demo.synthetic.names import valid_check_digits
from demo.synthetic.places import SHARES, holidays, open_days
from demo.synthetic.residents import KINDS
from demo.synthetic.strangers import MARKS
from kpi.services.summary import drain
from kpi.services.verification import verify
from tests import databases
from tests.demo.conftest import NOT_RUNNING, YEAR
from tests.make import everywhere
from tests.support import as_owner
from visas.stages import CASE_STAGES, CASE_STATES

LAST = YEAR.last
SMALL = replace(YEAR, people=300, sessions=1_500)
TABLES = (
    "cases_person", "cases_personkey", "cases_client", "cases_clientname", "cases_contact", "cases_household",
    "cases_familylink", "cases_session", "cases_sessionissue", "cases_activity", "cases_stay", "cases_stayleave",
    "visas_visacase", "visas_casestep", "visas_voucher",
)  # fmt: skip

UNNUMBERED = {"cases_sessionissue"}  # nothing points to them, so that the writers need not agree on their numbers


def one(owner: psycopg.Connection, question: str, *values):
    return owner.execute(question, values or None).fetchone()[0]


def pairs(owner: psycopg.Connection, question: str, *values) -> dict:
    return dict(owner.execute(question, values or None).fetchall())


def fingerprint(name: str) -> dict[str, str]:
    """Every row of every table but for the moments of writing."""
    with as_owner(name) as owner:
        rows = "SELECT to_jsonb(t) - 'recorded_at' - 'added_at' {} FROM {} t ORDER BY 1"
        found = {table: _rows(owner, rows.format("- 'id'" * (table in UNNUMBERED), table)) for table in TABLES}
        found["numbers"] = sha256(
            "".join(
                f"{client} {decrypt(secret)}"
                for client, secret in owner.execute("SELECT client_id, ciphertext FROM cases_identifier ORDER BY 1")
            ).encode()
        ).hexdigest()
        return found


def _rows(owner: psycopg.Connection, question: str) -> str:
    total = sha256()
    with owner.cursor().copy(f"COPY ({question}) TO STDOUT") as rows:
        for row in rows:
            total.update(row)
    return total.hexdigest()


class SeedTests:
    def made(self, name: str, plan: Plan) -> dict[str, str]:
        databases.clone(name)
        try:
            generate(plan, databases.url(name, owner=True))
            return fingerprint(name)
        finally:
            databases.discard(name)

    def test_the_same_seed_makes_the_same_rows_and_another_others(self, committed, monkeypatch):
        monkeypatch.setattr(calendar, "STATEMENT", 200)  # several parts, so that both writers have some
        first = self.made(f"{committed}_a", SMALL)
        assert self.made(f"{committed}_b", SMALL) == first
        other = self.made(f"{committed}_c", replace(SMALL, seed=12))
        assert [table for table in first if other[table] == first[table]] == []

    def test_years_end_today(self):
        assert first_day(1, date(2026, 11, 24)) == date(2026, 1, 1)
        assert first_day(3, date(2026, 11, 24)) == date(2024, 1, 1)


class RuleTests:
    def test_as_many_as_were_asked_for(self, year):
        # A human being who was written down twice without a number is two identities.
        assert 0 < one(year, "SELECT count(*) FROM cases_person") - YEAR.people < YEAR.people * 0.03
        assert one(year, "SELECT count(*) FROM cases_session") == YEAR.sessions

    def test_the_summary_agrees_and_nothing_is_to_be_said(self, in_year):
        with everywhere():
            drain(wait=True)
        found = verify()
        assert found.compared > 5_000
        assert (found.differences, found.findings, found.pending) == ([], [], [])

    def test_nothing_lies_in_the_future_or_before_the_year(self, year):
        for table, columns in {
            "cases_client": ["recorded_on"],
            "cases_session": ["held_on", "recorded_on"],
            "cases_activity": ["held_on", "recorded_on", "approved_on", "reported_on"],
            "cases_stay": ["checked_in_on", "checked_out_on", "recorded_on"],
            "cases_familylink": ["settled_on", "recorded_on"],
            "visas_voucher": ["status_changed_on", "applied_on", "paid_on", "ineligible_on", "cancelled_on"],
            "visas_visacase": ["recorded_on", "completed_on"],
            "visas_casestep": ["happened_on"],
            # Whose duties were over in the year had the permit years ago.
            "visas_visacase WHERE completed_on IS NULL": [
                f"{stage}_on" for stage in CASE_STAGES if stage != "completed"
            ],
        }.items():
            for column in columns:
                first, last = year.execute(f"SELECT min({column}), max({column}) FROM {table}").fetchone()
                assert YEAR.first <= first <= last <= LAST, (table, column)

    def test_a_stay_ends_as_far_off_as_the_status_lets_it(self, year):
        ends = year.execute(
            "SELECT status_id, count(status_expires_on), max(status_expires_on) FROM cases_client GROUP BY 1"
        ).fetchall()
        told = {status: (count, last and (last - LAST).days) for status, count, last in ends}
        assert {status for status, (count, _far) in told.items() if not count} == {"F-5", "UNREG", "KOR"}
        too_far = {
            status: far for status, (count, far) in told.items() if count and not 0 < far <= permits.furthest(status)
        }
        assert too_far == {}
        assert (told["C-3"][1] <= 90, told["E-8"][1] <= 240, told["E-9"][1] > 365) == (True, True, True)

    def test_sessions_are_held_where_and_when_a_centre_is_open(self, year):
        days = year.execute(
            "SELECT w.code, s.held_on FROM cases_session s JOIN centers_workspace w ON w.id = s.workspace_id"
        ).fetchall()
        assert {code for code, _day in days} == set(SHARES) - {NOT_RUNNING}
        assert {day.isoweekday() for code, day in days if code == "52130-c1"} == {2, 3, 4, 5, 6}
        assert {day.isoweekday() for code, day in days if code == "52710-c1"} == {3, 4, 5, 6, 7}
        assert {day.isoweekday() for code, day in days if code == "52140-c1"} == {1, 2, 3, 4, 5}
        assert min(day for code, day in days if code == "52110-c1") == date(2025, 7, 16)  # its opening day
        assert [day for _code, day in days if day in holidays(2025)] == []

    def test_nobody_is_met_before_their_file_was_opened(self, year):
        early = "SELECT count(*) FROM cases_session s JOIN cases_client c ON c.id = s.client_id WHERE s.held_on < {}"
        assert one(year, early.format("c.recorded_on")) == 0
        assert one(year, early.format("c.birth_date + interval '16 years'")) == 0


class ProportionTests:
    """Counts stand where their weights put them, within what chance explains (four standard deviations)."""

    def assert_shares(self, counts: dict, weights: dict, *, slack: float = 0.0):
        total, whole = sum(counts.values()), sum(weights.values())
        wrong = {}
        for key, weight in weights.items():
            share = weight / whole
            allowed = 4 * (share * (1 - share) / total) ** 0.5 + slack
            if abs(counts.get(key, 0) / total - share) > allowed:
                wrong[key] = (counts.get(key, 0) / total, share)
        assert wrong == {}
        assert set(counts) <= set(weights)

    def test_ways_of_asking(self, year):
        counts = pairs(year, "SELECT channel_id, count(*) FROM cases_session WHERE clients = 1 GROUP BY 1")
        self.assert_shares(counts, words.CHANNELS, slack=0.002)

    def test_outcomes(self, year):
        self.assert_shares(
            pairs(year, "SELECT outcome_id, count(*) FROM cases_session GROUP BY 1"), words.OUTCOMES, slack=0.002
        )

    @pytest.mark.parametrize(
        ("letters", "topics", "callers"),
        [
            ("E", words.WORKER_TOPICS, words.WORKER_CALLERS),
            ("FKGC", words.FAMILY_TOPICS, words.FAMILY_CALLERS),
            ("D", words.STUDENT_TOPICS, words.STUDENT_CALLERS),
        ],
    )
    def test_subjects_by_who_asks(self, year, letters, topics, callers):
        of = "FROM cases_session WHERE client_id IS NOT NULL AND strpos(%s, left(status_id, 1)) > 0 GROUP BY 1"
        self.assert_shares(pairs(year, f"SELECT topic_id, count(*) {of}", letters), topics, slack=0.002)
        self.assert_shares(pairs(year, f"SELECT caller_id, count(*) {of}", letters), callers, slack=0.002)

    def test_languages(self, year):
        korean = one(year, "SELECT avg((language_id = 'ko')::int) FROM cases_session")
        assert words.IN_KOREAN < korean < words.IN_KOREAN + 0.08  # some speak it at home
        assert one(year, "SELECT count(DISTINCT language_id) FROM cases_session") >= 13

    def test_where_those_live_who_ask(self, year):
        of = "FROM cases_session WHERE client_id IS NULL AND clients = 1 AND channel_id"
        outside = "SELECT coalesce(residence_id = 'other_province', false), count(*)"
        afar = pairs(year, f"{outside} {of} = ANY (%s) GROUP BY 1", [*words.AFAR])
        self.assert_shares(afar, {True: words.OUTSIDE, False: 1 - words.OUTSIDE})
        assert one(year, f"SELECT count(*) {of} <> ALL (%s) AND residence_id = 'other_province'", [*words.AFAR]) == 0
        with_a_file = pairs(
            year,
            "SELECT s.residence_id = c.municipality_id, count(*) FROM cases_session s "
            "JOIN cases_client c ON c.id = s.client_id WHERE c.municipality_id IS NOT NULL GROUP BY 1",
        )
        assert set(with_a_file) == {True, None} and with_a_file[True] > 3 * with_a_file[None]

    def test_how_urgent_it_is(self, year):
        urgencies = (
            "SELECT coalesce(urgency_id, ''), count(*) FROM cases_session WHERE {} topic_id = ANY (%s) GROUP BY 1"
        )
        for which, shares in (("", words.URGENCIES_PRESSING), ("NOT", words.URGENCIES)):
            self.assert_shares(pairs(year, urgencies.format(which), [*words.PRESSING]), shares, slack=0.002)

    def test_a_language_that_could_not_be_given_is_noted(self, year):
        wanted = "FROM cases_session WHERE wanted_language_id IS NOT NULL"
        assert one(year, f"SELECT count(*) {wanted}") > 100
        assert one(year, f"SELECT count(*) {wanted} AND (language_id <> 'ko' OR wanted_language_id = 'ko')") == 0

    def test_residents_by_status(self, year):
        # Of those whom nothing but a centre knows: without a case and a family.
        counts = pairs(
            year,
            "SELECT c.status_id, count(DISTINCT c.person_id) FROM cases_client c "
            "JOIN centers_workspace w ON w.id = c.workspace_id WHERE w.kind = 'center' AND NOT EXISTS ("
            " SELECT FROM cases_client o JOIN centers_workspace p ON p.id = o.workspace_id"
            " WHERE o.person_id = c.person_id AND p.kind IN ('office', 'university')) GROUP BY 1",
        )
        # Some of the others were written down once more, as somebody else.
        counts = {status: count for status, count in counts.items() if status in KINDS}
        self.assert_shares(counts, {status: kind.share for status, kind in KINDS.items()}, slack=0.01)

    def test_large_and_small_centres(self, year):
        per_day = pairs(
            year,
            "SELECT w.code, count(*)::float / count(DISTINCT s.held_on) FROM cases_session s "
            "JOIN centers_workspace w ON w.id = s.workspace_id GROUP BY 1",
        )
        assert per_day["52140-c1"] > 4 * per_day["52720-c1"]
        assert per_day["52-c1"] == max(per_day.values())

    def test_a_twentieth_is_entered_late_and_an_eighth_is_anonymous(self, year):
        assert 0.04 < one(year, "SELECT avg((recorded_on > held_on)::int) FROM cases_session") < 0.06
        assert 0.11 < one(year, "SELECT avg((client_id IS NULL)::int) FROM cases_session") < 0.15
        assert one(year, "SELECT count(*) FROM cases_session WHERE clients > 3 AND client_id IS NULL") > 300

    def test_notes_in_the_language_of_the_client_come_with_a_summary(self, year):
        foreign = "FROM cases_session WHERE summary <> ''"
        assert one(year, f"SELECT count(*) {foreign}") > 500
        assert one(year, f"SELECT count(*) {foreign} AND (note = '' OR language_id = 'ko')") == 0

    def test_some_centres_are_closed_for_a_week(self, year):
        known = look(year, YEAR.first)
        known.today = LAST
        parts = calendar.share_out(Random(YEAR.seed), known, (YEAR.first, LAST), 400_000, {})
        worked = defaultdict(set)
        for cell in chain.from_iterable(parts):
            worked[cell.site.code].add(cell.day)
        missing = {
            code: [day for day in open_days(site.weekdays, *site.span(YEAR.first, LAST)) if day not in worked[code]]
            for code, site in known.sites.items()
            if code in worked
        }
        closed = {code: days for code, days in missing.items() if days}
        assert 1 <= len(closed) < len(missing)
        for days in closed.values():
            assert (days[-1] - days[0]).days < 7

    def test_who_signs_in_has_sessions_on_the_last_day(self, year):
        at = "FROM cases_session s JOIN centers_workspace w ON w.id = s.workspace_id WHERE w.code = '52110-c1'"
        assert one(year, f"SELECT count(*) {at} AND held_on = %s", LAST) >= 6


class VisaTests:
    # What takes longer than the programme has been there, and what a university's students are never at.
    NOT_AT = {"E-7-4R": {"completed"}, "F-2-R": {"completed"}, "D-2": {"completed", "checked"}}

    @pytest.mark.parametrize("programme", ["E-7-4", "E-7-4R", "F-2-R", "F-4-R", "D-2"])
    def test_every_stage_is_there(self, year, programme):
        stage = "SELECT kind FROM wall.case_state(v.id)"
        question = f"SELECT ({stage}), count(*) FROM visas_visacase v WHERE v.programme_id = %s GROUP BY 1"
        assert set(pairs(year, question, programme)) == set(CASE_STATES) - self.NOT_AT.get(programme, set())

    def test_duties_are_fulfilled_when_they_are_over(self, year):
        over = year.execute(
            "SELECT min(v.completed_on - (v.granted_on + make_interval(months => r.months))::date), count(*) "
            "FROM visas_visacase v JOIN visas_obligationrule r ON r.programme_id = v.programme_id "
            "AND r.valid_from <= v.granted_on WHERE v.completed_on IS NOT NULL"
        ).fetchone()
        assert over[0] >= 0 and over[1] > 3

    def test_a_completion_is_asked_for_with_its_papers_and_a_day(self, year):
        asked = "FROM visas_casestep WHERE kind = 'asked'"
        assert one(year, f"SELECT count(*) {asked} AND due_on IS NULL") == 0
        of_r = f"{asked} AND case_id IN (SELECT id FROM visas_visacase WHERE programme_id = 'F-2-R')"
        assert one(year, f"SELECT min(cardinality(papers)) {of_r}") == 2

    def test_quotas_are_nearly_full_and_never_over(self, year):
        rows = year.execute("SELECT code, taken, capacity FROM visas_quotapool WHERE capacity IS NOT NULL").fetchall()
        fill = {code: round(taken / capacity, 2) for code, taken, capacity in rows}
        assert set(fill) == {"d2-2025-2026", "e74-2025"}
        assert all(0.93 <= share <= 1 for share in fill.values()), fill

    def test_vouchers_at_every_stage_after_the_months_there(self, year):
        for column in ("paid_on", "ineligible_on", "cancelled_on"):
            assert one(year, f"SELECT count(*) FROM visas_voucher WHERE {column} IS NOT NULL") > 3
        waiting = "paid_on IS NULL AND ineligible_on IS NULL AND cancelled_on IS NULL"
        assert one(year, f"SELECT count(*) FROM visas_voucher WHERE {waiting}") > 3
        soonest = pairs(
            year, "SELECT municipality_id = '52140', min(applied_on - status_changed_on) FROM visas_voucher GROUP BY 1"
        )
        assert soonest[True] >= 90 and 31 <= soonest[False] < 60

    def test_families_come_along_settled_or_not(self, year):
        settled, whole = year.execute("SELECT count(settled_on), count(*) FROM cases_familylink").fetchone()
        assert 100 < settled < whole
        assert set(pairs(year, "SELECT relation_id, count(*) FROM cases_familylink GROUP BY 1")) == {"spouse", "child"}


class ShelterTests:
    def test_somebody_is_here_tonight_and_somebody_is_away(self, year):
        assert one(year, "SELECT count(*) FROM cases_stay WHERE checked_out_on IS NULL") >= 4
        assert one(year, "SELECT count(*) FROM cases_stay") > 60
        assert one(year, "SELECT count(*) FROM cases_stayleave") > 3

    def test_nobody_stays_longer_than_a_month(self, year):
        longest = "SELECT max(coalesce(checked_out_on, %s) - checked_in_on) FROM cases_stay"
        assert one(year, longest, LAST) <= 30


class NobodyTests:
    def test_every_number_fails_its_check_digit(self, year):
        numbers = [decrypt(row[0]) for row in year.execute("SELECT ciphertext FROM cases_identifier")]
        plain = [number.replace("-", "") for number in numbers]
        assert len(plain) > 1500
        assert [number for number in plain if int(number[12]) in valid_check_digits(number[:12])] == []

    def test_every_file_has_a_name_that_says_it_is_a_sample(self, year):
        assert one(year, "SELECT count(*) FROM cases_clientname WHERE NOT text LIKE ANY (%s)", MARKS) == 0
        nameless = "SELECT count(*) FROM cases_client c WHERE NOT EXISTS (SELECT FROM cases_clientname n WHERE"
        assert one(year, f"{nameless} n.client_id = c.id)") == 0

    def test_every_telephone_is_of_a_block_that_is_never_given_out(self, year):
        assert one(year, "SELECT count(*) FROM cases_contact WHERE value !~ '^010-0000-[0-9]{4}$'") == 0

    def test_a_restricted_status_stays_with_counsellors(self, year):
        kinds = pairs(
            year,
            "SELECT w.kind, count(*) FROM cases_client c JOIN centers_workspace w ON w.id = c.workspace_id "
            "JOIN cases_statuscode s ON s.code = c.status_id WHERE s.restricted GROUP BY 1",
        )
        assert set(kinds) == {"center"}
        assert kinds["center"] > 20


class TwiceTests:
    """The same human being, written down by two clerks."""

    TWO = (
        "FROM cases_client a JOIN cases_client b ON b.id > a.id AND b.birth_date = a.birth_date "
        "AND b.sex_id = a.sex_id AND b.nationality_id = a.nationality_id "
        "JOIN cases_clientname n ON n.client_id = a.id JOIN cases_clientname m ON m.client_id = b.id "
        "JOIN cases_contact p ON p.client_id = a.id "
        "JOIN cases_contact q ON q.client_id = b.id AND q.value = p.value WHERE "
    )

    def test_the_number_tells_across_spellings(self, year):
        swapped = (
            "a.person_id = b.person_id AND n.kind = 'roman' AND m.kind = 'roman' AND n.text <> m.text "
            "AND string_to_array(n.text, ' ') @> string_to_array(m.text, ' ')"
        )
        assert one(year, f"SELECT count(*) {self.TWO} {swapped}") > 0

    @pytest.mark.parametrize("kind", ["korean", "native"])
    def test_without_the_number_they_are_two_in_another_script(self, year, kind):
        only = "NOT EXISTS (SELECT FROM cases_clientname o WHERE o.client_id = b.id AND o.kind = 'roman')"
        question = (
            f"SELECT count(*) {self.TWO} a.person_id <> b.person_id AND n.kind = 'roman' AND m.kind = %s AND {only}"
        )
        assert one(year, question, kind) > 0

    def test_within_a_centre_and_across(self, year):
        same = pairs(year, f"SELECT a.workspace_id = b.workspace_id, count(*) {self.TWO} n.text <> m.text GROUP BY 1")
        assert set(same) == {True, False}


class AgainTests:
    def test_more_can_be_made_beside_it(self, committed):
        address = databases.url(committed, owner=True)
        generate(SMALL, address)
        generate(SMALL, address)
        with as_owner(committed) as owner:
            assert one(owner, "SELECT count(*) FROM cases_session") == 2 * SMALL.sessions
        with everywhere():
            drain(wait=True)
        found = verify()
        assert (found.differences, found.findings) == ([], [])

    @pytest.mark.parametrize(("people", "sessions"), [(0, 0), (0, 40), (1, 3), (25, 0)])
    def test_small_numbers_work(self, committed, people, sessions):
        generate(Plan(people, sessions, first=date(2025, 1, 1), seed=1), databases.url(committed, owner=True))
        with as_owner(committed) as owner:
            assert one(owner, "SELECT count(*) FROM cases_session") == sessions
            assert (
                one(owner, "SELECT count(*) FROM cases_session WHERE client_id IS NULL") == sessions * (not people)
                or people
            )
            assert one(owner, "SELECT count(DISTINCT person_id) FROM cases_client") == people

    def test_a_span_of_one_day_works(self, committed):
        day = date(2026, 1, 2)
        generate(Plan(50, 40, first=day, last=day, seed=1), databases.url(committed, owner=True))
        with as_owner(committed) as owner:
            assert one(owner, "SELECT count(*) FROM cases_session WHERE held_on = %s", day) == 40
            assert one(owner, "SELECT max(received_on) - min(received_on) FROM visas_visacase") == 0
