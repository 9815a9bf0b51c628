"""Rows for the tests: each function makes what the test is about, through the models and behind the second wall."""

from datetime import date, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from accounts.models import User
from cases.models import (
    Activity,
    Attachment,
    AttachmentKind,
    Client,
    ClientName,
    Contact,
    Deadline,
    Draft,
    DuplicateCandidate,
    Employer,
    Employment,
    FamilyLink,
    Household,
    Identifier,
    IdentityQuestion,
    IdentityRequest,
    NameKind,
    Session,
    Stay,
    StayLeave,
)
from cases.models.identity import ANSWERED_AFTER
from cases.secrecy import digest, encrypt
from cases.services.attachment import attach
from cases.services.identity import told_of
from cases.services.session import join
from centers.models import Bed, Degree, Export, Major, Role, Standing, UniversityPeriod, Workspace
from centers.scope import WHOLE_PROVINCE, acting_for
from centers.selectors import scope_of
from centers.services.membership import grant_role
from kpi.models import Proposal
from kpi.services.proposal import propose
from tests.workbook.files import workbook
from visas.models import (
    CaseBatch,
    CaseStep,
    CaseStudy,
    CheckBatch,
    CheckResult,
    Closing,
    DemandSurvey,
    DependantQuestion,
    Enrolment,
    EntryKind,
    Finding,
    FindingState,
    KoreanResult,
    Obligation,
    ObligationCheck,
    ObligationRule,
    QuotaEntry,
    QuotaPool,
    RequiredPaper,
    StatusChange,
    StudyPermit,
    StudyPermitKind,
    StudyStatus,
    VisaCase,
    Voucher,
)
from visas.models.row import of_case
from visas.obligations import end_of
from visas.services.case_study import say_studies
from visas.services.demand import enter_demand
from visas.services.enrolment import change_status, enrol
from visas.services.obligation import close_finding, look_again
from visas.services.obligation import make_check as make_check_of
from visas.services.quota import Move, write_entry
from visas.services.quota_notice import open_quota
from visas.services.study import give_permit, keep_korean
from workbook.models import SemesterList
from workbook.semester.writing import bring_list

DAY = date(2025, 3, 3)
WHAT = "NOT SEEN AT THE ADDRESS"
_number = count(1)


def place(code: str = "52110-c1") -> Workspace:
    return Workspace.objects.get(code=code)


def everywhere():
    """The scope under which the test's rows are made."""
    return acting_for(WHOLE_PROVINCE, reason="test")


def make_user(
    role: Role | None = None, at: str = "52110-c1", *, name: str = "", official: bool = True, **fields
) -> User:
    number = next(_number)
    user = User.objects.create_user(username=f"user{number}", password="x", name=name or f"User {number}", **fields)
    if role:
        granter, _ = User.objects.get_or_create(username="granter")
        grant_role(user=user, workspace=place(at), role=role, actor=granter, official=official)
    return user


def make_person(digest: bytes | None = None) -> int:
    """An identity; the same digest gives the same one."""
    with everywhere(), connection.cursor() as cursor:
        cursor.execute("SELECT person_id FROM wall.persons_for(ARRAY[%s]::bytea[])", [digest])
        return cursor.fetchone()[0]


def make_client(at: str = "52110-c1", *, person: int | None = None, name: str = "", **fields) -> Client:
    with everywhere():
        workspace = place(at)
        client = Client.objects.create(workspace=workspace, person_id=person or make_person(), **fields)
        ClientName.objects.create(
            workspace=workspace, client=client, kind=NameKind.ROMAN, text=name or f"CLIENT {client.pk}"
        )
        return client


def name_client(client: Client, text: str, kind: NameKind = NameKind.NATIVE) -> None:
    """A further name of the client."""
    with everywhere():
        ClientName.objects.create(workspace_id=client.workspace_id, client=client, kind=kind, text=text)


def make_contact(client: Client, value: str) -> None:
    with everywhere():
        Contact.objects.create(workspace_id=client.workspace_id, client=client, value=value)


def make_number(client: Client, kind: str, number: str, **more) -> Identifier:
    """A number of the state on the file."""
    told = {"kind": kind, "ciphertext": encrypt(number), "digest": digest(kind, number)}
    with everywhere():
        return Identifier.objects.create(workspace_id=client.workspace_id, client=client, **(told | more))


def make_draft(user: User, **fields) -> Draft:
    """What a person has typed and not put on record."""
    with acting_for([place().pk], actor=user):
        return Draft.objects.create(user=user, workspace=place(), **({"token": uuid4()} | fields))


