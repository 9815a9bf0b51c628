"""Duties made of the rules when a permit is recorded, checked in time, and findings that two people have looked at."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from audit.models import Action
from audit.services import record
from cases.models import Attachment
from centers.models import Workspace
from centers.refusals import rule_of
from centers.scope import acting_for, settle_constraints
from visas.models import (
    CheckBatch,
    CheckResult,
    Closing,
    Duty,
    EndedWhy,
    Finding,
    FindingState,
    Obligation,
    ObligationCheck,
    VisaCase,
)
from visas.models.row import of_case
from visas.obligations import (
    Wanted,
    due_days,
    end_of,
    graduated_on,
    moves_of,
    rules_of,
    runs,
    semester_of,
    speaks_to,
    wanted_of,
)
from visas.services.case import lapse_letters
from visas.services.dependant import ask_dependants

NOT_YOURS = "not_yours"
# What was due longer ago than a month when this system learned of the permit is not asked for: the office looked at it
# in its own way then, and a file of old cases would bring a queue that nobody can work off.
LATE = timedelta(days=30)


def follow_case(case_id: int, workspace_id: int) -> int:
    """Make the duties that a case lacks, and end those of a permit that is no more. Returns how many now run anew.

    One that fell away and is wanted again goes on with the checks that it had.

    It may be done as often as one likes, and acts for the workspace that keeps the case.
    """
    with acting_for([workspace_id]):
        case = VisaCase.objects.filter(pk=case_id).first()
        return _follow(case) if case else 0


def follow_workspace(workspace_id: int) -> int:
    """The same for every case of a workspace with a permit: what came by a file has had no step.

    Letters that have run out lapse first, and it asks about the dependants and about contracts whose last day has
    passed too. Returns how many duties now run anew.
    """
    with acting_for([workspace_id]):
        lapse_letters(workspace_id)
        ask_dependants(workspace_id)
        cases = VisaCase.objects.filter(workspace=workspace_id, granted_on__isnull=False).order_by("pk")
        made = sum(_follow(case) for case in cases.iterator(chunk_size=500))
        look_at_work(workspace_id)
        return made


def _follow(case: VisaCase) -> int:
    wanted = {(one.rule.pk, one.link and one.link.pk): one for one in wanted_of(case)}
    rows = list(Obligation.objects.filter(case=case).select_related("rule").order_by("pk"))
    fallen = {(row.rule_id, row.link_id, row.starts_on): row for row in rows if row.ended_on}
    there = {(row.rule_id, row.link_id): row for row in rows if row.ended_on is None}
    for key, row in list(there.items()):
        if key not in wanted or wanted[key].starts_on != row.starts_on:
            row.ended_on, row.ended_why = _fell_away(case, row, key, wanted)
            row.save(update_fields=["ended_on", "ended_why"])
            del there[key]
    fresh = {key: one for key, one in wanted.items() if key not in there}
    for key, one in fresh.items():
        before = fallen.get((*key, one.starts_on))
        if before and before.ended_why:
            _take_up(before)
        else:
            _make(case, one)
    _ask_after_moves(case)
    return len(fresh)


def _take_up(row: Obligation) -> None:
    """What ended the duty was taken back: its checks and findings are those that it had."""
    row.ended_on, row.ended_why = None, ""
    row.save(update_fields=["ended_on", "ended_why"])


def look_at_work(workspace_id: int) -> None:
    """Ask for a check of the duties of work where a contract has come to its last day and none follows.

    It may be done as often as one likes, inside of ``acting_for`` the workspace.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT wall.look_at_work_of(%s)", [workspace_id])


def _ask_after_moves(case: VisaCase) -> None:
    """Ask for a check, due on the day of a move within the province, where a duty of residence speaks of it: the
    principal's, and that of dependants who live with the principal.
    """
    moves = moves_of(case)
    if not moves:
        return
    duties = Obligation.objects.filter(case=case, ended_on=None).select_related("rule").order_by("pk")
    duties = duties.filter(Q(link=None) | Q(rule__kind=Duty.WITH_PRINCIPAL))
    there = set(ObligationCheck.objects.filter(case=case).values_list("obligation", "due_on"))
    ObligationCheck.objects.bulk_create(
        ObligationCheck(
            **of_case(case) | {"client_id": duty.client_id, "person_id": duty.person_id}, obligation=duty, due_on=day
        )
        for duty in duties
        for day in {move.happened_on for move in moves if speaks_to(duty, move, case)}
        if (duty.pk, day) not in there
    )


