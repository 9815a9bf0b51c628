"""The ledger of the quotas: a journal that balances, corrected by reversal, with shares that hold."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from centers.models import Role
from tests.make import everywhere, make_entry, make_user, make_visa_case, place
from tests.support import forbidden, refused_by, run
from tests.visas.test_case_step import START, make_case, step, walk
from visas.models import EntryKind, QuotaEntry, QuotaLine, QuotaPool, QuotaShare, VisaCase, VisaProgramme
from visas.quotas import capacities, changes_of, filled_on, in_the_way, ledger_of
from visas.services import quota
from visas.services.quota import Move, write_entry

pytestmark = pytest.mark.django_db
E74, D2, F2R = "e74-2025", "d2-2025-2026", "f2r-2025-2026"
DAY = date(2025, 12, 5)


def pool(code: str = E74) -> QuotaPool:
    return QuotaPool.objects.get(pk=code)


def recommend(programme: str = "E-7-4", at: str = "52140-office", day: date = DAY, **fields) -> VisaCase:
    return make_visa_case(programme, at, received_on=day, recommended_on=day, **fields)


@pytest.fixture
def staff():
    return make_user(Role.PROVINCE_STAFF, "52-office")


class JournalTests:
    @pytest.mark.parametrize(
        ("kind", "moves", "name"),
        [
            ("grant", [Move(E74, 5)], "quota_entry_balances"),
            ("grant", [], "quota_entry_balances"),
            ("grant", [Move(E74, 5), Move(None, -4)], "quota_entry_balances"),
            ("grant", [Move(E74, -5), Move(None, 5)], "quota_entry_fits_its_kind"),
            ("return", [Move(E74, 5), Move(None, -5)], "quota_entry_fits_its_kind"),
            ("reallocation", [Move(E74, 5), Move(None, -5)], "quota_entry_fits_its_kind"),
            ("supplement", [Move(E74, 5), Move(D2, -5)], "quota_entry_fits_its_kind"),
        ],
    )
    def test_an_entry_that_does_not_balance_or_fit_is_refused(self, kind, moves, name):
        with refused_by(name):
            write_entry({"kind": kind, "effective_on": DAY}, moves)

    def test_a_line_of_nothing_is_refused(self):
        with refused_by("quota_line_moves_something"):
            write_entry({"kind": "grant", "effective_on": DAY}, [Move(E74, 0), Move(None, 0)])

    def test_no_line_joins_an_entry_of_before(self):
        entry = QuotaEntry.objects.filter(lines__pool=E74).first()
        with refused_by("quota_entry_is_complete"):
            QuotaLine.objects.bulk_create(
                [QuotaLine(entry=entry, pool_id=E74, amount=5), QuotaLine(entry=entry, amount=-5)]
            )

    def test_a_reallocation_moves_places_and_changes_no_sum(self, staff):
        before = capacities(DAY)
        share = QuotaShare.objects.create(pool=pool(E74), municipality_id="52140")
        entry = quota.reallocate(
            pool=pool(E74), giver=None, taker=share.pk, amount=30, effective_on=DAY, document="외국인-100", actor=staff
        )
        share.refresh_from_db()
        assert (capacities(DAY), share.capacity, pool(E74).allocated) == (before, 30, 30)
        assert sum(line.amount for line in entry.lines.all()) == 0

    def test_between_quotas_it_is_the_ministry_that_moves_places(self):
        with refused_by("quota_reallocation_within_one"):
            write_entry({"kind": "reallocation", "effective_on": DAY}, [Move(E74, -5), Move(F2R, 5)])
        for kind, code, amount in (("return", E74, -5), ("supplement", F2R, 5)):
            write_entry({"kind": kind, "effective_on": DAY}, [Move(code, amount), Move(None, -amount)])
        assert (pool(E74).capacity, pool(F2R).capacity) == (475, 5)

    def test_nothing_is_reallocated_in_a_quota_that_was_closed_or_has_ended(self, staff):
        share = QuotaShare.objects.create(pool=pool(E74), municipality_id="52140")
        moves = [Move(E74, -5), Move(E74, 5, share.pk)]
        with refused_by("quota_reallocation_after_its_end"):
            write_entry({"kind": "reallocation", "effective_on": date(2026, 1, 1)}, moves)
        quota.close(pool=pool(E74), closed=True, reason="통보", actor=staff)
        with refused_by("quota_reallocation_while_closed"):
            write_entry({"kind": "reallocation", "effective_on": date(2025, 12, 31)}, moves)
        quota.close(pool=pool(E74), closed=False, reason="통보", actor=staff)
        write_entry({"kind": "reallocation", "effective_on": date(2025, 12, 31)}, moves)

    def test_no_place_is_granted_from_a_day_after_the_end_and_what_is_left_goes_back(self, staff):
        told = {"pool": pool(E74), "amount": 5, "document": "가", "actor": staff}
        last = date(2025, 12, 31)
        for kind in (EntryKind.GRANT, EntryKind.SUPPLEMENT):
            with pytest.raises(ValidationError) as caught:
                quota.enter(kind=kind, effective_on=last + timedelta(days=1), **told)
            assert caught.value.code == "quota_grant_after_its_end"
            quota.enter(kind=kind, effective_on=last, **told)
        quota.enter(kind=EntryKind.RETURN, effective_on=last + timedelta(days=1), **told)

    def test_a_first_grant_below_what_is_taken_says_what_it_has_to_be(self, staff):
        recommend("F-2-R", "52180-office"), recommend("F-2-R", "52190-office")
        told = {"kind": EntryKind.GRANT, "pool": pool(F2R), "effective_on": DAY, "document": "가", "actor": staff}
        with pytest.raises(ValidationError) as caught:
            quota.enter(amount=1, **told)
        said = caught.value.messages[0].removeprefix(str(pool(F2R)))
        assert "0" not in said and said.count("2") == 2
        quota.enter(amount=2, **told)

    def test_the_size_is_the_sum_of_what_was_granted(self):
        assert changes_of(pool()) == [(date(2025, 1, 1), 160), (date(2025, 7, 1), 273), (date(2025, 12, 1), 47)]
        assert [capacities(day)[E74] for day in (date(2025, 6, 30), date(2025, 7, 1), date(2025, 12, 31))] == [
            160, 433, 480,
        ]  # fmt: skip
        assert [row.entry.kind for row in ledger_of(pool())] == ["grant", "supplement", "supplement"]
        assert [row.balance for row in ledger_of(pool())] == [160, 433, 480]

    def test_an_entry_names_its_document(self, staff):
        with pytest.raises(ValidationError, match=r"document|문서"):
            quota.enter(kind=EntryKind.GRANT, pool=pool(), amount=1, effective_on=DAY, document=" ", actor=staff)

    def test_before_its_first_grant_takes_effect_the_number_is_not_known(self, staff):
        quota.enter(kind=EntryKind.GRANT, pool=pool(F2R), amount=3, effective_on=DAY, document="가", actor=staff)
        assert F2R not in capacities(DAY - timedelta(days=1))
        assert capacities(DAY)[F2R] == 3

    def test_a_number_that_is_not_known_is_not_zero(self):
        (_pool, figures), *_others = filled_on(VisaCase.objects.none(), DAY, [pool(F2R)])
        assert (figures.capacity, figures.remaining, figures.percent("taken")) == (None, None, None)


class ReversalTests:
    def test_it_takes_an_entry_back_line_by_line(self, staff):
        made = quota.enter(
            kind=EntryKind.SUPPLEMENT, pool=pool(), amount=20, effective_on=DAY, document="가-1", actor=staff
        )
        assert pool().capacity == 500
        quota.reverse(entry_id=made.pk, reason="다른 도의 배정", effective_on=DAY, actor=staff)
        assert pool().capacity == 480
        assert QuotaEntry.objects.filter(pk=made.pk).exists()

    def test_it_is_done_once(self, staff):
        made = quota.enter(
            kind=EntryKind.SUPPLEMENT, pool=pool(), amount=20, effective_on=DAY, document="가-1", actor=staff
        )
        undone = quota.reverse(entry_id=made.pk, reason="착오", effective_on=DAY, actor=staff)
        for entry in (made, undone):
            with pytest.raises(ValidationError):
                quota.reverse(entry_id=entry.pk, reason="착오", effective_on=DAY, actor=staff)

    def test_it_needs_a_reason_and_takes_back_all(self, staff):
        made = make_entry(E74, 5, on=DAY)
        with pytest.raises(ValidationError):
            quota.reverse(entry_id=made.pk, reason=" ", effective_on=DAY, actor=staff)
        with refused_by("quota_entry_reverses_all"):
            write_entry({"kind": "reversal", "effective_on": DAY, "reverses": made}, [Move(E74, -4), Move(None, 4)])

    def test_what_is_taken_is_not_taken_back(self, staff):
        made = quota.enter(
            kind=EntryKind.GRANT, pool=pool(F2R), amount=1, effective_on=DAY, document="가-1", actor=staff
        )
        recommend("F-2-R", "52180-office")
        with pytest.raises(ValidationError, match=r"1 .*1 |1개|1명|1곳|1"):
            quota.reverse(entry_id=made.pk, reason="착오", effective_on=DAY, actor=staff)
        assert pool(F2R).capacity == 1


class ReductionTests:
    def test_it_is_refused_with_what_holds_the_places(self, staff):
        first, second = recommend("F-2-R", "52180-office", DAY - timedelta(days=1)), None
        with everywhere():
            second = recommend("F-2-R", "52190-office")
        quota.enter(kind=EntryKind.GRANT, pool=pool(F2R), amount=3, effective_on=DAY, document="가", actor=staff)
        with pytest.raises(ValidationError) as caught:
            quota.enter(kind=EntryKind.RETURN, pool=pool(F2R), amount=2, effective_on=DAY, document="나", actor=staff)
        said = caught.value.messages[0]
        assert "3" in said and "2" in said and "1" in said
        with everywhere():
            assert in_the_way(VisaCase.objects.all(), pool(F2R), None, 2) == [second]
            assert in_the_way(VisaCase.objects.all(), pool(F2R), None, 3) == [second, first]
            assert in_the_way(VisaCase.objects.all(), pool(F2R), None, 1) == []
        assert pool(F2R).capacity == 3

    def test_it_is_not_entered_for_a_day_to_come(self, staff):
        """Until then the places could be taken, and the ledger would hold fewer than that."""
        tomorrow = timezone.localdate() + timedelta(days=1)
        told = {"pool": pool(F2R), "document": "나", "actor": staff}
        grant = quota.enter(kind=EntryKind.GRANT, amount=3, effective_on=tomorrow, **told)
        with pytest.raises(ValidationError):
            quota.enter(kind=EntryKind.RETURN, amount=1, effective_on=tomorrow, **told)
        quota.reverse(entry_id=grant.pk, reason="착오", effective_on=tomorrow, actor=staff)

    def test_of_a_share_those_of_the_share_are_in_the_way(self, staff):
        quota.enter(kind=EntryKind.GRANT, pool=pool(F2R), amount=3, effective_on=DAY, document="가", actor=staff)
        own = {"municipality_id": "52180", "effective_on": DAY, "document": "나", "actor": staff}
        share = quota.open_share(pool=pool(F2R), amount=1, **own)
        inside = recommend("F-2-R", "52180-office", municipality_id="52180")
        with everywhere():
            outside = recommend("F-2-R", "52190-office")
            share.refresh_from_db()
            assert in_the_way(VisaCase.objects.all(), pool(F2R), share, 1) == [inside]
            assert in_the_way(VisaCase.objects.all(), pool(F2R), None, 2) == [outside]


class PastDayTests:
    """What is entered today with an earlier day leaves no day on which more was taken than there was."""

    def test_no_part_of_a_quota_has_held_fewer_than_no_places_on_a_past_day(self, staff):
        given, told = pool(F2R), {"document": "가", "actor": staff}
        make_entry(F2R, 160, on=date(2025, 2, 1))
        with everywhere():
            one, other = (
                quota.open_share(pool=given, amount=50, effective_on=date(2025, 3, 1), municipality_id=code, **told).pk
                for code in ("52210", "52180")
            )
        early = {"pool": given, "giver": one, "taker": other, "amount": 20, **told}
        with everywhere(), pytest.raises(ValidationError) as caught:
            quota.reallocate(effective_on=date(2025, 2, 15), **early)
        assert caught.value.code == "part_was_there"
        with everywhere(), pytest.raises(ValidationError) as caught:
            quota.open_share(pool=given, amount=9, effective_on=date(2025, 1, 15), municipality_id="52190", **told)
        assert caught.value.code == "part_was_there"
        with everywhere():
            quota.reallocate(effective_on=date(2025, 3, 1), **early)

    def test_places_do_not_go_back_from_a_day_on_which_they_were_taken(self, staff):
        full, after = date(2025, 12, 3), date(2025, 12, 20)
        make_entry("e74-2025", -477, on=date(2025, 12, 2), kind=EntryKind.RETURN)
        cases = [recommend(day=full) for _ in range(3)]
        with everywhere():
            VisaCase.objects.filter(pk=cases[0].pk).update(withdrawn_on=after)
        told = {"kind": EntryKind.RETURN, "pool": pool(), "amount": 1, "document": "가", "actor": staff}
        for day in (full, after - timedelta(days=1)):
            with everywhere(), pytest.raises(ValidationError) as caught:
                quota.enter(effective_on=day, **told)
            assert caught.value.code == "places_were_there"
        with everywhere():
            quota.enter(effective_on=after, **told)

    def test_nobody_is_recommended_on_a_day_on_which_every_place_was_taken(self):
        make_entry(F2R, 1, on=START, kind=EntryKind.GRANT)
        first, second = (make_case("F-2-R", "52180-office") for _ in range(2))
        for case in (first, second):
            walk(case, "reviewed")
        step(first, "recommended", 5)
        step(first, "withdrawn", 20, note="본인 요청")
        for day in (5, 19):
            with refused_by("place_was_there"):
                step(second, "recommended", day)
        step(second, "recommended", 20)

    def test_the_same_document_does_not_give_its_places_twice(self, staff):
        told = {"kind": EntryKind.SUPPLEMENT, "pool": pool(), "effective_on": DAY, "actor": staff}
        quota.enter(amount=5, document="가-1", **told)
        with pytest.raises(ValidationError) as caught:
            quota.enter(amount=5, document="가-1", **told)
        assert set(caught.value.message_dict) == {"document"}
        quota.enter(amount=6, document="가-1", **told)
        made = quota.enter(amount=5, document="가-2", **told)
        quota.reverse(entry_id=made.pk, reason="착오", effective_on=DAY, actor=staff)
        quota.enter(amount=5, document="가-2", **told)

    def test_a_quota_closed_today_was_open_before(self, staff, capsys):
        quota.close(pool=pool(), closed=True, reason="통보", actor=staff)
        call_command("quota", "--as-of", "2025-12-31")
        assert "직접 마감" not in capsys.readouterr().out
        call_command("quota")
        assert "직접 마감" in capsys.readouterr().out


class ProvisionalTests:
    def test_no_more_are_settled_than_are_provisional(self, staff):
        quota.enter(
            kind=EntryKind.GRANT, pool=pool(F2R), amount=2, effective_on=DAY, document="가", actor=staff,
            provisional=True,
        )  # fmt: skip
        with pytest.raises(ValidationError) as caught:
            quota.confirm(pool=pool(F2R), amount=3, effective_on=DAY, document="나", actor=staff)
        assert set(caught.value.message_dict) == {"amount"} and pool(F2R).capacity == 2

    def test_provisional_places_are_taken_and_shown_apart(self, staff):
        quota.enter(
            kind=EntryKind.GRANT, pool=pool(F2R), amount=2, effective_on=DAY, document="가", actor=staff,
            provisional=True,
        )  # fmt: skip
        recommend("F-2-R", "52180-office")
        with everywhere():
            ((_pool, figures),) = filled_on(VisaCase.objects.all(), DAY, [pool(F2R)])
        assert (figures.capacity, figures.provisional, figures.taken) == (2, 2, 1)
        quota.confirm(pool=pool(F2R), amount=1, effective_on=DAY, document="나", actor=staff)
        with everywhere():
            ((_pool, figures),) = filled_on(VisaCase.objects.all(), DAY, [pool(F2R)])
        assert (figures.capacity, figures.provisional) == (1, 0)

    def test_fewer_than_are_taken_are_not_confirmed(self, staff):
        quota.enter(
            kind=EntryKind.GRANT, pool=pool(F2R), amount=2, effective_on=DAY, document="가", actor=staff,
            provisional=True,
        )  # fmt: skip
        recommend("F-2-R", "52180-office"), recommend("F-2-R", "52190-office")
        with pytest.raises(ValidationError):
            quota.confirm(pool=pool(F2R), amount=1, effective_on=DAY, document="나", actor=staff)
        assert pool(F2R).capacity == 2

    def test_they_are_settled_once(self, staff):
        made = quota.enter(
            kind=EntryKind.GRANT, pool=pool(F2R), amount=2, effective_on=DAY, document="가", actor=staff,
            provisional=True,
        )  # fmt: skip
        quota.confirm(pool=pool(F2R), amount=2, effective_on=DAY, document="나", actor=staff)
        with pytest.raises(ValidationError):
            quota.reverse(entry_id=made.pk, reason="착오", effective_on=DAY, actor=staff)
        with refused_by("quota_provisional_settled_once"):
            write_entry({"kind": "confirmation", "effective_on": DAY}, [Move(F2R, -1, provisional=True), Move(F2R, 1)])

    def test_nothing_provisional_is_not_confirmed(self, staff):
        with pytest.raises(ValidationError):
            quota.confirm(pool=pool(), amount=1, effective_on=DAY, document="나", actor=staff)


class ShareTests:
    @pytest.fixture(autouse=True)
    def quota_of_three(self, staff):
        self.staff = staff
        quota.enter(kind=EntryKind.GRANT, pool=pool(F2R), amount=3, effective_on=DAY, document="가", actor=staff)

    def share(self, amount: int, **of) -> QuotaShare:
        return quota.open_share(
            pool=pool(F2R), amount=amount, effective_on=DAY, document="배분-1", actor=self.staff, **of
        )

    def claim(self, municipality: str, day: date = DAY) -> VisaCase:
        return recommend("F-2-R", "52180-office", day, municipality_id=municipality)

    def test_a_share_holds_its_own_number_and_the_rest_the_rest(self):
        share = self.share(1, municipality_id="52180")
        self.claim("52180")
        with refused_by("quota_share_not_exceeded"):
            self.claim("52180")
        self.claim("52190"), self.claim("52190")
        with refused_by("quota_not_exceeded"):
            self.claim("52190")
        share.refresh_from_db()
        assert (share.capacity, share.taken, pool(F2R).allocated, pool(F2R).taken_in_shares) == (1, 1, 1, 1)

    def test_a_free_place_of_a_share_is_not_taken_from_outside(self):
        self.share(2, municipality_id="52180")
        self.claim("52190")
        with refused_by("quota_rest_not_exceeded"):
            self.claim("52190")

    def test_shares_are_not_more_than_the_quota(self):
        with pytest.raises(ValidationError):
            self.share(4, municipality_id="52180")
        assert not QuotaShare.objects.exists()

    def test_a_share_begins_with_the_cases_that_are_there(self):
        self.claim("52180"), self.claim("52180")
        with pytest.raises(ValidationError):
            self.share(1, municipality_id="52180")
        assert self.share(2, municipality_id="52180") and QuotaShare.objects.get().taken == 2

    def test_a_case_that_moves_takes_its_place_along(self):
        share = self.share(1, municipality_id="52180")
        case = self.claim("52190")
        with everywhere():
            VisaCase.objects.update(municipality_id="52180")
        share.refresh_from_db()
        assert (share.taken, pool(F2R).taken, pool(F2R).taken_in_shares) == (1, 1, 1)
        with everywhere():
            VisaCase.objects.filter(pk=case.pk).update(withdrawn_on=DAY)
        share.refresh_from_db()
        assert (share.taken, pool(F2R).taken, pool(F2R).taken_in_shares) == (0, 0, 0)

    def test_the_closest_share_holds_the_case(self):
        wide = self.share(1, municipality_id="52180")
        close = self.share(
            1, municipality_id="52180", semester="2025-2학기", starts_on=date(2025, 9, 1), ends_on=date(2026, 2, 28)
        )
        self.claim("52180")
        wide.refresh_from_db(), close.refresh_from_db()
        assert (wide.taken, close.taken) == (0, 1)

    def test_places_move_between_shares(self):
        one, other = self.share(2, municipality_id="52180"), self.share(1, municipality_id="52190")
        quota.reallocate(
            pool=pool(F2R), giver=one.pk, taker=other.pk, amount=1, effective_on=DAY, document="나", actor=self.staff
        )
        one.refresh_from_db(), other.refresh_from_db()
        assert (one.capacity, other.capacity, pool(F2R).capacity, pool(F2R).allocated) == (1, 2, 3, 3)
        with pytest.raises(ValidationError):
            quota.reallocate(
                pool=pool(F2R), giver=one.pk, taker=None, amount=2, effective_on=DAY, document="다", actor=self.staff
            )

    def test_a_share_smaller_than_what_its_cases_hold_says_so(self):
        self.claim("52180"), self.claim("52180")
        with pytest.raises(ValidationError) as caught:
            self.share(1, municipality_id="52180")
        assert caught.value.code == "quota_share_not_exceeded" and "재배분" not in caught.value.messages[0]

    def test_a_share_of_another_quota_is_refused(self):
        share = self.share(1, municipality_id="52180")
        with refused_by("quota_line_share_of_its_pool"):
            write_entry({"kind": "reallocation", "effective_on": DAY}, [Move(E74, -1), Move(E74, 1, share=share.pk)])

    def test_a_share_is_of_something_and_of_it_once(self):
        with pytest.raises(ValidationError):
            self.share(1)
        self.share(1, municipality_id="52180")
        with pytest.raises(ValidationError):
            self.share(1, municipality_id="52180")

    def test_of_a_university_only(self):
        with pytest.raises(ValidationError):
            self.share(1, university=place("52180-office"))

    def test_nobody_counts_for_themselves(self):
        share = QuotaShare.objects.create(pool=pool(F2R), municipality_id="52180", capacity=99, taken=-99)
        share.refresh_from_db()
        assert (share.capacity, share.taken) == (None, 0)
        with forbidden():
            run("UPDATE visas_quotashare SET taken = 0")


class ClosedTests:
    def test_a_closed_quota_takes_no_claim_and_gives_back(self, staff):
        case = recommend()
        quota.close(pool=pool(), closed=True, reason="법무부 통보", actor=staff)
        with refused_by("quota_closed"):
            recommend()
        with everywhere():
            VisaCase.objects.filter(pk=case.pk).update(withdrawn_on=DAY)
        assert pool().closed_at and pool().taken == 0
        quota.close(pool=pool(), closed=False, reason="재개", actor=staff)
        recommend()

    def test_it_needs_a_reason_and_stays_on_record(self, staff):
        with pytest.raises(ValidationError):
            quota.close(pool=pool(), closed=True, reason=" ", actor=staff)
        quota.close(pool=pool(), closed=True, reason="법무부 통보", actor=staff)
        with refused_by("append_only"):
            run("DELETE FROM visas_quotaclosing")


class WhenTakenTests:
    """A programme says when a place is taken and what gives it back."""

    CASES = {
        "reception": {},
        "recommendation": {"recommended_on": DAY},
        "submission": {"recommended_on": DAY, "submitted_on": DAY},
        "permit": {"recommended_on": DAY, "submitted_on": DAY, "granted_on": DAY},
    }

    def programme(self, **rule_) -> None:
        VisaProgramme.objects.filter(pk="F-2-R").update(**rule_)

    @pytest.mark.parametrize("step", CASES)
    def test_a_place_is_taken_at_the_step_of_the_programme(self, step):
        self.programme(seat_taken_at=step)
        made = 0
        for dates in self.CASES.values():
            make_visa_case("F-2-R", "52180-office", received_on=DAY, **dates)
        made = list(self.CASES).index(step)
        assert pool(F2R).taken == len(self.CASES) - made
        with everywhere():
            ((_pool, figures),) = filled_on(VisaCase.objects.all(), DAY, [pool(F2R)])
        assert figures.taken == pool(F2R).taken

    def test_a_changed_rule_counts_anew(self):
        for dates in self.CASES.values():
            make_visa_case("F-2-R", "52180-office", received_on=DAY, **dates)
        assert pool(F2R).taken == 3
        self.programme(seat_taken_at="permit")
        assert pool(F2R).taken == 1
        self.programme(seat_taken_at="reception")
        assert pool(F2R).taken == 4

    def test_what_gives_back_is_the_programmes_rule(self):
        dates = self.CASES["permit"]
        case = make_visa_case("F-2-R", "52180-office", received_on=DAY, **dates)
        with everywhere():
            VisaCase.objects.filter(pk=case.pk).update(left_on=DAY)
        assert pool(F2R).taken == 1
        self.programme(seat_given_back_by=["refused", "withdrawn", "lapsed", "ineligible", "left"])
        assert pool(F2R).taken == 0
        self.programme(seat_given_back_by=["refused"])
        with everywhere():
            VisaCase.objects.filter(pk=case.pk).update(withdrawn_on=DAY)
        assert pool(F2R).taken == 1


class CommandTests:
    def test_it_prints_the_pools_as_they_stood(self, capsys):
        recommend()
        call_command("quota", "--as-of", "2025-12-31")
        told = capsys.readouterr().out
        assert "480" in told and "+273" in told and "670" in told
        assert "미입력" in told or "not entered" in told
        call_command("quota", "--as-of", "2025-06-30")
        assert "433" not in capsys.readouterr().out