def make_session(at: str = "52110-c1", *, client: Client | None = None, held_on: date = DAY, **fields) -> Session:
    """A session at a centre, or at the client's; without a client it is anonymous."""
    values = {"programme_id": "one-centre", "language_id": "vi", "channel_id": "visit", "topic_id": "labour.wages"}
    with everywhere():
        return Session.objects.create(held_on=held_on, **_of(client, at), **(values | fields))


def make_activity(
    programme: str = "civil-groups", at: str = "52-office", *, held_on: date = DAY, title: str = "Class", **fields
) -> Activity:
    with everywhere():
        return Activity.objects.create(
            workspace=place(at), programme_id=programme, held_on=held_on, title=title, **fields
        )


def make_visa_case(
    programme: str = "E-7-4R",
    at: str = "52140-office",
    *,
    client: Client | None = None,
    received_on: date = DAY,
    **fields,
) -> VisaCase:
    with everywhere():
        client = client or make_client(at)
        return VisaCase.objects.create(programme_id=programme, received_on=received_on, **_of(client, at), **fields)


def make_move(case: VisaCase, municipality: str, *, on: date) -> None:
    """The person of a case moved within the province; put on record as history is, without the steps before it."""
    with everywhere():
        CaseStep.objects.create(
            **of_case(case), kind="relocated", happened_on=on, municipality_id=municipality, note="x"
        )


def make_paper_rule(programme: str = "E-7-4", text: str = "여권 사본", **fields) -> RequiredPaper:
    """A paper that a programme asks for."""
    told = {"valid_from": DAY, "source": "공고 1호"} | fields
    with everywhere():
        return RequiredPaper.objects.create(programme_id=programme, text_ko=text, **told)


def make_entry(pool: str = "e74-2025", amount: int = 1, *, on: date = DAY, **fields) -> QuotaEntry:
    """An entry of the ledger that gives a quota places, or takes some."""
    kind = EntryKind.SUPPLEMENT if amount > 0 else EntryKind.RETURN
    return write_entry({"kind": kind, "effective_on": on} | fields, [Move(pool, amount), Move(None, -amount)])


def make_pool(*programmes: str, actor: User | None = None, **told) -> QuotaPool:
    """A quota that the province opens for these programmes, here for the year of ``DAY``."""
    year = {"starts_on": DAY.replace(month=1, day=1), "ends_on": DAY.replace(month=12, day=31)}
    names = {"name_ko": " ".join(programmes), "name_en": "", "name_vi": "", "name_zh_hans": ""}
    actor = actor or make_user(Role.PROVINCE_STAFF, "52-office")
    with acting_for(WHOLE_PROVINCE, actor=actor, reason="test"):
        return open_quota(
            programmes=list(programmes), actor=actor, **(year | {"names": names, "document": "x"} | told)
        )


def make_voucher(
    municipality: str = "52140", *, client: Client | None = None, applied_on: date = DAY, **fields
) -> Voucher:
    with everywhere():
        client = client or make_client(f"{municipality}-office")
        values = {"status_changed_on": applied_on, "applied_on": applied_on}
        return Voucher.objects.create(municipality_id=municipality, **_of(client), **(values | fields))


def bed(room: str = "3", code: str = "1", at: str = "52110-s1") -> Bed:
    return Bed.objects.get(room__workspace__code=at, room__code=room, code=code)


def make_stay(
    *, client: Client | None = None, room: str = "3", bed_code: str = "1", checked_in_on: date = DAY, **fields
) -> Stay:
    with everywhere():
        client = client or make_client("52110-s1", sex_id="male")
        return Stay.objects.create(bed=bed(room, bed_code), checked_in_on=checked_in_on, **_of(client), **fields)


def make_leave(stay: Stay, left_on: date, back_on: date) -> StayLeave:
    with everywhere():
        return StayLeave.objects.create(workspace_id=stay.workspace_id, stay=stay, left_on=left_on, back_on=back_on)


def make_pair(one: Client, other: Client, **fields) -> DuplicateCandidate:
    """Two files of one workspace that may be of one person."""
    first, second = sorted((one, other), key=lambda client: client.pk)
    with everywhere():
        told = {"score": 90, "why": [["surname", "same"], ["born", "same"]]} | fields
        return DuplicateCandidate.objects.create(workspace=first.workspace, first=first, second=second, **told)


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def make_attachment(client: Client, name: str = "x.pdf", content: bytes = PDF, *, kind: str = "other") -> Attachment:
    with everywhere():
        kind = AttachmentKind.objects.get(pk=kind)
        return attach(actor=None, client=client, kind=kind, name=name, content=content)


def make_employer(at: str = "52110-c1", **fields) -> Employer:
    with everywhere():
        return Employer.objects.create(workspace=place(at), **({"name": f"WORKPLACE {next(_number)}"} | fields))


