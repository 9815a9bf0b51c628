"""Prepared statements: what is filled in is what the queryset of the very viewer and values would have asked."""

import sys
from datetime import date, datetime, timedelta
from inspect import Parameter, signature
from itertools import product
from typing import get_args, get_origin, get_type_hints

import pytest
from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

import config.urls  # noqa: F401  (with the pages come the statements)
from accounts.models import User
from cases.models import Client, ClientName, Session
from cases.timeline import NEWEST, RANK
from centers.models import Role
from centers.prepared import Counted, Prepared, attach, counted, prepared
from centers.services.membership import grant_role
from tests.make import everywhere, make_client, make_session, make_user, place

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
# Two people of each kind, where there are two places for them; the second is served by what the first has prepared.
PEOPLE = (
    (Role.COUNSELLOR, "52110-c1"),
    (Role.COUNSELLOR, "52130-c1"),
    (Role.MANAGER, "52110-c1"),
    (Role.MANAGER, "52130-c1"),
    (Role.CITY_OFFICER, "52140-office"),
    (Role.CITY_OFFICER, "52110-office"),
    (Role.SHELTER_OPERATOR, "52110-s1"),
    (Role.UNIVERSITY_COORDINATOR, "jbnu"),
    (Role.PROVINCE_STAFF, "52-office"),
    (Role.PRIVACY_OFFICER, "52-office"),
)
# Of each kind of value two, and what a shape depends on.
EXAMPLES = {
    int: (4, 5),
    str: ("", "abc"),
    date: (TODAY, date(2024, 2, 29)),
    datetime: (timezone.now(), timezone.now() - timedelta(days=9)),
    list[int]: ([7], [3, 1, 2]),
    list[str]: (["vi"], ["ko", "en"]),
}
SHAPES = {
    "rules": (((1, ("minutes", "caller")), (2, ())), ()),
    "most": (8,),
    "rank": (RANK["visa"], RANK["session"], NEWEST.rank),
    "own": (True, False),
}
# Statements that serve several tables: each with its own shapes.
STEADY = [("sessions", "-day"), ("clients", "-file"), ("clients", "expires")]
OF_TABLES = {
    "cases.history.former": [(Client, "pgh_obj"), (ClientName, "client"), (Session, "pgh_obj")],
    "cases.listings.session._staff": [("view_sessions",)],
    "centers.listing.shown._first_rows": STEADY,
}


def statements() -> dict[str, Prepared]:
    """Every prepared statement of the site, by its module and name."""
    own = tuple(f"{app.name}." for app in apps.get_app_configs() if "site-packages" not in app.path)
    return {
        f"{name}.{key}": found
        for name, module in sorted(sys.modules.items())
        if name.startswith(own)
        for key, found in vars(module).items()
        if isinstance(found, Prepared) and found.__module__ == name
    }


def calls(name: str, statement: Prepared):
    """Of each shape of a statement two calls with values of the kinds it takes, and one whose lists are empty."""
    kinds = get_type_hints(statement.build)
    taken = list(signature(statement.build).parameters.values())[1:]
    shaping = [one.name for one in taken if one.kind is not Parameter.KEYWORD_ONLY]
    named = {one.name: kinds[one.name] for one in taken if one.kind is Parameter.KEYWORD_ONLY}
    for shape in OF_TABLES.get(name) or product(*(SHAPES[one] for one in shaping)):
        for number in (0, 1):
            yield shape, {one: EXAMPLES[kind][number] for one, kind in named.items()}
        if any(get_origin(kind) is list for kind in named.values()):
            yield shape, {one: [] if get_args(kind) else EXAMPLES[kind][0] for one, kind in named.items()}


def asked(statement: Prepared, viewer: User, shape: tuple, values: dict) -> tuple[str, tuple] | None:
    rows = statement.queryset(viewer, *shape, **values)
    try:
        sql, params = rows.query.get_compiler("default", elide_empty=statement.elide_empty).as_sql()
    except EmptyResultSet:
        return None
    return sql, tuple(params)


