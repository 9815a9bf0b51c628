"""Where the clients of the demonstration work, and one decision that was taken against the advice."""

from datetime import date, timedelta

from django.utils import timezone

from cases.models import Client, Employer, Employment
from centers.models import Workspace, WorkspaceKind
from centers.scope import WHOLE_PROVINCE, acting_for, settle_constraints
from visas.models import CaseFact, CaseStep, FactKind, StepKind, VisaCase
from visas.models.case import LIVE
from visas.services.case import find_fact, take_step

# Made up, without a business registration number: none of these is anybody's.
WORKPLACES = (
    ("예시농장", "농업"), ("예시정밀", "금속 가공"), ("예시식품", "식품 제조"), ("예시수산", "수산 가공"),
)  # fmt: skip
STUDENTS = ("D-2", "D-4")
EACH = 12  # clients of a workspace
PAY = 26_400_000  # won a year; a little over what the programmes for skilled workers ask
LOOKED = "제출서류와 근로계약서 확인 (예시)"
WHY = "지역 기업의 확인서를 따로 받아 심사위원회에서 추천하기로 함 (예시)"
LETTER = "전북-예시-{}"


def work_somewhere(center: Workspace) -> None:
    """Contracts of clients of a centre, and of those whose case an office keeps; some had another one before."""
    offices = Workspace.objects.filter(kind=WorkspaceKind.OFFICE).order_by("pk")
    today = timezone.localdate()
    with acting_for(WHOLE_PROVINCE, reason="demo"):
        for workspace in (center, *offices):
            if Employer.objects.filter(workspace=workspace).exists():
                continue
            employers = [
                Employer.objects.create(
                    workspace=workspace, name=name, industry=industry, municipality_id=workspace.municipality_id
                )
                for name, industry in WORKPLACES
            ]
            for place, client in enumerate(_workers(workspace)):
                _employ(client, employers, place, today)
        settle_constraints()


def _workers(workspace: Workspace) -> list[Client]:
    """Those who may work full time: a student is no worker of a farm."""
    clients = Client.objects.filter(workspace=workspace, merged_into=None).exclude(status__in=STUDENTS)
    with_case = clients.filter(visa_cases__in=VisaCase.objects.filter(LIVE)).distinct()
    return list((with_case if with_case.exists() else clients).order_by("-pk")[:EACH])


def _employ(client: Client, employers: list[Employer], place: int, today: date) -> None:
    began = today - timedelta(days=200 + 60 * place)
    told = {
        "workspace_id": client.workspace_id, "client": client, "person_id": client.person_id, "recorded_on": today,
    }  # fmt: skip
    if place % 3 == 0:
        before = employers[(place + 1) % len(employers)]
        Employment.objects.create(
            **told, employer=before, starts_on=began - timedelta(days=400), ended_on=began - timedelta(days=30)
        )
    Employment.objects.create(
        **told, employer=employers[place % len(employers)], starts_on=began, yearly_pay=PAY + 600_000 * (place % 4),
        contract_to=today + timedelta(days=365 + 90 * place), position="생산",
    )  # fmt: skip


def decide_against_the_advice() -> None:
    """One recommendation of a person whose Korean is below what the rule asks, with its reason."""
    today = timezone.localdate()
    with acting_for(WHOLE_PROVINCE, reason="demo"):
        if CaseStep.objects.exclude(against_advice="").exists():
            return
        cases = VisaCase.objects.filter(LIVE, programme="F-2-R", recommended_on=None, received_on__year=today.year)
        case = cases.exclude(steps__kind__in=(StepKind.CHECKED, StepKind.ASKED)).order_by("pk").first()
        if case is None or CaseFact.objects.filter(case=case).exists():
            return
        find_fact(
            actor=None,
            case=case,
            kind=FactKind.KOREAN,
            value=2,
            found_on=case.received_on,
            evidence="TOPIK 성적표 (예시)",
        )
        for kind, told in (
            (StepKind.CHECKED, {"note": LOOKED}),
            (StepKind.REVIEWED, {"note": LOOKED}),
            (StepKind.RECOMMENDED, {"document": LETTER.format(today.year), "against_advice": WHY}),
        ):
            take_step(actor=None, case=case, kind=kind, happened_on=today, **told)
