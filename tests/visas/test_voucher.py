"""The upgrade voucher: once per person, within the budget, unchanged once paid, by two pairs of eyes."""

from datetime import date

import psycopg
import pytest
from django.db import IntegrityError

from tests.make import DAY, everywhere, make_client, make_user, make_voucher
from tests.support import as_owner, ask, refused_by, rule, run, run_together
from visas.models import Voucher, VoucherBudget

CITY = "52140"


def change(voucher: Voucher, **fields) -> None:
    with everywhere():
        Voucher.objects.filter(pk=voucher.pk).update(**fields)


@pytest.mark.django_db
class OnceTests:
    def setup_method(self):
        self.client = make_client(f"{CITY}-office")
        self.voucher = make_voucher(client=self.client)

    def test_there_is_no_second_in_another_city_or_year(self):
        elsewhere = make_client("52190-office", person=self.client.person_id)
        with refused_by("voucher_one_live"):
            make_voucher("52190", client=elsewhere, applied_on=date(2024, 1, 2))

    @pytest.mark.parametrize("end", ["ineligible_on", "cancelled_on"])
    def test_an_ended_one_makes_room(self, end):
        change(self.voucher, **{end: DAY})
        make_voucher(client=self.client)

    def test_a_join_that_would_give_two_is_refused_and_changes_nothing(self):
        other = make_client("52190-office")
        make_voucher("52190", client=other)
        with refused_by("voucher_one_live"), everywhere():
            run("SELECT wall.join_persons(%s, %s)", self.client.person_id, other.person_id)
        with everywhere():
            assert Voucher.objects.filter(person_id=other.person_id).count() == 1

    def test_who_registers_does_not_approve(self):
        user = make_user()
        with refused_by("voucher_two_pairs_of_eyes"):
            change(self.voucher, registered_by=user, approved_by=user)
        change(self.voucher, registered_by=user, approved_by=make_user())

    def test_it_is_paid_after_the_application_and_not_when_ended(self):
        with refused_by("voucher_paid_after_application"):
            change(self.voucher, paid_on=date(2025, 3, 2))
        with refused_by("voucher_paid_or_ended"):
            change(self.voucher, paid_on=DAY, cancelled_on=DAY)


@pytest.mark.django_db
class PaidTests:
    def setup_method(self):
        self.client = make_client(f"{CITY}-office")
        self.voucher = make_voucher(client=self.client, paid_on=DAY, registered_by=make_user())

    @pytest.mark.parametrize(
        "fields",
        [
            {"amount_won": 1},
            {"paid_on": None},
            {"paid_on": date(2025, 3, 4)},
            {"applied_on": date(2025, 3, 1)},
            {"municipality_id": "52190"},
            {"cancelled_on": DAY},
            {"ref": "x"},
            {"registered_by": None},
            {"registered_by_file": "x"},
        ],
    )
    def test_it_stays_as_it_was_paid(self, fields):
        with refused_by("voucher_paid_stays"):
            change(self.voucher, **fields)

    def test_nobody_is_named_its_approver_afterwards(self):
        with refused_by("voucher_paid_stays"):
            change(self.voucher, approved_by=make_user())

    def test_it_does_not_go_to_another_person(self):
        other = make_client(f"{CITY}-office")
        with refused_by("voucher_paid_stays"):
            change(self.voucher, client=other, person_id=other.person_id)

    def test_it_follows_its_client_when_identities_are_joined(self):
        other = make_client("52190-office")
        with everywhere():
            run("SELECT wall.join_persons(%s, %s)", other.person_id, self.client.person_id)
            assert Voucher.objects.get().person_id == other.person_id

    def test_a_new_reader_of_it_is_no_change(self):
        centre = make_client("52110-c1", person=self.client.person_id)
        with everywhere():
            assert Voucher.objects.get().shared_with == [centre.workspace_id]


class BudgetTests:
    @pytest.fixture(autouse=True)
    def budget(self, committed):
        self.database = committed

    def give(self, won: int, year: int = 2025) -> None:
        with as_owner(self.database) as owner:
            owner.execute(
                "INSERT INTO visas_voucherbudget (municipality_id, year, amount_won, source) VALUES (%s, %s, %s, '')",
                [CITY, year, won],
            )

    def committed_won(self) -> int:
        return ask("SELECT committed_won FROM visas_voucherbudget WHERE year = 2025")

    def test_it_is_not_exceeded(self):
        self.give(600_000)
        make_voucher(), make_voucher()
        with refused_by("voucher_budget_not_exceeded"):
            make_voucher()
        assert self.committed_won() == 600_000

    def test_a_full_budget_still_lets_its_vouchers_be_paid(self):
        self.give(300_000)
        voucher = make_voucher()
        change(voucher, ref="x")
        change(voucher, paid_on=DAY)
        assert self.committed_won() == 300_000

    def test_an_ended_voucher_gives_its_money_back_once(self):
        self.give(300_000)
        voucher = make_voucher()
        change(voucher, cancelled_on=DAY)
        change(voucher, ineligible_on=DAY)
        assert self.committed_won() == 0

    def test_a_voucher_moves_its_money_with_its_year_and_amount(self):
        self.give(400_000)
        voucher = make_voucher()
        change(voucher, amount_won=400_000)
        assert self.committed_won() == 400_000
        change(voucher, applied_on=date(2024, 3, 3))
        assert self.committed_won() == 0

    def test_no_budget_refuses_nobody_and_one_that_comes_later_counts_what_is_promised(self):
        make_voucher(), make_voucher()
        with pytest.raises(psycopg.errors.CheckViolation, match="voucher_budget_not_exceeded"):
            self.give(500_000)
        self.give(600_000)
        assert self.committed_won() == 600_000

    def test_it_is_not_cut_below_what_is_promised(self):
        self.give(300_000)
        make_voucher()
        with as_owner(self.database) as owner, pytest.raises(psycopg.errors.CheckViolation):
            owner.execute("UPDATE visas_voucherbudget SET amount_won = 299999")

    def test_twenty_at_once_do_not_spend_the_same_money(self):
        self.give(5 * 300_000)
        clients = [make_client(f"{CITY}-office") for _ in range(20)]
        answers = run_together(*(lambda client=client: make_voucher(client=client) for client in clients))
        refusals = [answer for answer in answers if isinstance(answer, IntegrityError)]
        assert [rule(refusal) for refusal in refusals] == ["voucher_budget_not_exceeded"] * 15
        assert self.committed_won() == 5 * 300_000
        assert VoucherBudget.objects.get().amount_won == 5 * 300_000

    def test_a_person_who_applies_in_two_cities_at_once_gets_one(self):
        clients = [make_client("52140-office")]
        clients += [make_client("52190-office", person=clients[0].person_id)]
        one, other = run_together(
            lambda: make_voucher("52140", client=clients[0]), lambda: make_voucher("52190", client=clients[1])
        )
        assert {type(one), type(other)} == {Voucher, IntegrityError}