def plainly(statement: Prepared, viewer: User, shape: tuple, values: dict) -> list | dict:
    """What Django reads for the queryset, with the values in the text."""
    if isinstance(statement, Counted):
        rows, numbers = statement.build(viewer, *shape, **values)
        return rows.aggregate(**numbers)
    return list(statement.queryset(viewer, *shape, **values))


@pytest.fixture
def people():
    found = [make_user(role, at) for role, at in PEOPLE]
    several = make_user(Role.COUNSELLOR, "52110-c1")
    grant_role(user=several, workspace=place("52130-c1"), role=Role.MANAGER, actor=None, official=True)
    return [*found, several, User.objects.create_user("nobody"), User.objects.create_user("left", is_active=False)]


def test_each_asks_what_the_queryset_asks(people):
    """One test for all, since the people are the dear part of it."""
    found = statements()
    assert len(found) > 40
    for (name, statement), language in product(found.items(), ("ko", "vi")):
        with translation.override(language):
            for viewer, (shape, values) in product(people, calls(name, statement)):
                filled = statement.statement(viewer, *shape, **values).filled(viewer, values)
                assert filled == asked(statement, viewer, shape, values), (name, viewer)


def test_each_is_understood_by_the_database(people):
    """The values are sent beside the text, and the database has to find by itself what they are."""
    with everywhere():
        for name, statement in statements().items():
            for viewer, (shape, values) in product((people[0], people[4], people[8]), calls(name, statement)):
                for _time in range(4):  # sent, planned, and the plan used again
                    found = statement(viewer, *shape, **values)
                assert found == plainly(statement, viewer, shape, values), (name, viewer)


def test_plans_are_kept_and_few_lengths_of_lists_need_one():
    viewer = make_user(Role.COUNSELLOR)
    with everywhere(), connection.cursor() as cursor:
        made = [make_client().pk for _ in range(7)]
        clients = prepared(lambda viewer, *, ids: Client.objects.visible_to(viewer).filter(pk__in=ids).order_by("pk"))
        for number in (5, 6, 7, 5, 6):
            assert [client.pk for client in clients(viewer, ids=made[:number])] == made[:number]
        cursor.execute(
            "SELECT count(*), sum(generic_plans + custom_plans) FROM pg_prepared_statements"
            " WHERE statement LIKE '%cases_client%' AND statement NOT LIKE '%cases_clientname%'"
        )
        assert cursor.fetchone() == (1, 3)


@prepared
def sessions(viewer: User, most: int = 9, *, since: date, languages: list[str]):
    rows = Session.objects.visible_to(viewer).filter(held_on__gte=since - timedelta(days=1), language__in=languages)
    return rows.select_related("workspace").annotate(together=Count("others")).order_by("pk")[:most]


@counted
def numbers(viewer: User, *, since: date):
    return Session.objects.visible_to(viewer), {
        "all": Count("pk"),
        "late": Count("pk", filter=Q(held_on__gte=since, counsellor=viewer)),
    }