def make_employment(client: Client, *, employer: Employer | None = None, **fields) -> Employment:
    """A contract of the client that goes on, with a workplace of their own unless one is given."""
    employer = employer or make_employer(client.workspace.code)
    with everywhere():
        return Employment.objects.create(employer=employer, **_of(client), **({"starts_on": DAY} | fields))


def make_question(client: Client, *, asked_by: User | None = None, **fields) -> IdentityQuestion:
    """A counsellor's question whether another centre knows a client, asked so long ago that its answer shows."""
    with everywhere():
        told = {"reason": "x", "found": True, "worked_out_at": timezone.now()} | fields
        row = IdentityQuestion.objects.create(
            workspace=client.workspace, client=client, asked_by=asked_by or make_user(), **told
        )
        row.asked_at = timezone.now() - ANSWERED_AFTER
        row.save(update_fields=["asked_at"])
        return row


def make_request(client: Client, question: IdentityQuestion, **fields) -> IdentityRequest:
    """What the centre of ``client`` is asked by that of the question."""
    with everywhere():
        told = {"reason": "x", "score": 90, "told": told_of(question.client)} | fields
        return IdentityRequest.objects.create(
            workspace=client.workspace,
            client=client,
            from_workspace=question.workspace,
            question_id=question.pk,
            **told,
        )


def make_check(case: VisaCase | None = None, *, kind: str = "residence_area", **fields) -> ObligationCheck:
    """A check of a duty that a permit brought."""
    permit = {"recommended_on": DAY, "letter_number": f"{next(_number)}", "granted_on": DAY}
    case = case or make_visa_case("F-2-R", **permit)
    of_case = {"workspace": case.workspace, "case": case, "client_id": case.client_id, "person_id": case.person_id}
    rule = ObligationRule.objects.get(programme=case.programme_id, kind=kind, status=None)
    with acting_for([case.workspace_id]):
        duty = Obligation.objects.create(
            **of_case, rule=rule, starts_on=case.granted_on, ends_on=end_of(rule, case.granted_on)
        )
        return ObligationCheck.objects.create(
            **of_case, obligation=duty, **({"due_on": case.granted_on + timedelta(days=28)} | fields)
        )


def make_finding(check: ObligationCheck, *, found_by: User | None = None) -> Finding:
    """A check that has shown that a duty was not kept."""
    user = found_by or make_user(Role.CITY_OFFICER, check.workspace.code)
    with acting_for([check.workspace_id], actor=user):
        make_check_of(check, actor=user, result=CheckResult.NOT_KEPT, done_on=DAY, what=WHAT)
        return Finding.objects.select_related("check_made").get(check_made=check)


def make_closing(finding: Finding) -> Closing:
    """What was done about a finding that a second person has confirmed."""
    second = make_user(Role.CITY_OFFICER, finding.workspace.code)
    with acting_for([finding.workspace_id], actor=second):
        look_again(finding, actor=second, state=FindingState.CONFIRMED, reason="x")
        return close_finding(finding, actor=second, done="x", done_on=DAY)


def make_demand(municipality: str = "52140", *, wanted: int = 30, actor: User | None = None, **fields) -> DemandSurvey:
    told = {"industry": "농축산업", "year": DAY.year, "surveyed_on": DAY, "source": "x"} | fields
    return enter_demand(actor=actor, municipality_id=municipality, wanted=wanted, **told)


def make_major(at: str = "jbnu", name: str = "스마트팜학과", **fields) -> Major:
    """A major of a university; the same name gives the same one."""
    told = {"degree": Degree.BACHELOR, "offered_from": date(2025, 1, 1)} | fields
    row, _ = Major.objects.get_or_create(workspace=place(at), name=name, degree=told.pop("degree"), defaults=told)
    return row


def make_period(at: str = "jbnu", standing: str = Standing.ELIGIBLE, **fields) -> UniversityPeriod:
    told = {"starts_on": date(2025, 1, 1), "source": "x"} | fields
    return UniversityPeriod.objects.create(workspace=place(at), standing=standing, **told)


def make_student(at: str = "jbnu", *, client: Client | None = None, admitted_on: date = DAY, **fields) -> Enrolment:
    """A client of a university who was admitted on a day."""
    client = client or make_client(at)
    told = {"ref": f"S{next(_number)}", "semester": "2025-1"} | fields
    told.setdefault("major", make_major(at))
    with acting_for([client.workspace_id]):
        return enrol(actor=None, client=client, admitted_on=admitted_on, **told)


def make_case_study(case: VisaCase | None = None, **fields) -> CaseStudy:
    """What an applicant for the student visa is to study."""
    case = case or make_visa_case("D-2", "jbnu")
    told = {"semester": "2025-1"} | fields
    told.setdefault("major", make_major(case.workspace.code))
    with everywhere():
        return say_studies(actor=None, case=case, **told)


