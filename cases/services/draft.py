"""What is typed is kept before it is a record: the newest version, and beside it what a second tab wrote."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from cases.meanwhile import own_words
from cases.models import Client, Draft, Session
from cases.models.draft import DraftKind, Fields, opened, sealed
from cases.scanned import scanned
from centers.models import Workspace
from centers.refusals import rule_of

NO_NULL = str.maketrans("\x00", "\u2400")  # PostgreSQL keeps no NUL; the sign for one shows where it stood


@dataclass(frozen=True)
class Typed:
    """A form as one tab of a browser sends it.

    ``version`` is the newest version of the draft that the tab has seen, 0 for none; ``sequence`` goes up with each
    save of one tab.
    """

    token: UUID
    tab: str
    sequence: int
    version: int
    fields: Fields

    @property
    def texts(self) -> Fields:
        """What is kept. A passport's lines are taken apart: the number in them is encrypted like one that is typed."""
        return scanned(
            {name: [text.translate(NO_NULL) for text in texts] for name, texts in self.fields.items()}
        ).fields


class Place(NamedTuple):
    """Which form it is, where it lies, whom it is about, and which session it corrects."""

    kind: DraftKind
    workspace: Workspace
    client: Client | None
    session: Session | None = None


@dataclass(frozen=True)
class Saved:
    """The draft after a save. ``beside``: what was sent is kept beside a newer version that the tab had not seen."""

    draft: Draft
    beside: bool = False


def save_draft(*, actor: User, place: Place, typed: Typed) -> Saved:
    """Keep what was typed; the first save makes the draft.

    Raises IntegrityError by the rule ``draft_is_of_no_record`` where the form is on record.
    """
    try:
        with transaction.atomic():
            return _save(place, actor, typed)
    except IntegrityError as error:
        if rule_of(error) != "cases_draft_token_key":
            raise
    # Another save of the same form made it meanwhile.
    with transaction.atomic():
        return _save(place, actor, typed)


def _save(place: Place, actor: User, typed: Typed) -> Saved:
    draft = _held(actor, typed.token)
    if draft is None:
        draft = _write(Draft(token=typed.token, user=actor, version=0), place, typed)
        _take_over(draft)
        return Saved(draft)
    own = draft.tab == typed.tab
    if own and typed.sequence <= draft.sequence:  # an older save of this tab that arrives late
        return Saved(draft)
    if own or (typed.version == draft.version):
        return Saved(_write(draft, place, typed))
    if own_words(typed.texts) == own_words(draft.texts):  # two tabs that say the same
        return Saved(draft)
    _keep_beside(draft, typed)
    return Saved(draft, beside=True)


def _held(actor: User, token: UUID) -> Draft | None:
    """The draft of a form, locked until the end of the transaction."""
    return Draft.objects.visible_to(actor).select_for_update().filter(token=token).first()


def _write(draft: Draft, place: Place, typed: Typed) -> Draft:
    draft.kind, draft.workspace, draft.client, draft.session = place
    draft.fields, draft.tab, draft.sequence = sealed(typed.texts), typed.tab, typed.sequence
    draft.version += 1
    return _touch(draft)


def _take_over(draft: Draft) -> None:
    """What this tab wrote before, and what was left of it when another went on record, is gone on with here."""
    same = {"kind": draft.kind, "session": draft.session_id, "tab": draft.tab, "sequence__lt": draft.sequence}
    left = Draft.objects.visible_to(draft.user).filter(**same).exclude(token=draft.token)
    for token in left.values_list("token", flat=True):
        _end(token)


def _words_of(rival: dict) -> Fields:
    return own_words(opened(rival["fields"]))


def _keep_beside(draft: Draft, typed: Typed) -> None:
    before = draft.rivals.get(typed.tab, {})
    if not before and own_words(typed.texts) in map(_words_of, draft.rivals.values()):
        return  # a third tab that says what the second does
    if before.get("sequence", -1) < typed.sequence and opened(before.get("fields", {})) != typed.texts:
        at = timezone.now().isoformat()
        draft.rivals[typed.tab] = {"fields": sealed(typed.texts), "at": at, "sequence": typed.sequence}
        _touch(draft)


