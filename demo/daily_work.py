"""What a counsellor of the demonstration has going: deadlines, a family that came, a course, files, things put off."""

from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from cases.listings.client import running_out
from cases.models import (
    Attachment,
    AttachmentKind,
    Channel,
    Client,
    Deadline,
    DeadlineKind,
    FamilyLink,
    Household,
    Language,
    Outcome,
    PutOff,
    Session,
    SessionClient,
    SessionTemplate,
    Topic,
)
from cases.services.attachment import attach
from cases.services.client import Told, create_client
from cases.services.deadline import start_deadline
from cases.services.reminder import put_off_follow_up, put_off_status
from cases.services.session import log_session
from centers.models import Membership, Role, Workspace
from centers.scope import acting_for, settle_constraints
from config.typeset import set_pdf
from demo.synthetic.strangers import COUNSELLOR

SAMPLE = Path(__file__).parent / "typst" / "sample.typ"
GROWN = timedelta(days=366 * 25)
# Days from today to the last day of a deadline: one is over, the others come up.
DEADLINES = {"alien_registration": -3, "address_change": 4, "passport_change": 9, "workplace_change": 23}
PUT_OFF = timedelta(days=6)
LATER = {"follow_up": "사업주 답변을 기다리는 중 (예시)", "status": "방문예약일에 맞춰 다시 확인하기로 함 (예시)"}
FAMILY = (
    ("spouse", "데모김민수", "male", 41),
    ("child", "데모김하늘", "female", 8),
)  # relation, name, sex, years
VISIT = "가족이 함께 방문하여 자녀 초등학교 입학과 건강보험 피부양자 등록을 안내함 (예시)."
COURSE = "신규 입국자 생활안내 집단교육: 쓰레기 분리배출, 은행 계좌, 병원 이용 (예시)."
COURSE_OF = 14  # clients
MARKED = COUNSELLOR.replace("%", "1")
PAPERS = {
    "employment": ("근로계약서_예시.pdf", "근로계약서", ("사업장: 예시농장", "계약기간: 3년", "업무: 생산")),
    "official": ("접수증_예시.pdf", "민원 접수증", ("민원명: 체류지 변경신고", "접수번호: 예시-0001")),
}
NOT_REAL = "시연용 예시 문서이며 실제 서류가 아닙니다."
OWN_TEMPLATE = "생활안내 전화 상담 (예시)"
OWN_FIELDS = {"topic": ["living"], "channel": ["phone"], "minutes": ["15"], "outcome": ["informed"]}


def work_as_a_counsellor(center: Workspace) -> None:
    """Give the counsellor who signs in at a centre what a working week leaves behind; what is there stays.

    Nothing is added to today, nor to another year: the figures of both are looked at elsewhere.
    """
    member = Membership.objects.filter(workspace=center, role=Role.COUNSELLOR, user__isnull=False).first()
    if member is None:
        return
    actor = member.user
    with acting_for([center.pk], actor=actor):
        today = timezone.localdate()
        own = Session.objects.filter(
            workspace=center, counsellor=actor, voided_at=None, held_on__year=today.year, held_on__lt=today
        ).order_by("-held_on", "-pk")
        _note_deadlines(actor, own, today)
        _be_visited(actor, center, own, today)
        _keep_papers(actor, own)
        _put_off(actor, own, today)
        SessionTemplate.objects.get_or_create(
            workspace=center, owner=actor, name=OWN_TEMPLATE, defaults={"fields": OWN_FIELDS}
        )
        settle_constraints()


def _note_deadlines(actor: User, own: QuerySet, today: date) -> None:
    """One of each kind, on the newest session about it; where the kind has no number of days the last day is told."""
    if Deadline.objects.filter(counsellor=actor).exists():
        return
    used = set()
    for kind in DeadlineKind.objects.filter(pk__in=DEADLINES):
        due_on = today + timedelta(days=DEADLINES[kind.pk])
        about = own.filter(client__isnull=False, held_on__lte=due_on).exclude(client__in=used)
        session = about.filter(topic__in=kind.topics).first() or about.first()
        if session:
            used.add(session.client_id)
            began = due_on - timedelta(days=kind.days) if kind.days else session.held_on
            start_deadline(actor=actor, session=session, kind=kind, starts_on=began, due_on=due_on)


