"""Visa cases on their way: each function writes in one transaction what the database lets stand."""

from collections.abc import Iterable
from datetime import date

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.queue import queue
from cases.models import Client
from centers.models import Municipality, Workspace
from centers.refusals import rule_of
from centers.scope import settle_constraints
from visas.lapse import ONE_DAY, holding_still, run_out
from visas.models import CaseBatch, CaseFact, CaseStep, QuotaPool, StepKind, VisaCase, VisaProgramme
from visas.models.row import of_case
from visas.path import may_take
from visas.tasks import follow_case, follow_workspace
from visas.waiting import Turns

NOT_YOURS = "not_yours"
OUT_OF_TURN = "out_of_turn"
MOST = 200  # cases of one batch


@transaction.atomic
def take_in(
    *,
    client: Client,
    programme: VisaProgramme,
    municipality: Municipality | None,
    received_on: date,
    document: str = "",
    note: str = "",
    consented: bool = False,
) -> int:
    """Take a case in (접수) for a client of one's own workspace; the id of the case.

    It is kept at the office of the municipality, or at the university that keeps the client. Where the client's file
    is elsewhere, the office gets one of its own, which the client has to agree to. Raises IntegrityError where the
    database refuses: a second live case of the period, a day in the future, a programme that is not taken in here.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wall.take_in(%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                client.pk,
                programme.pk,
                municipality and municipality.pk,
                received_on,
                document,
                note,
                consented,
                client.workspace_id,
            ],
        )
        case = cursor.fetchone()[0]
    settle_constraints()
    return case


@transaction.atomic
def take_step(
    *, actor: User, case: VisaCase, kind: str, happened_on: date, at: Workspace | None = None, **told
) -> CaseStep:
    """Put the next step of a case on record. Raises IntegrityError where the database refuses it.

    ``told`` are ``document``, ``valid_until``, ``channel``, ``municipality`` (where the person moved to), ``due_on``,
    ``papers`` (their ids), ``note`` and ``against_advice``, as far as they are known.
    An application in time and a renewed letter take a lapse back: the case then takes its place anew, which the
    quota may refuse.
    """
    step = CaseStep.objects.create(**of_case(case), kind=kind, happened_on=happened_on, actor=actor,
                                   at=at, **told)  # fmt: skip
    settle_constraints()
    queue(follow_case, case.pk, case.workspace_id)
    return step


@transaction.atomic
def take_back(*, actor: User, case: VisaCase, kind: str, reason: str, at: Workspace | None = None) -> CaseStep:
    """Take the last step of a case back, with the reason. ``kind`` is the step that was seen as the last one.

    Raises IntegrityError where another one came last meanwhile, or where something stands on it.
    """
    step = CaseStep.objects.create(
        **of_case(case),
        kind=kind,
        happened_on=timezone.localdate(),
        takes_back=True,
        note=reason,
        actor=actor,
        at=at,
    )
    settle_constraints()
    queue(follow_case, case.pk, case.workspace_id)
    return step


@transaction.atomic
def take_out(step: CaseStep, *, actor: User, reason: str, at: Workspace | None = None) -> CaseStep:
    """Take back what was put on record beside the way, as a renewal or a notice, with the reason.

    Raises IntegrityError where it was taken back meanwhile, or where the step is one of the way.
    """
    keys = {name: getattr(step, name) for name in ("workspace_id", "case_id", "client_id", "person_id")}
    gone = CaseStep.objects.create(
        **keys, kind=step.kind, undoes=step, happened_on=timezone.localdate(), takes_back=True, note=reason,
        actor=actor, at=at,
    )  # fmt: skip
    settle_constraints()
    return gone


@transaction.atomic
def take_steps(
    *, actor: User, cases: Iterable[VisaCase], kind: str, happened_on: date, at: Workspace | None = None, **told
) -> CaseBatch:
    """Take one step with many cases. What one case is refused does not hold up the others; the receipt names it.

    A decision against the advice needs a reason of its own and so is not taken with many, and neither is a
    recommendation over somebody who stands before on the waiting list; those of many come in its order.
    The cases are held in one order before the first is touched, so that two batches do not wait for each other.
    """
    cases = sorted(cases, key=lambda case: case.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('visa case', c.id)) "
            "FROM (SELECT unnest(%s::bigint[]) AS id ORDER BY 1) c",
            [[case.pk for case in cases]],
        )
    turns = Turns(cases, VisaCase.objects.visible_to(actor)) if kind == StepKind.RECOMMENDED else None
    done, refused = [], []
    for case in turns.cases if turns else cases:
        over = bool(turns) and turns.goes_over_somebody(case)
        step, rule = (None, OUT_OF_TURN) if over else _tried(actor, case, kind, happened_on=happened_on, at=at, **told)
        if step is None:
            refused.append([case.pk, rule])
            continue
        done.append(step.pk)
        if turns:
            turns.done(case)
    return CaseBatch.objects.create(
        actor=actor,
        at=at,
        kind=kind,
        happened_on=happened_on,
        document=told.get("document", ""),
        asked=[case.pk for case in cases],
        done=done,
        refused=refused,
    )


def _tried(actor: User, case: VisaCase, kind: str, **told) -> tuple[CaseStep | None, str]:
    """The step, or the rule that refused it."""
    if not may_take(actor, case, kind):
        return None, NOT_YOURS
    try:
        return take_step(actor=actor, case=case, kind=kind, **told), ""
    except IntegrityError as error:
        return None, rule_of(error)
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") != "42501":
            raise
        return None, NOT_YOURS


def lapse_now(viewer: User, pool: QuotaPool) -> int:
    """Have the letters that have run out in a quota lapse without waiting for the night; how many wait for it.

    Each workspace does it for itself, after the commit: under a lock of the quota it could wait for one who waits.
    """
    rows = holding_still(viewer, pool)
    for workspace_id in rows.order_by().values_list("workspace", flat=True).distinct():
        queue(follow_workspace, workspace_id)
    return rows.count()


def lapse_letters(workspace_id: int) -> int:
    """Let the cases of a workspace lapse whose letter has run out without an application; how many did.

    It may be done as often as one likes, inside of ``acting_for`` the workspace. Each lapses for itself: one that was
    applied for meanwhile does not hold up the others.
    """
    lapsed = 0
    for case in run_out(workspace_id):
        try:
            with transaction.atomic():
                take_step(actor=None, case=case, kind="lapsed", happened_on=case.letter_valid_until + ONE_DAY)
        except IntegrityError as error:
            if rule_of(error) != "case_step_follows":
                raise
        else:
            lapsed += 1
    return lapsed


@transaction.atomic
def find_fact(
    *, actor: User, case: VisaCase, kind: str, value: int, found_on: date, evidence: str, label: str = ""
) -> CaseFact:
    """Put on record what was found of an applicant, with its evidence. Earlier rows stay; the last one counts.

    ``label`` is the name of the condition where its kind is a general one. Raises IntegrityError where it is the last
    one word for word.
    """
    fact = CaseFact.objects.create(
        **of_case(case), kind=kind, label=label, value=value, found_on=found_on, evidence=evidence, actor=actor
    )
    settle_constraints()
    return fact
