"""Functions that reach across workspaces ask for themselves who may."""

import pytest

from audit.models import Action
from audit.services import record
from cases.models import Client
from centers.scope import acting_for
from tests.make import everywhere, make_client, make_user, make_visa_case, place
from tests.support import ask, forbidden, run

HERE, ELSEWHERE = "52110-c1", "52130-c1"


@pytest.mark.django_db
class FunctionsAcrossWorkspacesTests:
    """Functions that see every row ask whom the caller works for."""

    def setup_method(self):
        self.mine = make_client(HERE)
        self.theirs = make_client(ELSEWHERE)

    def test_nobody_joins_a_foreign_identity_to_read_its_visa_cases(self):
        case = make_visa_case("E-7-4", client=make_client("52130-office", person=self.theirs.person_id))
        with forbidden(), acting_for([place(HERE).pk]):
            run("SELECT wall.join_persons(%s, %s)", self.theirs.person_id, self.mine.person_id)
        with acting_for([place(HERE).pk]):
            assert not type(case).objects.exists()

    def test_nobody_parts_what_others_joined(self):
        with everywhere():
            third = make_client("52140-c1")
            joined = ask("SELECT wall.join_persons(%s, %s)", self.theirs.person_id, third.person_id)
        with forbidden(), acting_for([place(HERE).pk]):
            run("SELECT wall.part_persons(%s)", joined)

    def test_who_works_on_a_file_of_each_joins_and_parts(self):
        other = make_client(HERE)
        with acting_for([place(HERE).pk]):
            joined = ask("SELECT wall.join_persons(%s, %s)", self.mine.person_id, other.person_id)
            assert Client.objects.filter(person_id=self.mine.person_id).count() == 2
            run("SELECT wall.part_persons(%s)", joined)
            assert Client.objects.filter(person_id=self.mine.person_id).count() == 1

    def test_nobody_gives_a_foreign_identity_a_number_of_their_own(self):
        with forbidden(), acting_for([place(HERE).pk]):
            run("SELECT wall.name_person(%s, %s)", self.theirs.person_id, b"x" * 32)

    def test_nobody_says_who_else_reads_a_row(self):
        everyone = list(range(1, 60))
        with everywhere():
            Client.objects.filter(pk=self.theirs.pk).update(shared_with=everyone)
            made = Client.objects.create(
                workspace=place(ELSEWHERE), person_id=self.theirs.person_id, shared_with=everyone
            )
            made.refresh_from_db()
            assert made.shared_with == []
        with acting_for([place(HERE).pk]):
            assert list(Client.objects.all()) == [self.mine]

    def test_a_row_read_earlier_does_not_write_its_readers_back(self):
        case = make_visa_case("E-7-4", client=make_client("52130-office", person=self.theirs.person_id))
        make_client("52140-c1", person=self.theirs.person_id)
        with everywhere():
            case.ref = "changed"
            case.save()
            case.refresh_from_db()
        assert sorted(case.shared_with) == sorted([place(ELSEWHERE).pk, place("52140-c1").pk])

    def test_a_persons_request_puts_nobody_else_on_record(self):
        user, other = make_user(), make_user()
        with forbidden(), acting_for([place().pk], actor=user):
            record(Action.FIGURE_ENTERED, actor=other)

    def test_a_persons_request_does_not_pass_for_the_system(self):
        with forbidden(), acting_for([place().pk], actor=make_user()):
            record(Action.FIGURE_ENTERED, actor=None)
