"""One person known at two centres: asked, answered, and their identities joined. No file moves."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.queue import queue
from audit.models import Action
from audit.services import record
from cases.likely import Files, Known, Likely, likely_files
from cases.models import (
    Client,
    IdentityAnswer,
    IdentityBound,
    IdentityQuestion,
    IdentityRequest,
    Session,
    SessionClient,
    Stay,
)
from cases.models.identity import OPEN_FOR
from cases.services.pairs import WORTH_LOOKING
from centers.models import Workspace, WorkspaceKind
from centers.scope import WHOLE_PROVINCE, acting_for, settle_constraints

ASKED_AT_ONCE = 3  # centres that are asked of one person: the likeliest
KEPT_APART = timedelta(days=90)  # in which a join can be taken back


class NotYet(Exception):
    """A question was asked too often, or its answer is not there yet."""


def bound_now() -> IdentityBound:
    """How often may be asked within 24 hours, as the database holds it too."""
    return IdentityBound.objects.select_related("set_by").latest("pk")


@transaction.atomic
def set_bound(*, actor: User, of_person: int, of_center: int, reason: str) -> IdentityBound:
    """From now on so many questions of one person, and of one centre. Raises ValidationError for what cannot be."""
    bound = IdentityBound(of_person=of_person, of_center=of_center, reason=reason, set_by=actor)
    bound.full_clean()
    bound.save()
    record(Action.IDENTITY_BOUND, actor=actor, of_person=of_person, of_center=of_center, reason=reason)
    return bound


def may_ask_again_at(actor: User, workspace_id: int) -> datetime | None:
    """When the person may ask next for this centre; none where they may now. The later of the two bounds holds."""
    since = timezone.now() - timedelta(days=1)
    recent = IdentityQuestion.objects.filter(asked_at__gt=since).order_by("-asked_at")
    bound = bound_now()
    bounds = (
        (recent.filter(asked_by=actor), bound.of_person),
        (recent.filter(workspace=workspace_id), bound.of_center),
    )
    full = [asked[most - 1].asked_at for asked, most in bounds if len(asked[:most]) == most]
    return max(full) + timedelta(days=1) if full else None


@transaction.atomic
def ask(*, actor: User, client: Client, reason: str) -> IdentityQuestion:
    """Ask whether another centre may know the client. The answer is worked out by a task, whatever it is.

    Raises IntegrityError by the rule ``asked_within_the_rate``, and by ``asked_between_centers`` for a file of
    another kind of workspace: what a shelter, a university or an office holds is never compared here.
    """
    question = IdentityQuestion.objects.create(
        workspace_id=client.workspace_id, client=client, asked_by=actor, reason=reason
    )
    record(Action.IDENTITY_ASKED, actor=actor, target=client, workspace_id=client.workspace_id)
    from cases.tasks import work_out_question

    queue(work_out_question, question.pk)
    return question


def work_out(question_id: int) -> None:
    """Look whether a file of another centre is likely, and keep the answer alone."""
    with acting_for(WHOLE_PROVINCE, reason="cases.identity"):
        question = IdentityQuestion.objects.select_for_update().filter(pk=question_id, worked_out_at=None).first()
        if question:
            question.found = bool(likely_elsewhere(question.client))
            question.worked_out_at = timezone.now()
            question.save(update_fields=["found", "worked_out_at"])


def open_questions() -> list[int]:
    """The questions that nobody has worked out yet, of every centre: their ids and nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM wall.open_questions()")
        return [pk for (pk,) in cursor.fetchall()]


def likely_elsewhere(client: Client) -> list[Likely]:
    """The likeliest file of each other centre that may be hinted at, of which nothing is known yet.

    None that is known to be the same person already, or was asked about and is waiting or not the same person;
    none of a person who is looked after in a shelter, or was counselled about a guarded topic, and nothing about a
    client who is: whoever hides from somebody must not be found by a question.
    """
    if guarded([client.person_id]):
        return []
    centers = Workspace.objects.filter(kind=WorkspaceKind.CENTER).exclude(pk=client.workspace_id)
    files = Files(tuple(centers.values_list("pk", flat=True)))
    found = likely_files(Known.of_file(client), files, besides=_settled_with(client))
    found = [row for row in found if row.score >= WORTH_LOOKING and row.client.person_id != client.person_id]
    hidden = guarded(row.client.person_id for row in found)
    best: dict[int, Likely] = {}
    for row in found:
        if row.client.person_id not in hidden:
            best.setdefault(row.client.workspace_id, row)
    return list(best.values())[:ASKED_AT_ONCE]


def guarded(persons: Iterable[int]) -> set[int]:
    """Those of the people whom nobody elsewhere may get a hint of, by whatever workspace knows the reason."""
    of_them = Q(person__in=list(persons))
    spoken = Session.objects.filter(Q(topic__guarded=True) | Q(issues__topic__guarded=True))
    reasons = (
        Client.objects.filter(workspace__kind=WorkspaceKind.SHELTER),
        Stay.objects.all(),
        spoken,
        SessionClient.objects.filter(session__in=spoken.values("pk")),
    )
    return {person for rows in reasons for person in rows.filter(of_them).values_list("person_id", flat=True)}


def _settled_with(client: Client) -> set[int]:
    """Files elsewhere that a request about this one waits for, or that were told apart from it, whoever asked."""
    since = timezone.now() - OPEN_FOR
    told = Q(answer=IdentityAnswer.DIFFERENT) | Q(answer=IdentityAnswer.OPEN, sent_at__gt=since)
    mine = IdentityQuestion.objects.filter(client=client).values("pk")
    asked = IdentityRequest.objects.filter(told, question_id__in=mine).values_list("client_id", flat=True)
    theirs = IdentityRequest.objects.filter(told, client=client).values("question_id")
    asking = IdentityQuestion.objects.filter(pk__in=theirs).values_list("client_id", flat=True)
    return {*asked, *asking}


