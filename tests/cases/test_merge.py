"""Two files made one and taken apart: nothing is lost, and parting gives back exactly the same rows."""

import json
from datetime import date, timedelta

import pytest
from django.db import DataError, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import Action, AuditEntry
from cases.models import Client, ClientMerge, ClientName, Identifier, Session
from cases.secrecy import decrypt, digest
from cases.services.client import Told, edit_client
from cases.services.merge import merge_clients, part_clients, rows_of
from cases.services.pairs import look_again
from centers.models import Role
from centers.refusals import sentence
from centers.scope import acting_for
from tests.make import (
    everywhere,
    make_client,
    make_contact,
    make_deadline,
    make_dependant,
    make_number,
    make_pair,
    make_session,
    make_stay,
    make_together,
    make_user,
    make_visa_case,
    make_voucher,
    name_client,
    place,
)
from tests.support import as_owner, forbidden, refused_by, run, run_together

TABLES = (
    "cases_client", "cases_clientname", "cases_contact", "cases_identifier", "cases_household", "cases_familylink",
    "cases_session", "cases_sessionclient", "cases_stay", "cases_deadline", "cases_draft", "cases_personkey",
    "visas_visacase", "visas_voucher", "visas_quotapool", "visas_voucherbudget", "cases_duplicatecandidate",
)  # fmt: skip


def world(database: str) -> dict[str, list]:
    with as_owner(database) as owner:
        return {table: owner.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in TABLES}


def read(model, **which):
    with everywhere():
        return model.objects.get(**which)


def merge(kept: Client, absorbed: Client, **chosen) -> ClientMerge:
    with acting_for([kept.workspace_id]):
        return merge_clients(actor=None, kept=kept, absorbed=absorbed, **chosen)


def part(row: ClientMerge) -> None:
    with acting_for([row.workspace_id]):
        part_clients(row, actor=None)


def holders(passport: str) -> list[int]:
    """Whose identity a passport number leads to."""
    with everywhere(), connection.cursor() as cursor:
        cursor.execute("SELECT person_id FROM wall.known_persons(ARRAY[%s])", [digest("passport", passport)])
        return [person for (person,) in cursor.fetchall()]


def name(client: Client, passport: str) -> None:
    with everywhere(), connection.cursor() as cursor:
        cursor.execute("SELECT wall.name_person(%s, %s)", [client.person_id, digest("passport", passport)])


def fill(client: Client, pieces: set[str], number: int) -> None:
    """Rows of many kinds on one file; ``number`` keeps two files apart."""
    day = date(2025, 3, 3) + timedelta(days=40 * number)
    if "names" in pieces:
        name_client(client, "같은 이름")
        name_client(client, f"이름 {number}")
    if "contacts" in pieces:
        make_contact(client, "010-0000-1111")
        make_contact(client, f"010-0000-222{number}")
    if "identifier" in pieces:
        with everywhere():
            Identifier.objects.create(
                workspace_id=client.workspace_id,
                client=client,
                kind="passport",
                ciphertext=b"1",
                digest=b"%d" % number,
            )
    fill_sessions(client, pieces, day)
    if "household" in pieces:
        make_dependant(client)
    if "dependant" in pieces:
        make_dependant(make_client(client.workspace.code), client=client)


def fill_sessions(client: Client, pieces: set[str], day: date) -> None:
    if "sessions" in pieces:
        session = make_session(client.workspace.code, client=client, held_on=day)
        if "deadline" in pieces:
            make_deadline(session, starts_on=day, due_on=day)
    if "beside" in pieces:
        make_together(make_session(client.workspace.code, client=make_client(client.workspace.code)), client)


