"""What stands against a merge: it is tried and taken back, so that no page offers what the database refuses."""

from dataclasses import dataclass, field

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import IntegrityError, transaction
from django.db.models import Model, Q, QuerySet, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.listings.people import number_of, read_clients, readable_client
from cases.models import Client, Deadline, Employment, FamilyLink, Stay
from cases.services.merge import merge_clients
from centers.models.codes import name_of
from centers.refusals import constraint_of, rule_of, sentence
from visas.models import Enrolment, VisaCase, Voucher

OWNERS = ("person", "client")
RECEIVED_TWICE = _(
    "Withdraw the case that was received twice (of one that was granted, take back the steps entered by mistake "
    "first), then merge the files."
)
# What to do where one person may have only one of two, by the rule that says so.
ADVICE = {
    "visa_case_one_live": RECEIVED_TWICE,
    "visa_case_one_live_of_quota": RECEIVED_TWICE,
    "visa_case_one_place": _("Ask the province, which keeps the quota, about the place that is still held."),
    "voucher_one_live": _(
        "Enter the day of cancellation of the voucher that was applied for twice in the Excel file of records and "
        "upload it, then merge the files. Where both are paid, ask the province first."
    ),
    "stay_one_of_a_person": _(
        "Correct the days of one of the two stays in the Excel file of records and upload it, then merge the files."
    ),
    "enrolment_one_at_a_time": _("Put on record how one of the two enrolments ended, then merge the files."),
    "deadline_runs_once": _("Say of one of the two deadlines that it is done, then merge the files."),
    "employment_once_a_day": _("Correct the days of one of the two contracts, then merge the files."),
    "family_link_once": _("Take one of the two out of the household, then merge the files."),
}


@dataclass(frozen=True)
class Row:
    """One of two rows that stand against each other.

    ``whose`` is its file, or the workspace where that keeps a file which the viewer does not read.
    """

    kind: str
    number: str
    told: str
    url: str
    whose: str


@dataclass(frozen=True)
class Obstacle:
    """Why two files cannot be one as things stand.

    ``hidden`` says that a row which the viewer does not read stands against it; nothing is told of that one.
    """

    sentence: str
    advice: str = ""
    rows: list[Row] = field(default_factory=list)
    hidden: bool = False


def obstacle_of(first: Client, second: Client, viewer: User) -> Obstacle | None:
    """What the database would say to the merge of two files, none where it would be done. Nothing is changed."""
    try:
        with transaction.atomic():
            merge_clients(actor=viewer, kept=first, absorbed=second)
            transaction.set_rollback(True)
    except IntegrityError as error:
        return _told(error, first, second, viewer)
    return None


def _told(error: IntegrityError, first: Client, second: Client, viewer: User) -> Obstacle:
    rule = rule_of(error)
    constraint = constraint_of(rule)
    if rule == "merge_nobody_depends_on_themselves":
        rows, hidden = _between(first, second, viewer), False
    elif constraint and (owner := owner_of(constraint[1])):
        rows = _against(*constraint, owner, (first, second), viewer)
        hidden = len(rows) < 2
    else:
        rows, hidden = [], False
    read_clients(rows, viewer)
    return Obstacle(sentence(error), str(ADVICE.get(rule, "")), [_shown(row) for row in rows], hidden)


def owner_of(constraint) -> str:
    """Whether the rule is one of a person or of a file; empty where it is neither."""
    names = _named(constraint)
    return next((owner for owner in OWNERS if owner in names), "")


def _named(constraint) -> list[str]:
    """The fields that two rows have in common where they break the rule."""
    if isinstance(constraint, UniqueConstraint):
        return list(constraint.fields)
    if isinstance(constraint, ExclusionConstraint):
        return [name for name, _operator in constraint.expressions if isinstance(name, str)]
    return []


def _against(model: type[Model], constraint, owner: str, files: tuple[Client, Client], viewer: User) -> list[Model]:
    """The row of each of the two that the rule sets against one another. Where the viewer reads no such two, the one
    that they do read, if it is the only one that can be meant.
    """
    held = model.objects.visible_to(viewer).filter(constraint.condition or Q())
    whose = [file.person_id if owner == "person" else file.pk for file in files]
    mine, theirs = (_with_days(held.filter(**{owner: one}), constraint).order_by("pk") for one in whose)
    for row in mine:
        common = {name: getattr(row, f"{name}_id", getattr(row, name)) for name in _named(constraint) if name != owner}
        if hasattr(row, "days"):
            common["days__overlap"] = row.days
        other = None if None in common.values() else theirs.filter(**common).first()
        if other:
            return [row, other]
    alone = [*mine, *theirs]
    return alone if len(alone) == 1 else []


def _with_days(rows: QuerySet, constraint) -> QuerySet:
    """The rows with the ``days`` that may not overlap, where the rule is of days."""
    spans = [span for span, _operator in getattr(constraint, "expressions", ()) if not isinstance(span, str)]
    return rows.annotate(days=spans[0]) if spans else rows


def _between(first: Client, second: Client, viewer: User) -> list[FamilyLink]:
    """Where one of the two is a dependant of the other."""
    pair = (first.pk, second.pk)
    return list(FamilyLink.objects.visible_to(viewer).filter(client__in=pair, household__principal__in=pair))


def _shown(row: Model) -> Row:
    (told, page), file = TOLD.get(type(row), (lambda row: "", None)), readable_client(row)
    url = reverse(page, args=[row.pk]) if page else file.get_absolute_url() if file else ""
    whose = _("File %(number)s") % {"number": number_of(file)} if file else str(row.workspace)
    return Row(str(row._meta.verbose_name), number_of(row), told(row), url, whose)


def _from_to(start, end) -> str:
    return f"{start:%Y-%m-%d} – {end:%Y-%m-%d}" if end else f"{start:%Y-%m-%d} –"


# What tells a row from another of its kind, and the page on which it is mended, if it has one of its own.
TOLD = {
    VisaCase: (lambda row: f"{row.programme} · {row.received_on:%Y-%m-%d}", "visas:case"),
    Voucher: (lambda row: f"{row.municipality} · {row.applied_on:%Y-%m-%d}", "visas:voucher"),
    Stay: (lambda row: _from_to(row.checked_in_on, row.checked_out_on), "cases:stay"),
    Enrolment: (lambda row: f"{row.major} · {row.semester}", "visas:student"),
    Deadline: (lambda row: f"{name_of(row, 'kind')} · {row.due_on:%Y-%m-%d}", None),
    Employment: (lambda row: f"{row.employer} · {_from_to(row.starts_on, row.ended_on)}", "cases:employment"),
    FamilyLink: (lambda row: str(name_of(row, "relation") or ""), None),
}
