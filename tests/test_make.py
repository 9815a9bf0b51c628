import pytest

from cases.models import Session
from centers.models import Role
from tests import make


@pytest.mark.django_db
class MakeTests:
    def test_each_function_makes_a_row_that_the_rules_allow(self):
        client = make.make_client("52140-office", nationality_id="VN")
        make.make_session(client=make.make_client("52140-c1", person=client.person_id))
        make.make_session("52110-c1")
        make.make_activity()
        case = make.make_visa_case(client=client, recommended_on=make.DAY, granted_on=make.DAY)
        make.make_voucher(client=client)
        make.make_stay()
        make.make_dependant(client, settled_on=make.DAY)
        assert case.granted_on == make.DAY
        with make.everywhere():
            assert Session.objects.count() == 2
        assert make.make_user(Role.COUNSELLOR).memberships.count() == 1