PIECES = ("names", "contacts", "identifier", "sessions", "deadline", "beside", "household", "dependant")
SOME = st.sets(st.sampled_from(PIECES))
KNOWN = st.fixed_dictionaries(
    {},
    optional={
        "nationality_id": st.sampled_from(["VN", "KH"]),
        "birth_date": st.sampled_from([date(1990, 5, 4), date(1991, 1, 1)]),
        "sex_id": st.sampled_from(["male", "female"]),
        "status_id": st.sampled_from(["E-9", "D-2"]),
        "status_expires_on": st.sampled_from([date(2030, 1, 1), date(2031, 1, 1)]),
    },
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=SOME,
    second=SOME,
    known=KNOWN,
    other=KNOWN,
    one_person=st.booleans(),
    together=st.sampled_from(["", "first", "further"]),
    taken=st.sets(st.sampled_from(["passport", "birth_date", "sex_id", "status_id", "nationality_id"])),
)
def test_merging_and_parting_gives_back_exactly_the_same_rows(
    committed, first, second, known, other, one_person, together, taken
):
    kept = make_client(name="SAME NAME", **known)
    absorbed = make_client(name="SAME NAME", person=kept.person_id if one_person else None, **other)
    fill(kept, first, 0)
    fill(absorbed, second, 1)
    if together:
        one, another = (kept, absorbed) if together == "first" else (absorbed, kept)
        make_together(make_session(client=one), another)
    make_pair(kept, absorbed)
    with acting_for([kept.workspace_id]):
        look_again(kept)  # the pair says what is so now, as it will after the undoing
    before = world(committed)
    row = merge(kept, absorbed, taken=taken)
    merged = world(committed)
    assert {table: len(rows) for table, rows in merged.items()} == {table: len(rows) for table, rows in before.items()}
    assert merged != before
    part(row)
    assert world(committed) == before


@pytest.mark.django_db
class MergeTests:
    def test_everything_moves_and_the_old_file_leads_on(self):
        kept, absorbed = make_client(name="KEPT"), make_client(name="GONE", nationality_id="VN")
        session = make_session(client=absorbed)
        make_contact(absorbed, "010-0000-1111")
        merge(kept, absorbed)
        after = read(Client, pk=kept.pk)
        assert (after.nationality_id, read(Client, pk=absorbed.pk).merged_into_id) == ("VN", kept.pk)
        moved = read(Session, pk=session.pk)
        assert (moved.client_id, moved.person_id) == (kept.pk, kept.person_id)
        assert read(Client, pk=absorbed.pk).person_id == kept.person_id

    def test_what_the_kept_file_knows_stays(self):
        kept = make_client(status_id="E-9", nationality_id="VN")
        absorbed = make_client(status_id="D-2", status_expires_on="2030-01-01", nationality_id="KH")
        merge(kept, absorbed)
        after = read(Client, pk=kept.pk)
        assert (after.status_id, after.status_expires_on, after.nationality_id) == ("E-9", None, "VN")

    def test_the_same_name_is_there_once(self):
        kept, absorbed = make_client(name="SAME"), make_client(name="SAME")
        name_client(absorbed, "다른 이름")
        merge(kept, absorbed)
        with everywhere():
            assert sorted(ClientName.objects.filter(client=kept).values_list("text", flat=True)) == [
                "SAME",
                "다른 이름",
            ]

    def test_visa_cases_and_vouchers_move_in_an_office_and_the_province_reads_the_file(self):
        kept, absorbed = make_client("52140-office"), make_client("52140-office")
        make_visa_case(client=absorbed)
        make_voucher(client=absorbed, paid_on=date(2025, 3, 3))
        merge(kept, absorbed)
        moved = {row.kind: (row.kept, row.absorbed) for row in self.counted(kept, absorbed)}
        assert (1, 0) in moved.values()
        assert read(Client, pk=kept.pk).shared_with == [place("52-office").pk]
        assert read(Client, pk=absorbed.pk).shared_with == []

    def counted(self, kept, absorbed):
        with acting_for([kept.workspace_id]):
            return rows_of(kept.pk, absorbed.pk)

    def test_what_came_after_stays_with_the_kept_file(self):
        kept, absorbed = make_client(), make_client()
        row = merge(kept, absorbed)
        session = make_session(client=read(Client, pk=kept.pk))
        part(row)
        assert read(Session, pk=session.pk).client_id == kept.pk

    def test_a_blank_that_was_filled_and_then_corrected_keeps_the_correction(self):
        kept, absorbed = make_client(), make_client(nationality_id="VN", sex_id="male")
        row = merge(kept, absorbed)
        with everywhere():
            Client.objects.filter(pk=kept.pk).update(nationality_id="KH")
        part(row)
        after = read(Client, pk=kept.pk)
        assert (after.nationality_id, after.sex_id) == ("KH", None)