def _fell_away(case: VisaCase, row: Obligation, key: tuple, wanted: dict[tuple, Wanted]) -> tuple[date, EndedWhy]:
    """Since when, and why, a duty falls away."""
    today = timezone.localdate()
    if not runs(case):
        return case.left_on or case.cancelled_on or case.moved_on or today, EndedWhy.CASE
    if key in wanted:
        return today, EndedWhy.MOVED
    if key[0] not in {rule.pk for rule in rules_of(case)}:
        return today, EndedWhy.RULE
    if row.rule.kind == Duty.SEMESTER:
        return max(graduated_on(case) or today, row.starts_on), EndedWhy.STUDIES
    return today, EndedWhy.DEPENDANT


def _make(case: VisaCase, one: Wanted) -> None:
    whose = of_case(case)
    if one.link:
        whose |= {"client_id": one.link.client_id, "person_id": one.link.person_id}
    duty = Obligation.objects.create(
        **whose, rule=one.rule, link=one.link, starts_on=one.starts_on, ends_on=end_of(one.rule, one.starts_on)
    )
    since = timezone.localdate() - LATE
    ObligationCheck.objects.bulk_create(
        ObligationCheck(**whose, obligation=duty, due_on=day)
        for day in due_days(one.rule, one.starts_on)
        if day >= since
    )


@transaction.atomic
def make_check(
    check: ObligationCheck,
    *,
    actor: User,
    result: CheckResult,
    done_on: date,
    document: str = "",
    note: str = "",
    proof: Attachment | None = None,
    what: str = "",
    said: str = "",
) -> ObligationCheck:
    """Put on record what a check has shown. Where a duty was not kept, ``what`` makes a finding for a second look.

    Raises IntegrityError where the database refuses: kept without anything that shows it, a day in the future or
    before the duty, kept so long before its day as the rule of the duty does not allow, and where the finding of the
    check is on record already.
    """
    check = ObligationCheck.objects.select_for_update(of=("self",)).get(pk=check.pk)
    check.result, check.done_on, check.done_by = result, done_on, actor
    check.document, check.note, check.proof = document, note, proof
    check.save()
    if result == CheckResult.NOT_KEPT:
        Finding.objects.create(
            workspace_id=check.workspace_id, case_id=check.case_id, client_id=check.client_id,
            person_id=check.person_id, check_made=check, what=what, said=said, found_by=actor, found_on=done_on,
        )  # fmt: skip
    record(Action.CHECK_MADE, actor=actor, target=check, workspace_id=check.workspace_id)
    settle_constraints()
    return check


def report_semester(*, actor: User, workspace_id: int, cases: Iterable[int], document: str) -> int:
    """Make the checks of enrolment of this semester for the cases of students whom a semester list shows in class.

    Returns how many were made.
    """
    told = {"result": CheckResult.KEPT, "done_on": timezone.localdate(), "document": document[:60]}
    return len([make_check(check, actor=actor, **told) for check in semester_checks(workspace_id, cases)])


def semester_checks(workspace_id: int, cases: Iterable[int]) -> QuerySet[ObligationCheck]:
    """The checks of enrolment of this semester that are open for some cases.

    Those of earlier semesters stay open: a list says who is in class now.
    """
    first, last = semester_of(timezone.localdate())
    rows = ObligationCheck.objects.open().filter(
        workspace=workspace_id, case__in=cases, obligation__rule__kind=Duty.SEMESTER, due_on__range=(first, last)
    )
    return rows.order_by("pk")


@transaction.atomic
def make_checks(
    *, actor: User, checks: Iterable[ObligationCheck], mine: Callable[[ObligationCheck], bool], at: Workspace | None,
    result: CheckResult, **told,
) -> CheckBatch:  # fmt: skip
    """Put one result on record for many checks. What one is refused does not hold up the others; the receipt names it.

    ``mine`` says of a check whether the person makes it. ``told`` are ``done_on``, ``document`` and ``note``. That a
    duty was not kept is said of each for itself, since each has its finding. Raises ValueError for that.
    """
    if result == CheckResult.NOT_KEPT:
        raise ValueError("Each finding says what was found")
    checks = sorted(checks, key=lambda check: check.pk)  # one order, so that two batches do not wait for each other
    done, refused = [], []
    for check in checks:
        rule = NOT_YOURS if not mine(check) else _refusal(check, actor, result, told)
        if rule:
            refused.append([check.pk, rule])
        else:
            done.append(check.pk)
    return CheckBatch.objects.create(
        actor=actor, at=at, result=result, asked=[check.pk for check in checks], done=done, refused=refused, **told
    )