class RowsTests:
    def test_are_those_of_the_queryset(self):
        viewer = make_user(Role.COUNSELLOR)
        with everywhere():
            made = [make_session(held_on=TODAY), make_session(held_on=TODAY - timedelta(days=1))]
            elsewhere = make_session("52130-c1", held_on=TODAY)
            make_session(held_on=TODAY - timedelta(days=9))
            asked_for = {"since": TODAY, "languages": [made[0].language_id]}
            found = sessions(viewer, **asked_for)
            assert found == list(sessions.queryset(viewer, **asked_for)) == made
            assert [row.together for row in found] == [0, 0]
            assert all(row._state.fields_cache["workspace"].code == "52110-c1" for row in found)
            assert sessions(viewer, 1, **asked_for) == made[:1]
            assert sessions(viewer, since=TODAY, languages=[]) == []
            assert sessions(make_user(Role.COUNSELLOR, "52130-c1"), **asked_for) == [elsewhere]

    def test_are_counted(self):
        viewer = make_user(Role.COUNSELLOR)
        with everywhere():
            make_session(held_on=TODAY, counsellor=viewer)
            make_session(held_on=TODAY)
            make_session("52130-c1", held_on=TODAY)
            rows, wanted = numbers.build(viewer, since=TODAY)
            assert numbers(viewer, since=TODAY) == rows.aggregate(**wanted) == {"all": 2, "late": 1}
            assert numbers(User.objects.create_user("nobody"), since=TODAY) == {"all": 0, "late": 0}

    def test_are_built_once(self):
        viewer = make_user(Role.COUNSELLOR)
        built = []

        @prepared
        def clients(viewer, *, ids):
            built.append(ids)
            return Client.objects.visible_to(viewer).filter(pk__in=ids)

        with everywhere():
            one, other = make_client(), make_client()
            assert clients(viewer, ids=[one.pk]) == [one]
            assert {*clients(viewer, ids=[one.pk, other.pk])} == {one, other}
            assert len(built) == 1

    def test_of_nobody_are_not_asked_for(self, django_assert_num_queries):
        nobody = User.objects.create_user("nobody")
        assert sessions(nobody, since=TODAY, languages=["ko"]) == []
        with django_assert_num_queries(0):
            assert sessions(nobody, since=TODAY, languages=["vi"]) == []


class KeptForEverTests:
    @pytest.mark.parametrize(
        "frozen", [{"held_on": TODAY}, {"held_on": date(2025, 1, 1)}, {"recorded_at__gt": timezone.now()}]
    )
    def test_a_day_of_now(self, frozen):
        made = prepared(lambda viewer: Session.objects.filter(**frozen))
        with pytest.raises(ValueError, match="hand it in"):
            made(make_user(Role.COUNSELLOR))

    @pytest.mark.parametrize(
        "made_of",
        [
            lambda day: day.replace(day=1),
            lambda day: day.year,
            lambda day: day.weekday(),
            str,
            lambda day: day > TODAY,
        ],
    )
    def test_what_is_made_of_a_day(self, made_of):
        made = prepared(lambda viewer, *, day: Session.objects.filter(held_on=made_of(day)))
        with pytest.raises(TypeError, match="hand in what is made of it"):
            made(make_user(Role.COUNSELLOR), day=TODAY)

    def test_what_is_made_of_a_number_or_a_text(self):
        number = prepared(lambda viewer, *, number: Session.objects.filter(pk=number + 1))
        text = prepared(lambda viewer, *, text: Session.objects.filter(note__contains=text))
        for made, value in ((number, {"number": 3}), (text, {"text": "x"})):
            with pytest.raises(ValueError, match="hand it in"):
                made(make_user(Role.COUNSELLOR), **value)

    def test_related_rows(self):
        made = prepared(lambda viewer: Client.objects.prefetch_related("names"))
        with pytest.raises(ValueError, match="statement of their own"):
            made(make_user(Role.COUNSELLOR))


def test_what_is_kept_with_a_row_is_asked_further():
    """Whoever narrows the rows that were read ahead asks the database for those of the row, and no others."""
    with everywhere():
        one, other = make_client(name="KIM"), make_client(name="LEE")
        names = list(ClientName.objects.filter(client__in=[one, other]).order_by("pk"))
        attach([one, other], "names", names)
        with CaptureQueriesContext(connection) as queries:
            assert [name.text for name in one.names.all()] == ["KIM"]
        assert not queries
        assert [name.text for name in other.names.filter(kind=names[1].kind)] == ["LEE"]
        assert not one.names.filter(text="LEE").exists()


def test_two_days_stay_two():
    viewer = make_user(Role.COUNSELLOR)
    between = prepared(
        lambda viewer, *, first, last: Session.objects.visible_to(viewer).filter(held_on__gte=first, held_on__lte=last)
    )
    days = {"first": date(2025, 3, 1), "last": date(2025, 3, 31)}
    with everywhere():
        _sql, params = between.statement(viewer, **days).filled(viewer, days)
    assert params[-2:] == tuple(days.values())
