"""Visa cases as they were known on an earlier day: those on record by its end, each as it then stood."""

from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from visas.models import VisaCase


def end_of(day: date) -> datetime:
    """The instant at which a day is over in Seoul."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def known_by(day: date) -> Q:
    """What was on record by the end of the day. An imported baseline, without a day of its own, always was."""
    return Q(recorded_on=None) | Q(recorded_on__lte=day)


def as_known(cases: QuerySet[VisaCase], day: date | None) -> list[QuerySet]:
    """These cases as they were known on the day, in two parts: those that have not changed since, and of the others
    what they were before the first change. Both have the fields of a case. Without a day: as they stand.
    """
    if day is None:
        return [cases]
    events = VisaCase.events.rel.related_model.objects
    later = events.filter(pgh_created_at__gte=end_of(day))
    changed = later.filter(pgh_obj=OuterRef("pk"))
    first = later.order_by("pgh_obj", "pgh_created_at", "pgh_id").distinct("pgh_obj")
    before = later.filter(pgh_id__in=first.values("pgh_id"), pgh_obj__in=cases.order_by().values("pk"))
    return [cases.filter(known_by(day)).exclude(Exists(changed)), before.filter(known_by(day))]


def pks(part: QuerySet) -> QuerySet:
    """The keys of the cases of a part of ``as_known``."""
    return part.order_by().values("pk" if part.model is VisaCase else "pgh_obj")


def entry_known_by(day: date | None, path: str = "entry__") -> Q:
    """Entries of the ledger that were entered by the end of the day; those of the reference data always were."""
    if day is None:
        return Q()
    return Q(**{f"{path}entered_by": None}) | Q(**{f"{path}entered_at__lt": end_of(day)})
