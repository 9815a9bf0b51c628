"""How a scope is opened and closed: for a block of work, for nothing, and outside of a transaction."""

import logging

import pytest
from django.db import DatabaseError, transaction

from audit.models import Action, AuditEntry
from cases.models import Client
from centers.scope import NOTHING, WHOLE_PROVINCE, Scope, acting_for, set_scope
from tests.make import make_client, make_user, place
from tests.support import forbidden, run

HERE, ELSEWHERE = "52110-c1", "52130-c1"


@pytest.mark.django_db
class NoScopeTests:
    def test_no_scope_shows_nothing_and_says_so_in_the_log(self, caplog):
        make_client(ELSEWHERE)
        with caplog.at_level(logging.WARNING, logger="centers.scope"):
            assert list(Client.objects.all()) == []
        assert "without a scope" in caplog.text

    def test_an_empty_scope_shows_nothing_and_is_no_mistake(self, caplog):
        make_client(ELSEWHERE)
        with caplog.at_level(logging.WARNING, logger="centers.scope"), transaction.atomic():
            set_scope(NOTHING)
            assert list(Client.objects.all()) == []
        assert caplog.text == ""

    def test_nothing_is_written_without_a_scope(self):
        client = make_client(ELSEWHERE)
        with forbidden():
            Client.objects.create(workspace=place(), person_id=client.person_id)


class OutsideOfATransactionTests:
    def test_a_scope_is_refused(self, committed):
        with pytest.raises(RuntimeError):
            set_scope(NOTHING)


@pytest.mark.django_db
class ActingForTests:
    def setup_method(self):
        make_client(HERE)
        make_client(ELSEWHERE)
        self.here, self.elsewhere = place(HERE).pk, place(ELSEWHERE).pk

    def test_it_opens_what_it_names_and_closes_behind_itself(self):
        with acting_for([self.here]):
            assert Client.objects.count() == 1
        assert Client.objects.count() == 0

    def test_it_nests_and_gives_the_outer_scope_back(self):
        with acting_for([self.here]):
            with acting_for([self.elsewhere]):
                assert Client.objects.get().workspace_id == self.elsewhere
            assert Client.objects.get().workspace_id == self.here

    def test_it_gives_the_outer_scope_back_after_an_error(self):
        with acting_for([self.here]):
            with pytest.raises(ZeroDivisionError), acting_for([self.elsewhere]):
                _ = 1 / 0
            assert Client.objects.get().workspace_id == self.here

    def test_it_gives_the_outer_scope_back_after_an_error_of_the_database(self):
        with acting_for([self.here]):
            with pytest.raises(DatabaseError), acting_for([self.elsewhere]), transaction.atomic():
                run("SELECT 1 / 0")
            assert Client.objects.get().workspace_id == self.here

    def test_it_stays_open_after_an_error_in_an_inner_savepoint(self):
        with acting_for([self.here]):
            with pytest.raises(DatabaseError), transaction.atomic():
                run("SELECT 1 / 0")
            assert Client.objects.get().workspace_id == self.here

    def test_the_whole_province_is_put_on_record_with_the_reason(self):
        user = make_user()
        with acting_for(WHOLE_PROVINCE, actor=user, reason="a recount"):
            assert Client.objects.count() == 2
        with transaction.atomic():
            set_scope(Scope(everywhere=frozenset(["view_access_log"])))
            entry = AuditEntry.objects.filter(action=Action.PROVINCE_ENTERED).latest("id")
        assert (entry.actor, entry.data) == (user, {"reason": "a recount"})

    def test_the_whole_province_is_not_entered_without_a_reason(self):
        with pytest.raises(ValueError, match="says why"), acting_for(WHOLE_PROVINCE):
            pass

    def test_a_text_is_not_taken_for_a_list_of_workspaces(self):
        with pytest.raises(TypeError), acting_for("12"):
            pass
