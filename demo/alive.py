"""Keeps the demonstration alive: records up to today, somebody in the shelter tonight, sessions of this morning."""

from dataclasses import replace
from datetime import date, timedelta

from django.db.models import F, Max
from django.utils import timezone

from cases.models import (
    Client,
    IdentityAnswer,
    IdentityQuestion,
    IdentityRequest,
    NameKind,
    Session,
    SessionTemplate,
    Stay,
)
from cases.services.client import Told, create_client
from cases.services.identity import answer, guarded, send
from cases.services.pairs import find_pairs
from centers.models import Workspace, WorkspaceKind
from centers.scope import WHOLE_PROVINCE, acting_for
from demo.daily_work import work_as_a_counsellor
from demo.installation import Refused, permitted_address
from demo.students import study_somewhere
from demo.synthetic.calendar import NoOpenCentre
from demo.synthetic.generate import Plan, generate
from demo.synthetic.stays import LONGEST
from demo.workplaces import decide_against_the_advice, work_somewhere
from kpi.services.summary import drain
from visas.models import StepKind, VisaCase
from visas.models.case import LIVE
from visas.services.case import take_step
from visas.services.obligation import follow_workspace

# A year of the demonstration, of which only the part up to today is made.
PEOPLE, SESSIONS = 1_700, 10_000
TODAY_AT = {"52110-c1": 6}  # where the counsellor and the manager sign in
MOVED_AMONG = 20  # clients; those who may not be hinted at are left out
PUBLISHED, WAITING = 2025, 6  # the year of the published figures, and how many of its cases wait for a place
ASKED_WHY = "이사 와서 다시 상담을 받는다고 함 (예시)"
FREQUENT = {
    "임금체불 첫 상담 (예시)": {
        "topic": ["labour.wages"],
        "channel": ["visit"],
        "note": ["체불 기간:\n체불 금액:\n사업주 연락 여부:\n안내한 절차:"],
    },
    "체류기간 연장 안내 (예시)": {"topic": ["stay.extension"], "minutes": ["20"], "outcome": ["informed"]},
}


def _ask_from_elsewhere(center: Workspace) -> None:
    """Two people known here have moved, and the centre where they opened a file asked: one is answered."""
    known = Client.objects.filter(workspace=center, merged_into=None, birth_date__isnull=False).order_by("pk")
    known = [row for row in known[:MOVED_AMONG] if not guarded([row.person_id])]
    _waiting, answered = [_asked_about(row) for row in known[:2]]
    answer(answered, actor=None, said=IdentityAnswer.SAME)


def _asked_about(known: Client) -> IdentityRequest:
    """What the centre of a client is asked about them, an hour after somebody else opened a file for them."""
    others = Workspace.objects.filter(kind=WorkspaceKind.CENTER, counts_from__isnull=False)
    other = others.exclude(pk=known.workspace_id).order_by("code").first()
    names = {kind: [row.text for row in known.names.filter(kind=kind)] for kind in NameKind.values}
    told = Told({field: getattr(known, field) for field in ("birth_date", "nationality", "sex")}, names)
    client, now = create_client(workspace=other, told=told), timezone.now()
    question = IdentityQuestion.objects.create(
        workspace=other, client=client, reason=ASKED_WHY, found=True, worked_out_at=now
    )
    IdentityQuestion.objects.filter(pk=question.pk).update(asked_at=now - timedelta(hours=1))
    send(question, actor=None)
    return IdentityRequest.objects.get(question_id=question.pk, workspace=known.workspace)


def first_missing_day() -> date | None:
    """The day after the last record of the running year, none where that is today."""
    today = timezone.localdate()
    with acting_for(WHOLE_PROVINCE, reason="demo"):
        newest = Session.objects.filter(held_on__year=today.year).aggregate(newest=Max("held_on"))["newest"]
    first = newest + timedelta(days=1) if newest else date(today.year, 1, 1)
    return first if first <= today else None


def catch_up(first: date) -> bool:
    """Make what has happened from that day up to today; earlier years stay as they are.

    False where somebody has typed people of their own: nothing is made beside them.
    """
    today = timezone.localdate()
    try:
        address = permitted_address()
    except Refused:
        return False
    _end_stays(today)
    days = (today - first).days + 1
    plan = Plan(PEOPLE * days // 365, SESSIONS * days // 365, first, seed=first.toordinal(), today_at=TODAY_AT)
    try:
        generate(plan, address)
    except NoOpenCentre:  # nothing but holidays
        generate(replace(plan, sessions=sum(TODAY_AT.values())), address)
    with acting_for(WHOLE_PROVINCE, reason="demo"):
        drain(wait=True)
    for workspace in Workspace.objects.filter(kind__in=(WorkspaceKind.OFFICE, WorkspaceKind.UNIVERSITY)):
        follow_workspace(workspace.pk)
    _wait_for_places()
    for code in TODAY_AT:
        _as_at_work(Workspace.objects.get(code=code))
        work_somewhere(Workspace.objects.get(code=code))
        work_as_a_counsellor(Workspace.objects.get(code=code))
    decide_against_the_advice()
    study_somewhere()
    return True


def _wait_for_places() -> None:
    """Some cases of the year that is full, checked and reviewed, for the waiting list of its quota."""
    with acting_for(WHOLE_PROVINCE, reason="demo"):
        received = VisaCase.objects.filter(
            LIVE, programme__in=("E-7-4", "E-7-4R"), received_on__year=PUBLISHED, recommended_on=None
        )
        for case in received.exclude(steps__kind=StepKind.REVIEWED).order_by("pk")[:WAITING]:
            for kind in (StepKind.CHECKED, StepKind.REVIEWED):
                take_step(actor=None, case=case, kind=kind, happened_on=case.received_on + timedelta(days=7),
                          note="제출서류 확인 (예시)")  # fmt: skip


def _as_at_work(center: Workspace) -> None:
    """What those who sign in find beside the records: likely pairs, what another centre asks, and frequent cases."""
    find_pairs(center.pk)
    with acting_for(WHOLE_PROVINCE, reason="demo"):
        if not IdentityRequest.objects.filter(workspace=center).exists():
            _ask_from_elsewhere(center)
    with acting_for([center.pk]):
        for name, fields in FREQUENT.items():
            SessionTemplate.objects.get_or_create(workspace=center, owner=None, name=name, defaults={"fields": fields})


def _end_stays(today: date) -> None:
    """Whoever has been in a shelter for longer than anybody may stay has left by now."""
    longest = timedelta(days=LONGEST)
    with acting_for(WHOLE_PROVINCE, reason="demo"):
        overdue = Stay.objects.filter(checked_out_on=None, voided_at=None, checked_in_on__lt=today - longest)
        overdue.update(checked_out_on=F("checked_in_on") + longest)