@pytest.mark.django_db
class NumberTests:
    """Two files with two passport numbers: neither is lost, whichever lives on."""

    @pytest.fixture(autouse=True)
    def two(self):
        self.kept = make_client(name="KEPT", birth_date=date(1975, 7, 25))
        self.absorbed = make_client(name="GONE", birth_date=date(1975, 7, 26))
        make_number(self.kept, "passport", "M12345678")
        make_number(self.absorbed, "passport", "N87654321")

    def numbers(self, client: Client) -> dict[str, bool]:
        """Whether each passport number of the file is a former one."""
        with everywhere():
            return {decrypt(row.ciphertext): row.former for row in Identifier.objects.filter(client=client)}

    def test_both_stand_on_the_file_that_lives_on(self):
        merge(self.kept, self.absorbed)
        assert self.numbers(self.kept) == {"M12345678": False, "N87654321": True}

    def test_the_one_that_is_chosen_is_in_use(self):
        row = merge(self.kept, self.absorbed, taken=["passport", "birth_date"])
        assert self.numbers(self.kept) == {"M12345678": True, "N87654321": False}
        assert read(Client, pk=self.kept.pk).birth_date == date(1975, 7, 26)
        part(row)
        assert self.numbers(self.kept) == {"M12345678": False}
        assert self.numbers(self.absorbed) == {"N87654321": False}
        assert read(Client, pk=self.kept.pk).birth_date == date(1975, 7, 25)

    def test_a_former_one_is_taken_away_for_a_reason(self, client):
        """It leads to nobody any more; who took it away and why is on record, and the undoing of the merge holds."""
        row = merge(self.kept, self.absorbed)
        counsellor = make_user(Role.COUNSELLOR)
        client.force_login(counsellor)
        name(self.kept, "N87654321")
        assert holders("N87654321") == [self.kept.person_id]
        with everywhere():
            former, used = (Identifier.objects.get(client=self.kept, former=former) for former in (True, False))
        address = f"/clients/numbers/{former.pk}/remove/"
        assert address in client.get(self.kept.get_absolute_url()).content.decode()
        assert client.get(f"/clients/numbers/{used.pk}/remove/").status_code == 404
        assert client.post(address, {"reason": " "}).status_code == 400
        assert self.numbers(self.kept) == {"M12345678": False, "N87654321": True}
        assert client.post(address, {"reason": "다른 사람의 여권"}).status_code == 302
        assert self.numbers(self.kept) == {"M12345678": False}
        with acting_for([place().pk], actor=counsellor):
            [entry] = AuditEntry.objects.filter(action=Action.NUMBER_TAKEN_AWAY)
        assert holders("N87654321") == []
        assert (entry.actor, entry.target_id) == (counsellor, self.kept.pk)
        assert entry.data == {"kind": "passport", "reason": "다른 사람의 여권"}
        part(row)
        assert self.numbers(self.kept) == {"M12345678": False}
        assert self.numbers(self.absorbed) == {}

    def test_an_equal_one_is_there_once(self):
        third = make_client(name="THIRD")
        make_number(third, "passport", "m1234-5678")
        merge(self.kept, third)
        assert self.numbers(self.kept) == {"M12345678": False}

    def test_a_former_one_that_is_chosen_again_is_in_use_again(self):
        third = make_client(name="THIRD")
        make_number(third, "passport", "N87654321")
        merge(self.kept, self.absorbed)
        row = merge(self.kept, third, taken=["passport"])
        assert self.numbers(self.kept) == {"M12345678": True, "N87654321": False}
        part(row)
        assert self.numbers(self.kept) == {"M12345678": False, "N87654321": True}

    def test_a_number_typed_after_the_merge_stays_in_use_when_it_is_undone(self):
        row = merge(self.kept, self.absorbed, taken=["passport"])
        with acting_for([self.kept.workspace_id]):
            edit_client(read(Client, pk=self.kept.pk), told=Told(numbers={"passport": "P55555555"}))
        part(row)
        assert self.numbers(self.kept) == {"M12345678": True, "P55555555": False}

    def test_a_status_that_is_chosen_brings_its_day_along(self):
        kept = make_client(status_id="E-9", status_expires_on="2030-01-01")
        row = merge(kept, make_client(status_id="D-2"), taken=["status_id"])
        after = read(Client, pk=kept.pk)
        assert (after.status_id, after.status_expires_on) == ("D-2", None)
        part(row)
        after = read(Client, pk=kept.pk)
        assert (after.status_id, str(after.status_expires_on)) == ("E-9", "2030-01-01")

    def test_only_fields_of_a_file_are_chosen(self):
        with pytest.raises(DataError):
            merge(self.kept, self.absorbed, taken=["workspace_id"])


