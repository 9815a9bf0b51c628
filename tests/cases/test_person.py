"""Identities: found by a keyed hash, joined and parted, never torn between two workspaces."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from cases.models import Client, Session
from centers.refusals import sentence
from centers.scope import acting_for
from tests.make import (
    everywhere,
    make_client,
    make_person,
    make_session,
    make_stay,
    make_visa_case,
    make_voucher,
    place,
)
from tests.support import as_owner, ask, refused_by, rule, run, run_together
from visas.models import VisaCase

DIGEST = b"d" * 32


def join(kept: int, absorbed: int) -> int:
    with everywhere():
        return ask("SELECT wall.join_persons(%s, %s)", kept, absorbed)


def part(join_id: int) -> None:
    with everywhere():
        run("SELECT wall.part_persons(%s)", join_id)


def world(database: str) -> dict[str, list]:
    """Every row that says whose it is."""
    tables = ("cases_client", "cases_session", "cases_stay", "cases_personkey", "visas_visacase", "visas_voucher")
    with as_owner(database) as owner:
        return {table: owner.execute(f"SELECT * FROM {table} ORDER BY id").fetchall() for table in tables}


class FindingTests:
    def test_the_same_hash_is_one_person_whoever_asks_at_once(self, committed):
        found = run_together(*[lambda: make_person(DIGEST)] * 12)
        assert len(set(found)) == 1
        with as_owner(committed) as owner:
            assert owner.execute("SELECT count(*) FROM cases_personkey").fetchone() == (1,)

    @pytest.mark.django_db
    def test_no_hash_is_a_person_of_its_own_each_time(self):
        with everywhere():
            run(
                "CREATE TEMPORARY TABLE found ON COMMIT DROP AS"
                " SELECT * FROM wall.persons_for(ARRAY[NULL, NULL, %s, %s]::bytea[])",
                DIGEST,
                DIGEST,
            )
            assert ask("SELECT count(DISTINCT person_id) FROM found") == 3
            assert ask("SELECT array_agg(place ORDER BY place) FROM found") == [1, 2, 3, 4]

    @pytest.mark.django_db
    def test_a_number_that_is_taken_names_its_holder(self):
        holder, other = make_person(DIGEST), make_person()
        with everywhere():
            assert ask("SELECT wall.name_person(%s, %s)", other, DIGEST) == holder
            assert ask("SELECT wall.name_person(%s, %s)", other, b"e" * 32) == other
            assert ask("SELECT wall.name_person(%s, %s)", other, b"e" * 32) == other


class JoinTests:
    @pytest.fixture(autouse=True)
    def two(self, committed):
        self.database = committed
        self.kept = make_client("52110-c1", person=make_person(b"k" * 32))
        self.absorbed = make_client("52110-s1", person=make_person(b"a" * 32), sex_id="male")
        office = make_client("52140-office", person=self.absorbed.person_id)
        (
            make_stay(client=self.absorbed),
            make_visa_case(client=office),
            make_voucher(client=office, paid_on=date(2025, 3, 3)),
        )
        make_session(client=self.kept)

    def test_parting_restores_every_row(self):
        before = world(self.database)
        joined = join(self.kept.person_id, self.absorbed.person_id)
        assert make_person(b"a" * 32) == self.kept.person_id
        with acting_for([place("52110-c1").pk]):
            assert VisaCase.objects.count() == 1, "the centre reads the case of its own client now"
        part(joined)
        assert world(self.database) == before

    def test_a_join_is_parted_once(self):
        joined = join(self.kept.person_id, self.absorbed.person_id)
        part(joined)
        with pytest.raises(Exception, match="no rows"), transaction.atomic():
            part(joined)

    def test_what_was_joined_last_is_parted_first(self):
        third = make_client("52130-c1")
        before = world(self.database)
        first = join(self.kept.person_id, self.absorbed.person_id)
        second = join(third.person_id, self.kept.person_id)
        with refused_by("person_join_parted_last_first"):
            part(first)
        part(second)
        part(first)
        assert world(self.database) == before

    def test_one_is_not_two(self):
        with refused_by("person_join_takes_two"):
            join(self.kept.person_id, self.kept.person_id)

    def test_two_who_join_the_same_two_the_other_way_round_do_not_lock_each_other_out(self):
        pair = self.kept.person_id, self.absorbed.person_id
        answers = run_together(lambda: join(*pair), lambda: join(*reversed(pair)))
        assert [type(answer) for answer in answers] == [int, int]

    def test_files_opened_at_once_for_one_person_share_their_case(self):
        person = make_person()
        run_together(
            lambda: make_client("52130-c1", person=person),
            lambda: make_visa_case("E-7-4", client=make_client("52190-office", person=person)),
        )
        with acting_for([place("52130-c1").pk]):
            assert VisaCase.objects.count() == 1


@pytest.mark.django_db
class ForeignClientTests:
    @pytest.mark.parametrize("which", ["theirs", "nobody"])
    def test_a_session_does_not_hang_on_a_foreign_client_and_does_not_tell_of_one(self, which):
        theirs, here = make_client("52130-c1"), place("52110-c1")
        client = theirs.pk if which == "theirs" else 10**9
        with pytest.raises(IntegrityError) as caught, transaction.atomic(), acting_for([here.pk]):
            Session.objects.create(
                workspace=here, client_id=client, person_id=theirs.person_id, held_on=date(2025, 3, 3),
                programme_id="one-centre", language_id="vi", channel_id="visit", topic_id="labour.wages",
            )  # fmt: skip
        assert rule(caught.value) == "cases_session_client_id_is_of_the_workspace"
        said = sentence(caught.value)
        assert said and str(client) not in said and "52130" not in said

    def test_a_file_is_merged_only_within_its_workspace(self):
        mine, theirs = make_client("52110-c1"), make_client("52130-c1")
        with refused_by("client_is_merged_within_its_workspace"), everywhere():
            Client.objects.filter(pk=mine.pk).update(merged_into=theirs)


class SessionDayTests:
    def test_a_session_lies_within_the_time_its_centre_counts(self, committed):
        with as_owner(committed) as owner:
            owner.execute(
                "UPDATE centers_workspace SET counts_from = '2025-03-01', ended_on = '2025-03-31'"
                " WHERE code = '52110-c1'"
            )
        for day in (date(2025, 3, 1), date(2025, 3, 31)):
            make_session(held_on=day)
        for day in (date(2025, 2, 28), date(2025, 4, 1)):
            with refused_by("session_within_operation"):
                make_session(held_on=day)

    @pytest.mark.django_db
    def test_a_workspace_that_does_not_count_holds_no_sessions(self):
        with refused_by("session_within_operation"):
            make_session("52-office")
