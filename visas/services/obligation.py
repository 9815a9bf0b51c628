"""Duties made of the rules when a permit is recorded, checked in time, and findings that two people have looked at."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.models import Action
from audit.services import record
from cases.models import Attachment
from centers.scope import acting_for, settle_constraints
from visas.models import CheckResult, Finding, FindingState, Obligation, ObligationCheck, VisaCase
from visas.obligations import due_days, end_of, rules_of

LATE = timedelta(days=30)  # checks that were due longer ago than this when the duty was made are not asked for


def follow_case(case_id: int, workspace_id: int) -> int:
    """Make the duties that a case lacks, and end those of a permit that is no more. Returns how many were made.

    It may be done as often as one likes, and acts for the workspace that keeps the case.
    """
    with acting_for([workspace_id]):
        case = VisaCase.objects.filter(pk=case_id).first()
        return _follow(case) if case else 0


def follow_workspace(workspace_id: int) -> int:
    """The same for every case of a workspace with a permit: what came by a file has had no step."""
    with acting_for([workspace_id]):
        cases = VisaCase.objects.filter(workspace=workspace_id, granted_on__isnull=False).order_by("pk")
        return sum(_follow(case) for case in cases.iterator(chunk_size=500))


def _follow(case: VisaCase) -> int:
    runs = case.granted_on and not (case.left_on or case.refused_on or case.withdrawn_on or case.lapsed_on)
    if not runs:
        Obligation.objects.filter(case=case, ended_on=None).update(ended_on=case.left_on or timezone.localdate())
        return 0
    there = {row.rule_id: row for row in Obligation.objects.filter(case=case, ended_on=None)}
    moved = [row for row in there.values() if row.starts_on != case.granted_on]
    for row in moved:  # the permit has another day now
        row.ended_on = timezone.localdate()
        row.save(update_fields=["ended_on"])
        del there[row.rule_id]
    fresh = [rule for rule in rules_of(case) if rule.pk not in there]
    for rule in fresh:
        _make(case, rule)
    return len(fresh)


def _make(case: VisaCase, rule) -> None:
    of_case = {
        "workspace_id": case.workspace_id,
        "case": case,
        "client_id": case.client_id,
        "person_id": case.person_id,
    }
    duty = Obligation.objects.create(
        **of_case, rule=rule, starts_on=case.granted_on, ends_on=end_of(rule, case.granted_on)
    )
    since = timezone.localdate() - LATE
    ObligationCheck.objects.bulk_create(
        ObligationCheck(**of_case, obligation=duty, due_on=day)
        for day in due_days(rule, case.granted_on)
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

    Raises IntegrityError where the database refuses: kept without anything that shows it, a day in the future.
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


@transaction.atomic
def look_again(finding: Finding, *, actor: User, state: FindingState, reason: str, said: str = "") -> Finding:
    """The second look at a finding, by another person than the first. Raises IntegrityError for the same one."""
    finding = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk, state=FindingState.OPEN)
    finding.state, finding.looked_by, finding.looked_on = state, actor, timezone.localdate()
    finding.reason, finding.said = reason, said or finding.said
    finding.save()
    record(Action.CHECK_MADE, actor=actor, target=finding.check_made, workspace_id=finding.workspace_id)
    settle_constraints()
    return finding