def _touch(draft: Draft) -> Draft:
    draft.updated_at, draft.discarded_at = timezone.now(), None
    draft.save()
    return draft


@transaction.atomic
def choose_version(*, actor: User, token: UUID, tab: str) -> Draft | None:
    """Go on with the version of a tab, or with the newest for an empty ``tab``; the others stay beside it.

    None where the draft or the version is gone.
    """
    draft = _held(actor, token)
    if draft is None or (tab and tab not in draft.rivals):
        return None
    rivals = {name: rival | {"aside": True} for name, rival in draft.rivals.items() if name != tab}
    if tab:
        former = {"fields": draft.fields, "at": draft.updated_at.isoformat(), "sequence": draft.sequence}
        rivals[draft.tab or str(uuid4())] = former | {"aside": True}
        draft.fields = draft.rivals[tab]["fields"]
    # No tab has seen this version yet: one that is still open may write beside it, never over it.
    draft.tab, draft.sequence, draft.rivals = "", 0, rivals
    draft.version += 1
    return _touch(draft)


@transaction.atomic
def give_client(*, actor: User, token: UUID, client: Client, further: bool = False) -> bool:
    """A session that is being written is with this client, or with them too where ``further``.

    Whether there is such a draft, and the client can be in it: further ones are of the first one's workspace.
    """
    draft = _held(actor, token)
    if draft is None or draft.kind != DraftKind.SESSION or draft.session_id:
        return False
    if further and draft.client_id:
        if draft.workspace_id != client.workspace_id:
            return False
        draft.fields["others"] = [*draft.fields.get("others", []), str(client.pk)]
    else:
        draft.client, draft.workspace_id = client, client.workspace_id
    # The page that was left may still be open: it writes beside this version, never over it.
    draft.tab, draft.sequence = "", 0
    draft.version += 1
    _touch(draft)
    return True


def discard_draft(*, actor: User, token: UUID) -> bool:
    """Put a draft away; it can be taken back for ``KEPT_DISCARDED`` days. Whether there was one."""
    drafts = Draft.objects.visible_to(actor).filter(token=token, discarded_at=None)
    return drafts.update(discarded_at=timezone.now()) > 0


def restore_draft(*, actor: User, token: UUID) -> bool:
    drafts = Draft.objects.visible_to(actor).filter(token=token)
    return drafts.update(discarded_at=None, updated_at=timezone.now()) > 0


def end_draft(*, actor: User, token: UUID, seen: tuple[str, int] = ("", 0)) -> int:
    """The form goes on record: its draft ends, in the running transaction.

    ``seen`` is the tab and the version that were on the screen. What another tab wrote and nobody chose between
    becomes a draft of its own; the answer is how many.
    """
    draft = _held(actor, token)
    others = _others(draft, *seen) if draft else []
    for left in others:
        Draft.objects.create(
            token=uuid4(),
            user=actor,
            kind=draft.kind,
            workspace_id=draft.workspace_id,
            client_id=draft.client_id,
            session_id=draft.session_id,
            tab=left.tab,
            sequence=left.sequence,
            fields=left.fields,
        )
    _end(token)
    return len(others)


def _end(token: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT wall.end_draft(%s)", [token])


class Left(NamedTuple):
    """A version of a draft, as a tab wrote it."""

    tab: str
    sequence: int
    fields: dict


def _others(draft: Draft, tab: str, version: int) -> list[Left]:
    """The versions that were not on the screen of the tab and that nobody has put aside, each of them once."""
    newest = Left(draft.tab, draft.sequence, draft.fields)
    rivals = {name: Left(name, row["sequence"], row["fields"]) for name, row in draft.rivals.items()}
    seen = newest if version == draft.version or (tab and tab == draft.tab) else rivals.get(tab)
    asked = [left for name, left in rivals.items() if name != tab and not draft.rivals[name].get("aside")]
    known = [own_words(opened(seen.fields))] if seen else []
    others = []
    for left in (newest, *asked):
        words = own_words(opened(left.fields))
        if left is not seen and words not in known:
            known.append(words)
            others.append(left)
    return others


def purge_drafts() -> int:
    """Delete the drafts whose time is over; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wall.purge_drafts()")
        return cursor.fetchone()[0]