def _refusal(check: ObligationCheck, actor: User, result: CheckResult, told: dict) -> str:
    """Make one check of many; the name of the rule that refuses it, empty where it was made."""
    if not ObligationCheck.objects.open().filter(pk=check.pk).exists():
        return "check_stays"
    try:
        with transaction.atomic():
            make_check(check, actor=actor, result=result, **told)
    except IntegrityError as error:
        return rule_of(error)
    return ""


@transaction.atomic
def withdraw_check(check: ObligationCheck, *, actor: User, why: str) -> ObligationCheck:
    """Withdraw a check that was put on record wrongly, with the reason; the one that now waits in its place.

    Raises ObligationCheck.DoesNotExist where it was withdrawn meanwhile, and IntegrityError where two people have
    confirmed what it has shown.
    """
    made = ObligationCheck.objects.standing().exclude(result="")
    check = made.select_for_update(of=("self",)).get(pk=check.pk)
    check.withdrawn_on, check.withdrawn_by, check.withdrawn_why = timezone.localdate(), actor, why
    check.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawn_why"])
    record(Action.CHECK_MADE, actor=actor, target=check, workspace_id=check.workspace_id)
    settle_constraints()
    return ObligationCheck.objects.standing().get(obligation=check.obligation_id, due_on=check.due_on)


@transaction.atomic
def correct_check(check: ObligationCheck, *, actor: User, why: str, result: CheckResult | None, **told):
    """Withdraw a check and put in its place what it has really shown; with no ``result`` it waits again.

    ``told`` and what is raised are those of ``make_check`` and ``withdraw_check``. Returns what now stands.
    """
    waiting = withdraw_check(check, actor=actor, why=why)
    return make_check(waiting, actor=actor, result=result, **told) if result else waiting


@transaction.atomic
def look_again(row: Finding | Closing, *, actor: User, state: FindingState, reason: str, said: str = ""):
    """The second look at a finding or at its closing, by another person than the first.

    ``said`` is the client's side of a finding as it was heard now; what was heard at the first look stays beside it.
    Raises IntegrityError for the same person, and DoesNotExist where somebody has looked already.
    """
    row = type(row).objects.select_for_update(of=("self",)).get(pk=row.pk, state=FindingState.OPEN)
    row.state, row.looked_by, row.looked_on, row.reason = state, actor, timezone.localdate(), reason
    if said:
        row.said_again = said
    row.save()
    _look_on_record(row, actor)
    return row


@transaction.atomic
def hand_on(row: Finding | Closing, *, actor: User) -> Finding | Closing:
    """Hand a finding or its closing to the province for the second look, where the office has nobody else.

    Raises DoesNotExist where somebody has looked already.
    """
    row = type(row).objects.select_for_update(of=("self",)).get(pk=row.pk, state=FindingState.OPEN)
    if row.handed_on is None:
        row.handed_on = timezone.localdate()
        row.save(update_fields=["handed_on"])
        _look_on_record(row, actor)
    return row


def _look_on_record(row: Finding | Closing, actor: User) -> None:
    """The check is on record where the reader has it; the province has the row alone."""
    settle_constraints()
    check = ObligationCheck.objects.filter(case=row.case_id, finding__in=_finding_of(row)).first()
    record(Action.CHECK_MADE, actor=actor, target=check or row, workspace_id=row.workspace_id)


def _finding_of(row: Finding | Closing) -> list[int]:
    return [row.finding_id if isinstance(row, Closing) else row.pk]


@transaction.atomic
def close_finding(finding: Finding, *, actor: User, done: str, done_on: date, document: str = "") -> Closing:
    """Put on record what was done about a finding that stands; it is closed once another person has looked.

    Raises IntegrityError where the finding is not confirmed, or was closed meanwhile.
    """
    closing = Closing.objects.create(
        workspace_id=finding.workspace_id, case_id=finding.case_id, client_id=finding.client_id,
        person_id=finding.person_id, finding=finding, done=done, done_on=done_on, done_by=actor, document=document,
    )  # fmt: skip
    record(Action.CHECK_MADE, actor=actor, target=finding.check_made, workspace_id=finding.workspace_id)
    settle_constraints()
    return closing