def make_change(
    student: Enrolment | None = None, kind: str = "leave", *, on: date = DAY + timedelta(days=30), **fields
) -> StatusChange:
    """A change of a student's status, which the university learned of on the same day."""
    student = student or make_student()
    status = StudyStatus.objects.get(pk=kind)
    with acting_for([student.workspace_id]):
        return change_status(student, actor=None, kind=status, happened_on=on, known_on=on, **fields)


def make_study_permit(student: Enrolment | None = None, kind: str = "work_30", **fields) -> StudyPermit:
    student = student or make_student()
    told = {"starts_on": DAY, "ends_on": DAY + timedelta(days=180), "place": "TEST FARM", "hours": 10} | fields
    with acting_for([student.workspace_id]):
        return give_permit(student, actor=None, kind=StudyPermitKind.objects.get(pk=kind), **told)


def make_korean(student: Enrolment | None = None, test: str = "kiip", level: int = 2, **fields) -> KoreanResult:
    student = student or make_student()
    with acting_for([student.workspace_id]):
        return keep_korean(student, actor=None, test=test, level=level, **{"held_on": DAY} | fields)


def make_semester(at: str = "jbnu", rows: list[dict] | None = None, actor: User | None = None) -> SemesterList:
    """A semester list that waits for its yes; of one new student, where no rows are given."""
    major = make_major(at)
    told = {"학번": f"{next(_number)}", "로마자이름": "LIST TEST", "전공": major.name, "학적": "재학"}
    told |= {"학위": major.get_degree_display(), "입학학기": "2025-1", "입학일": DAY}
    with TemporaryDirectory() as folder, acting_for([place(at).pk]):
        content = workbook(Path(folder, "list.xlsx"), 유학생=rows or [told]).read_bytes()
        row, plan = bring_list(actor=actor, workspace=place(at), name="list.xlsx", content=content)
    assert row, plan.problems
    return row


def make_proposal(**fields) -> Proposal:
    return propose(actor=None, happened_on=DAY, **({"title": "제안", "text": "x"} | fields))


def make_together(session: Session, *others: Client) -> Session:
    """Further clients of a session."""
    with everywhere():
        join(session, others)
        Session.objects.filter(pk=session.pk).update(clients=1 + len(others))
    return session


def make_deadline(session: Session | None = None, **fields) -> Deadline:
    with everywhere():
        session = session or make_session(client=make_client())
        told = {
            "kind_id": "address_change",
            "starts_on": DAY,
            "due_on": DAY,
            "counsellor": session.counsellor,
        } | fields
        return Deadline.objects.create(
            workspace=session.workspace, session=session, client=session.client, person_id=session.person_id, **told
        )


def make_dependant(
    principal: Client, *, client: Client | None = None, relation: str = "spouse", **fields
) -> FamilyLink:
    """Somebody who came with the principal; a file in the principal's workspace, unless one is given."""
    with everywhere():
        client = client or make_client(principal.workspace.code)
        household, _ = Household.objects.get_or_create(
            workspace_id=principal.workspace_id, principal=principal, principal_person_id=principal.person_id
        )
        return FamilyLink.objects.create(household=household, relation_id=relation, **_of(client), **fields)


def make_dependant_question(case: VisaCase, *, reason: str = "divorce") -> DependantQuestion:
    """What is to be found out about a dependant of a case, here a spouse."""
    link = make_dependant(case.client)
    with acting_for([case.workspace_id]):
        keys = {"workspace_id": case.workspace_id, "client_id": link.client_id, "person_id": link.person_id}
        return DependantQuestion.objects.create(**keys, case=case, link=link, reason_id=reason, happened_on=DAY)


def make_export(user: User, **fields) -> Export:
    """A list of sessions that this person asked for as a file; nobody writes it yet."""
    values = {"listing": "sessions", "language": "ko", "format": "csv", "reason": "점검 자료 제출", "rows_total": 0}
    values["scope"] = scope_of(user).kept
    with acting_for([], actor=user):
        return Export.objects.create(user=user, **(values | fields))


def make_check_batch(user: User) -> CheckBatch:
    """A receipt of this person, of no checks."""
    with acting_for([], actor=user):
        return CheckBatch.objects.create(actor=user, result=CheckResult.KEPT, done_on=DAY, note="x")


def make_batch(user: User, **fields) -> CaseBatch:
    """A receipt of this person, of a step with no cases."""
    with acting_for([], actor=user):
        return CaseBatch.objects.create(actor=user, **({"kind": "checked", "happened_on": DAY} | fields))


def _of(client: Client | None, at: str = "") -> dict:
    """Whose row it is. Without a client only the place is known."""
    if client is None:
        return {"workspace": place(at)}
    return {"workspace_id": client.workspace_id, "client": client, "person_id": client.person_id}