@pytest.mark.django_db
class RefusalTests:
    def test_two_live_visa_cases_of_one_programme(self):
        kept, absorbed = make_client("52140-office"), make_client("52140-office")
        for client in (kept, absorbed):
            make_visa_case(client=client)
        with pytest.raises(Exception) as caught:
            merge(kept, absorbed)
        assert sentence(caught.value)
        assert read(Client, pk=absorbed.pk).merged_into_id is None

    def test_two_stays_on_one_night(self):
        files = [make_client("52110-s1", sex_id="male") for _ in range(2)]
        make_stay(client=files[0], checked_out_on=date(2025, 3, 9))
        make_stay(client=files[1], bed_code="2", checked_out_on=date(2025, 3, 9))
        with refused_by("stay_one_of_a_person"):
            merge(*files)

    def test_a_dependant_of_the_other(self):
        kept = make_client()
        link = make_dependant(kept)
        with refused_by("merge_nobody_depends_on_themselves"):
            merge(kept, read(Client, pk=link.client_id))

    def test_of_two_workspaces(self):
        with refused_by("merge_takes_two_of_one_workspace"), everywhere():
            merge_clients(actor=None, kept=make_client(), absorbed=make_client("52130-c1"))

    def test_one_file_alone(self):
        one = make_client()
        with refused_by("merge_takes_two_of_one_workspace"):
            merge(one, one)

    def test_a_file_that_was_merged_away(self):
        files = [make_client() for _ in range(3)]
        merge(files[0], files[1])
        with refused_by("merge_of_files_that_live"):
            merge(files[2], files[1])

    def test_of_another_workspace(self):
        files = [make_client("52130-c1") for _ in range(2)]
        with forbidden(), acting_for([place("52110-c1").pk]):
            merge_clients(actor=None, kept=files[0], absorbed=files[1])
        row = merge(*files)
        with forbidden(), acting_for([place("52110-c1").pk]):
            part_clients(row, actor=None)

    def test_parted_once_and_the_last_first(self):
        files = [make_client() for _ in range(3)]
        first, second = merge(files[0], files[1]), merge(files[2], files[0])
        with refused_by("merge_parted_last_first"):
            part(first)
        part(second)
        part(first)
        with refused_by("merge_parted_once"):
            part(first)

    def test_after_90_days(self):
        row = merge(make_client(), make_client())
        with everywhere():
            run("UPDATE cases_clientmerge SET merged_at = now() - interval '91 days'")
        with refused_by("merge_parted_within_90_days"):
            part(row)

    def test_a_forged_list_moves_nothing_of_others(self):
        row = merge(make_client(), make_client())
        session = make_session(client=make_client())
        forged = json.dumps([{"place": "cases_session", "key": "client_id", "ids": [session.pk]}])
        with everywhere():
            run("UPDATE cases_clientmerge SET moved = jsonb_set(moved, '{rows}', %s::jsonb)", forged)
        part(row)
        assert read(Session, pk=session.pk).client_id == session.client_id


def test_two_who_merge_the_same_two_the_other_way_round(committed):
    one, other = make_client(), make_client()
    answers = run_together(lambda: merge(one, other), lambda: merge(other, one))
    assert sum(isinstance(answer, ClientMerge) for answer in answers) == 1
    with as_owner(committed) as owner:
        assert owner.execute("SELECT count(*) FROM cases_client WHERE merged_into_id IS NOT NULL").fetchone() == (1,)
