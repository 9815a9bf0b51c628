from datetime import date

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.queue import queue
from audit.models import Action
from audit.services import record
from cases.models import Client, ClientName, FamilyLink, Household, NameKind, Relation, StatusCode
from centers.models import Municipality
from centers.scope import settle_constraints
from visas.models import DependantOutcome, DependantQuestion, QuestionReason, VisaCase
from visas.models.row import of_case
from visas.tasks import follow_case


@transaction.atomic
def add_dependant(
    *,
    case: VisaCase,
    name: str,
    relation: Relation,
    status: StatusCode | None,
    municipality: Municipality | None,
    entered_on: date | None,
    settled_on: date | None,
    client: Client | None = None,
    **told,
) -> FamilyLink:
    """Link somebody who came with the principal to the principal's household, by their file or by a new one.

    ``client`` is the file that they have here already: what it says of them stays, but for a status and a
    municipality that are told. ``told`` are ``nationality``, ``birth_date`` and ``sex`` of a new one. Raises
    IntegrityError where the database refuses: who settles before the principal's permit or before entering.
    """
    today = timezone.localdate()
    if client is None:
        client = _new_file(case, name, status=status, municipality=municipality, recorded_on=today, **told)
    else:
        _move(client, status or client.status, municipality or client.municipality)
    household, _made = Household.objects.get_or_create(
        workspace_id=case.workspace_id, principal_id=case.client_id, defaults={"principal_person_id": case.person_id}
    )
    link = FamilyLink.objects.create(
        workspace_id=case.workspace_id,
        household=household,
        client=client,
        person_id=client.person_id,
        relation=relation,
        status=status,
        entered_on=entered_on,
        settled_on=settled_on,
        recorded_on=today,
    )
    settle_constraints()
    let_duties_follow(link)
    return link


def let_duties_follow(link: FamilyLink) -> None:
    """Let the duties follow who came and with which status, in the cases of the principal that have a permit."""
    cases = VisaCase.objects.filter(client=link.household.principal_id, granted_on__isnull=False)
    for case in cases.values_list("pk", "workspace_id"):
        queue(follow_case, *case)


def _new_file(case: VisaCase, name: str, **told) -> Client:
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id FROM wall.persons_for(ARRAY[NULL]::bytea[])")
        person = cursor.fetchone()[0]
    client = Client.objects.create(workspace_id=case.workspace_id, person_id=person, **told)
    ClientName.objects.create(workspace_id=case.workspace_id, client=client, kind=NameKind.ROMAN, text=name)
    return client


def _move(client: Client, status: StatusCode | None, municipality: Municipality | None) -> None:
    client.status, client.municipality = status, municipality
    client.save(update_fields=["status", "municipality"])


@transaction.atomic
def change_dependant(
    link: FamilyLink,
    *,
    relation: Relation,
    status: StatusCode | None,
    municipality: Municipality | None,
    entered_on: date | None,
    settled_on: date | None,
) -> None:
    """Correct what is known of a dependant; what it was stays in the history. Raises IntegrityError as above."""
    link.relation, link.status, link.entered_on, link.settled_on = relation, status, entered_on, settled_on
    link.save(update_fields=["relation", "status", "entered_on", "settled_on"])
    _move(link.client, status, municipality)
    settle_constraints()
    let_duties_follow(link)


@transaction.atomic
def ask_about(
    link: FamilyLink, *, case: VisaCase, actor: User, reason: QuestionReason, happened_on: date
) -> DependantQuestion:
    """Ask what becomes of a dependant after an event that the office has learned of, as a divorce.

    Raises IntegrityError where it is asked already, or where the reason does not fit.
    """
    keys = of_case(case) | {"client_id": link.client_id, "person_id": link.person_id}
    asked = DependantQuestion.objects.create(**keys, link=link, reason=reason, happened_on=happened_on)
    _put_on_record(asked, actor)
    return asked


@transaction.atomic
def answer(
    question: DependantQuestion, *, actor: User, outcome: DependantOutcome, answered_on: date, note: str = "",
    status: StatusCode | None = None,
) -> DependantQuestion:  # fmt: skip
    """Put on record what became of a dependant; what was answered before stays in the history.

    With ``status`` the dependant has it from now on, and keeps the duties of that status alone. Raises IntegrityError
    where the event was taken back meanwhile, or where an outcome needs a note.
    """
    question = DependantQuestion.objects.select_for_update(of=("self",)).get(pk=question.pk)
    question.outcome, question.answered_on, question.answered_by = outcome, answered_on, actor
    question.note = note
    question.save(update_fields=["outcome", "answered_on", "answered_by", "note"])
    if status:
        _give_status(FamilyLink.objects.select_related("client", "household").get(pk=question.link_id), status)
    _put_on_record(question, actor)
    return question


def _give_status(link: FamilyLink, status: StatusCode) -> None:
    link.status = status
    link.save(update_fields=["status"])
    _move(link.client, status, link.client.municipality)
    let_duties_follow(link)


@transaction.atomic
def take_question_back(question: DependantQuestion, *, actor: User, why: str) -> DependantQuestion:
    """Take back an event that the office entered by mistake, with the reason; what was answered stays in sight.

    Raises IntegrityError where the event was not entered by hand, or was taken back meanwhile.
    """
    question = DependantQuestion.objects.select_for_update(of=("self",)).get(pk=question.pk)
    question.fell_away_on, question.fell_away_why = timezone.localdate(), why
    question.save(update_fields=["fell_away_on", "fell_away_why"])
    _put_on_record(question, actor)
    return question


def _put_on_record(question: DependantQuestion, actor: User) -> None:
    settle_constraints()
    record(Action.DEPENDANT_CHECKED, actor=actor, target=question, workspace_id=question.workspace_id)


def ask_dependants(workspace_id: int) -> None:
    """Ask what waits to be asked of the dependants of a workspace's cases: who came of age, what came by a file.

    It may be done as often as one likes, inside of ``acting_for`` the workspace.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT wall.ask_dependants_of(%s)", [workspace_id])