def _be_visited(actor: User, center: Workspace, own: QuerySet, today: date) -> None:
    """A family that came together, and a course for many, both on the counsellor's last day of work."""
    last = own.first()
    if last is None or SessionClient.objects.filter(workspace=center).exists():
        return
    married = Client.objects.filter(
        pk__in=own.values("client"), status="F-6", birth_date__lt=today - GROWN, households=None, recorded_on__lt=today
    )
    principal = married.order_by("-pk").first()
    told = {"actor": actor, "workspace": center, "held_on": last.held_on}
    informed = Outcome.objects.get(pk="informed")
    if principal:
        log_session(
            **told, form_token=uuid4(), client=principal, others=_family(principal), minutes=50, note=VISIT,
            topic=Topic.objects.get(pk="education.children"), channel=Channel.objects.get(pk="visit"),
            language=principal.language or Language.objects.get(pk="ko"), outcome=informed, summary=VISIT,
        )  # fmt: skip
    course = log_session(
        **told, form_token=uuid4(), clients=COURSE_OF, minutes=90, note=COURSE,
        topic=Topic.objects.get(pk="education"), channel=Channel.objects.get(pk="outreach"),
        language=Language.objects.get(pk="ko"), outcome=informed,
    )  # fmt: skip
    # An anonymous session is known for a made-up one by its counsellor's name alone.
    Session.objects.filter(pk=course.pk).update(counsellor_name=MARKED)


def _family(principal: Client) -> list[Client]:
    """Husband and child of a client, with files of their own."""
    household = Household.objects.create(
        workspace_id=principal.workspace_id, principal=principal, principal_person_id=principal.person_id
    )
    members = []
    for relation, name, sex, years in FAMILY:
        born = date(timezone.localdate().year - years, 3, 2)
        told = Told(
            {"birth_date": born, "sex_id": sex, "nationality_id": "KR", "language_id": "ko"}, {"korean": [name]}
        )
        member = create_client(workspace=principal.workspace, told=told)
        FamilyLink.objects.create(
            workspace_id=principal.workspace_id, household=household, client=member, person_id=member.person_id,
            relation_id=relation, recorded_on=timezone.localdate(),
        )  # fmt: skip
        members.append(member)
    return members


def _keep_papers(actor: User, own: QuerySet) -> None:
    if Attachment.objects.filter(added_by=actor).exists():
        return
    sessions = own.filter(
        client__isnull=False, topic__in=("labour.wages", "labour.permit_reporting", "stay.extension")
    )
    for session, (kind, (name, title, lines)) in zip(sessions[: len(PAPERS)], PAPERS.items(), strict=False):
        content = set_pdf(SAMPLE, {"title": title, "lines": lines, "mark": NOT_REAL})
        attach(
            actor=actor, client=session.client, session=session, kind=AttachmentKind.objects.get(pk=kind),
            name=name, content=content,
        )  # fmt: skip


def _put_off(actor: User, own: QuerySet, today: date) -> None:
    """One follow-up and one status that runs out, each with its reason."""
    if PutOff.objects.filter(user=actor).exists():
        return
    until = today + PUT_OFF
    promised = own.filter(client__isnull=False).due_by(today).first()
    if promised:
        put_off_follow_up(actor=actor, session=promised, until=until, reason=LATER["follow_up"])
    soonest = running_out(Client.objects.filter(pk__in=own.values("client"), merged_into=None), today)
    client = soonest.order_by("status_expires_on", "pk").first()
    if client:
        put_off_status(actor=actor, client=client, until=until, reason=LATER["status"])
