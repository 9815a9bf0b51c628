"""What a page says of a client to whom: an official never reads that somebody's stay is irregular."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Client, Identifier, SessionIssue, StatusCode, Topic
from cases.secrecy import decrypt, masked
from centers.models.codes import kept_names, kept_rows
from centers.prepared import prepared
from centers.reader import by_an_official
from centers.selectors import is_official

NOT_TOLD = "UNK"  # the code of a status that is not known or was not told


@dataclass(frozen=True)
class StatusShown:
    """A status of residence as one viewer may read it. ``check`` asks to look at the paper and says no more."""

    name: str
    expires_on: date | None = None
    check: bool = False
    expired: bool = False


def status_shown(status: StatusCode | None, expires_on: date | None, viewer: User) -> StatusShown:
    """The status for this viewer. An official reads 확인 필요 where a day has passed, and no restricted code.

    Restricted, not told and not entered read alike to an official: what reads otherwise could be told apart.
    """
    past = expires_on is not None and expires_on < timezone.localdate()
    name = status_named(status) if status else ""
    if not is_official(viewer):
        return StatusShown(name, expires_on, expired=past)
    if status is None or status.restricted or status.pk == NOT_TOLD:
        return StatusShown(_("Other or not told"))
    return StatusShown(name, None if past else expires_on, check=past)


def status_named(status: StatusCode) -> str:
    """Code and name of a status of residence, the name alone where no office knows it by a code."""
    return f"{status.office_code} {kept_names(StatusCode).get(status.code) or status}".strip()


@dataclass(frozen=True)
class NumberShown:
    """A number of the state with its kind in words and all but its ends masked. ``former`` is the id of one that is
    not in use any more, else none.
    """

    kind: str
    number: str
    former: int | None


def identifiers_shown(client: Client, viewer: User) -> list[NumberShown]:
    """What the state has given the person, those in use before the former ones."""
    rows = _identifiers(viewer, client=client.pk)
    return [
        NumberShown(_kind_of(row), masked(decrypt(row.ciphertext)), row.pk if row.former else None) for row in rows
    ]


def _kind_of(row: Identifier) -> str:
    kind = row.get_kind_display()
    return _("%(kind)s (former)") % {"kind": kind} if row.former else kind


@prepared
def _identifiers(viewer: User, *, client: int) -> QuerySet[Identifier]:
    return Identifier.objects.visible_to(viewer).filter(client=client).order_by("kind", "former", "pk")


def shut_topics() -> set[str]:
    """The topics that read alike to the official who reads, and that nothing may tell apart; none for anybody else.

    They are the restricted ones and their groups: whoever knew all that is of the group would know the others.
    """
    if not by_an_official():
        return set()
    return {code for topic in kept_rows(Topic).values() if topic.restricted for code in (topic.pk, topic.group_id)}


def further_topics(issues: Iterable[SessionIssue]) -> list[SessionIssue]:
    """The further topics of a session that the reader may know of.

    A group named twice would tell that one of the two stands for something else, so an official reads it as the
    primary topic alone.
    """
    shut = shut_topics()
    return [issue for issue in issues if issue.topic_id not in shut]
