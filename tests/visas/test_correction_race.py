"""At the same moment: a check is taken out, and the finding that came of it gets its second look."""

from collections.abc import Callable

import pytest

from centers.models import Role
from centers.scope import acting_for
from tests.make import make_check, make_finding, make_user
from tests.support import as_owner, rule, waits_for
from visas.models import Finding, FindingState
from visas.services.obligation import look_again, withdraw_check

pytestmark = pytest.mark.committed


def told(call: Callable) -> Callable[[], str]:
    """The name of the rule that refuses a call; empty where nothing does."""

    def tell() -> str:
        try:
            call()
        except Exception as error:
            return rule(error)
        return ""

    return tell


class RaceTests:
    @pytest.fixture
    def finding(self, committed) -> Finding:
        return make_finding(make_check())

    @pytest.fixture
    def second(self, finding):
        return make_user(Role.CITY_OFFICER, finding.workspace.code)

    def test_no_second_look_at_what_is_being_taken_out(self, committed, finding, second):
        def look():
            with acting_for([finding.workspace_id], actor=second):
                look_again(finding, actor=second, state=FindingState.CONFIRMED, reason="x")

        with as_owner(committed) as owner:
            with owner.transaction():
                owner.execute(
                    "UPDATE visas_obligationcheck SET withdrawn_on = done_on, withdrawn_why = 'x' WHERE id = %s",
                    [finding.check_made_id],
                )
                answer = waits_for(owner, told(look))
            assert answer() == "finding_of_a_standing_check"

    def test_nothing_is_taken_out_that_is_being_confirmed(self, committed, finding, second):
        def take_out():
            with acting_for([finding.workspace_id], actor=second):
                withdraw_check(finding.check_made, actor=second, why="x")

        with as_owner(committed) as owner:
            with owner.transaction():
                owner.execute(
                    "UPDATE visas_finding SET state = 'confirmed', looked_by_id = %s, looked_on = found_on,"
                    " reason = 'x' WHERE id = %s",
                    [second.pk, finding.pk],
                )
                answer = waits_for(owner, told(take_out))
            assert answer() == "check_confirmed_stays"