@transaction.atomic
def send(question: IdentityQuestion, *, actor: User | None) -> int:
    """Ask the other centres, where the client has agreed. Returns how many are asked.

    Raises NotYet where the answer is not there, or the request was sent before.
    """
    question = IdentityQuestion.objects.select_for_update().get(pk=question.pk)
    if not question.ready or not question.found or question.sent_at:
        raise NotYet
    record(Action.IDENTITY_SENT, actor=actor, target=question.client, workspace_id=question.workspace_id)
    with acting_for(WHOLE_PROVINCE, actor=actor, reason="cases.identity"):
        found = likely_elsewhere(question.client)
        IdentityRequest.objects.bulk_create(_request(question, row) for row in found)
        question.consented_at = question.sent_at = timezone.now()
        question.asked = len(found)
        question.save(update_fields=["consented_at", "sent_at", "asked"])
    return len(found)


def _request(question: IdentityQuestion, likely: Likely) -> IdentityRequest:
    return IdentityRequest(
        workspace_id=likely.client.workspace_id,
        client=likely.client,
        from_workspace_id=question.workspace_id,
        question_id=question.pk,
        told=told_of(question.client),
        reason=question.reason,
        score=round(100 * likely.score),
        why=list(likely.why),
    )


def told_of(client: Client) -> dict:
    """What one centre tells another to compare: names, birth date, sex, nationality, the end of a number."""
    phones = [row.value[-4:] for row in client.contacts.all() if row.kind == "phone"]
    return {
        "names": [name.text for name in client.names.order_by("-kind", "pk")],
        "birth_date": client.birth_date.isoformat() if client.birth_date else "",
        "sex": client.sex_id or "",
        "nationality": client.nationality_id or "",
        "phones": phones,
    }


@transaction.atomic
def answer(request: IdentityRequest, *, actor: User, said: IdentityAnswer, note: str = "") -> IdentityRequest:
    """Answer for one's centre; where it is the same person, the two identities become one.

    Raises NotYet where it was answered meanwhile or is over, IntegrityError where the person would then hold twice
    what there is once: nothing has changed then.
    """
    request = IdentityRequest.objects.select_for_update().get(pk=request.pk)
    if request.answer != IdentityAnswer.OPEN or request.over:
        raise NotYet
    request.answer, request.answered_by, request.answered_at, request.note = said, actor, timezone.now(), note
    if said == IdentityAnswer.SAME:
        request.join_id = _join(request, actor)
    request.save(update_fields=["answer", "answered_by", "answered_at", "note", "join_id"])
    record(
        Action.IDENTITY_ANSWERED, actor=actor, target=request.client, workspace_id=request.workspace_id, answer=said
    )
    _tell(request, actor, said)
    return request


def _join(request: IdentityRequest, actor: User) -> int | None:
    """Join the identities of the two files; none where they are one meanwhile."""
    with acting_for(WHOLE_PROVINCE, actor=actor, reason="cases.identity"):
        asking = IdentityQuestion.objects.get(pk=request.question_id).client
        if asking.person_id == request.client.person_id:
            return None
        with connection.cursor() as cursor:
            cursor.execute("SELECT wall.join_persons(%s, %s)", [asking.person_id, request.client.person_id])
            join_id = cursor.fetchone()[0]
        settle_constraints()
    record(Action.PERSONS_JOINED, actor=actor, target=request.client, workspace_id=request.workspace_id)
    return join_id


@transaction.atomic
def take_back(request: IdentityRequest, *, actor: User) -> IdentityRequest:
    """The answer was wrong: the identities are two again, and the request is open. Within 90 days of the answer.

    Raises NotYet where there is nothing to take back, IntegrityError where a later join stands on this one.
    """
    request = IdentityRequest.objects.select_for_update().get(pk=request.pk)
    if request.answer == IdentityAnswer.OPEN or timezone.now() > request.answered_at + KEPT_APART:
        raise NotYet
    if request.join_id:
        with acting_for(WHOLE_PROVINCE, actor=actor, reason="cases.identity"), connection.cursor() as cursor:
            cursor.execute("SELECT wall.part_persons(%s)", [request.join_id])
            settle_constraints()
        record(Action.PERSONS_PARTED, actor=actor, target=request.client, workspace_id=request.workspace_id)
    request.answer, request.answered_by, request.answered_at = IdentityAnswer.OPEN, None, None
    request.note, request.join_id = "", None
    request.save(update_fields=["answer", "answered_by", "answered_at", "note", "join_id"])
    _tell(request, actor, IdentityAnswer.OPEN)
    return request


def _tell(request: IdentityRequest, actor: User, said: IdentityAnswer) -> None:
    """The asking centre learns the answer; which centre it is of, only where it is the same person."""
    told = {"answer": said, "at": timezone.now().isoformat()}
    if said == IdentityAnswer.SAME:
        told["workspace"] = request.workspace_id
    with acting_for([request.from_workspace_id], actor=actor):
        question = IdentityQuestion.objects.select_for_update().get(pk=request.question_id)
        question.answers = [*question.answers, told]
        question.unseen_since = timezone.now()
        question.save(update_fields=["answers", "unseen_since"])


def note_seen(question: IdentityQuestion) -> None:
    """The asking centre has read what came back; a later answer is news again."""
    question.unseen_since = None
    question.save(update_fields=["unseen_since"])
