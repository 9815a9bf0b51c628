"""A share of a semester is of who is to study then, on whatever day the place is taken."""

from datetime import date

import pytest
from django.db import IntegrityError

from centers.models import Role
from tests.make import everywhere, make_case_study, make_user, make_visa_case, place
from tests.support import as_owner, crowd, refused_by, rule
from visas.listings import VisaCaseFilterForm
from visas.models import CaseStudy, QuotaPool, QuotaShare, VisaCase
from visas.quotas import beyond_a_share, counted, in_the_way, with_share
from visas.services import quota

D2 = "d2-2025-2026"
DAY = date(2025, 2, 3)  # before either semester begins
SPRING = {"semester": "2025-1학기", "starts_on": date(2025, 3, 2), "ends_on": date(2025, 8, 31)}
AUTUMN = {"semester": "2025-2학기", "starts_on": date(2025, 9, 1), "ends_on": date(2026, 2, 28)}


def share(amount: int, **of) -> QuotaShare:
    staff = make_user(Role.PROVINCE_STAFF, "52-office")
    pool = QuotaPool.objects.get(pk=D2)
    return quota.open_share(pool=pool, amount=amount, effective_on=DAY, document="배분-1", actor=staff, **of)


def applicant(semester: str, at: str = "jbnu") -> VisaCase:
    case = make_visa_case("D-2", at, received_on=DAY)
    if semester:
        make_case_study(case, semester=semester)
    return case


def recommend(case: VisaCase, day: date = DAY) -> VisaCase:
    with everywhere():
        VisaCase.objects.filter(pk=case.pk).update(recommended_on=day)
    return case


def taken(*shares: QuotaShare) -> list[int]:
    return [QuotaShare.objects.get(pk=one.pk).taken for one in shares]


def recounted(*shares: QuotaShare) -> list[int]:
    """What the board and the lists say, which count the cases themselves."""
    with everywhere():
        by_share = counted(VisaCase.objects.all(), date(2025, 12, 31), "share")
    return [by_share[one.pk,].taken if (one.pk,) in by_share else 0 for one in shares]


@pytest.mark.django_db
class SemesterShareTests:
    def test_two_recommended_on_one_day_stand_in_the_semesters_of_their_studies(self):
        spring, autumn = share(1, **SPRING), share(1, **AUTUMN)
        recommend(applicant("2025-1")), recommend(applicant("2025-2"))
        assert taken(spring, autumn) == recounted(spring, autumn) == [1, 1]
        late = applicant("2025-2")
        with refused_by("quota_share_not_exceeded"):
            recommend(late)

    def test_a_day_of_the_other_semester_changes_nothing(self):
        spring, autumn = share(2, **SPRING), share(2, **AUTUMN)
        recommend(applicant("2025-2"), date(2025, 6, 2)), recommend(applicant("2025-1"), date(2025, 9, 2))
        assert taken(spring, autumn) == recounted(spring, autumn) == [1, 1]

    def test_of_a_university_and_a_semester_the_closest_holds_it(self):
        wide, close = share(2, **AUTUMN), share(1, university=place("jbnu"), **AUTUMN)
        recommend(applicant("2025-2")), recommend(applicant("2025-2", "wku"))
        assert taken(wide, close) == recounted(wide, close) == [1, 1]

    def test_what_is_not_said_yet_counts_by_the_day_and_what_is_said_takes_the_place_along(self):
        spring, autumn = share(1, **SPRING), share(1, **AUTUMN)
        case = recommend(applicant(""), date(2025, 6, 2))
        assert taken(spring, autumn) == recounted(spring, autumn) == [1, 0]
        make_case_study(case, semester="2025-2")
        assert taken(spring, autumn) == recounted(spring, autumn) == [0, 1]
        pool = QuotaPool.objects.get(pk=D2)
        assert (pool.taken, pool.taken_in_shares) == (1, 1)

    def test_what_is_said_anew_is_refused_where_no_place_is_left(self, client):
        spring, autumn = share(1, **SPRING), share(1, **AUTUMN)
        first, case = recommend(applicant("2025-2")), recommend(applicant("2025-1"))
        major = CaseStudy.objects.filter(case=case)
        client.force_login(make_user(Role.UNIVERSITY_COORDINATOR, "jbnu"))
        with everywhere():
            told = {"major": major.get().major_id, "semester": "2025-2"}
        answer = client.post(f"/visas/cases/{case.pk}/studies/", told)
        assert answer.status_code == 400
        assert answer.context["form"].errors.keys() == {"semester"}
        assert taken(spring, autumn) == recounted(spring, autumn) == [1, 1]
        with everywhere():
            VisaCase.objects.filter(pk=first.pk).update(withdrawn_on=DAY)
        assert client.post(f"/visas/cases/{case.pk}/studies/", told).status_code == 302
        assert taken(spring, autumn) == recounted(spring, autumn) == [0, 1]

    def test_every_reader_of_a_share_goes_by_it(self):
        spring, autumn = share(3, **SPRING), share(3, **AUTUMN)
        case = recommend(applicant("2025-2"), date(2025, 6, 2))
        pool = QuotaPool.objects.get(pk=D2)
        with everywhere():
            cases, viewer = VisaCase.objects.all(), make_user(Role.PROVINCE_STAFF, "52-office")
            assert [row.share for row in with_share(cases)] == [autumn.pk]
            form = VisaCaseFilterForm({"share": autumn.code}, viewer=viewer, only={"share"})
            assert list(form.narrowed(cases)) == [case]
            assert in_the_way(cases, pool, autumn, 3) == [case]
            assert in_the_way(cases, pool, spring, 3) == []
            assert beyond_a_share(cases, pool, AUTUMN | {"amount": 0}) == [case]
            assert beyond_a_share(cases, pool, SPRING | {"amount": 0}) == []


def recommend_or_say(asked: tuple[str, VisaCase]) -> str:
    """One of two that come at once: the recommendation of a case, or its studies of the second semester."""
    what, case = asked
    try:
        recommend(case, date(2025, 6, 2)) if what == "recommend" else make_case_study(case, semester="2025-2")
    except IntegrityError as error:
        return rule(error)
    return "done"


def agree(committed: str, rounds: int = 4) -> bool:
    """Whether, after recommendations and studies of the same cases at the same moment, the shares say what the cases
    do, and the smaller one no more than it has.
    """
    spring, autumn = share(40, **SPRING), share(7, **AUTUMN)
    with crowd(20) as at_once:
        for _ in range(rounds):
            cases = [applicant("") for _ in range(10)]
            at_once(recommend_or_say, [(what, case) for case in cases for what in ("recommend", "say")])
    return taken(spring, autumn) == recounted(spring, autumn) and taken(autumn) <= [7]


@pytest.mark.committed
class RaceTests:
    def test_recommendations_and_studies_at_once_agree(self, committed):
        assert agree(committed)

    def test_it_is_the_trigger_that_takes_the_place_along(self, committed):
        with as_owner(committed) as owner:
            owner.execute("DROP TRIGGER take_place ON visas_casestudy")
            spring, autumn = share(1, **SPRING), share(1, **AUTUMN)
            make_case_study(recommend(applicant(""), date(2025, 6, 2)), semester="2025-2")
            assert taken(spring, autumn) == [1, 0]
            owner.execute("SELECT wall.recount_places(%s)", [D2])
            owner.execute("UPDATE visas_visacase SET share_on = share_on")
            assert taken(spring, autumn) == [0, 1]
