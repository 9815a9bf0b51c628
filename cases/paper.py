"""A session on paper: the note and its summary each in their language and direction."""

import unicodedata
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import User
from cases.listings.people import names_in_text, number_of, readable_client
from cases.models import Client, Session
from cases.selectors import further_topics, status_shown
from centers.models.codes import row_of
from config.legible import legible
from config.typeset import set_pdf

TEMPLATE = Path(__file__).parent / "typst" / "session.typ"
NONE = "–"


def session_as_pdf(session: Session, viewer: User) -> bytes:
    """The session as its page shows it to the viewer, read with ``cases.views.session.read_session``.

    Signs that no font here has are left out where they stand, and the paper says so: it shows no boxes.
    """
    told = {
        "mark": _("Demonstration: all people are synthetic.") if settings.DEMO else "",
        "lang": (get_language() or settings.LANGUAGE_CODE)[:2],
        "title": f"{_('Session')} {session.held_on:%Y-%m-%d}",
        "lead": _lead(session),
        "notices": _notices(session),
        "facts": _facts(session, viewer),
        "texts": _texts(session),
        "printed": _("Printed on %(day)s by %(who)s")
        % {"day": timezone.localtime().strftime("%Y-%m-%d %H:%M"), "who": viewer},
    }
    data, notice = legible(told)
    return set_pdf(TEMPLATE, data | {"notices": [*data["notices"], *([notice] if notice else [])]})


def _lead(session: Session) -> list[str]:
    return [_whose(session), f"{session.workspace} · {_('Number')} {number_of(session)}"]


def _whose(session: Session) -> str:
    if session.client_id is None:
        return _("Anonymous")
    client = session._state.fields_cache.get("client")
    return names_in_text(client) if client else _("Not open to you")


def _notices(session: Session) -> list[str]:
    if not session.voided_at:
        return []
    return [f"{_('Void')} · {timezone.localtime(session.voided_at):%Y-%m-%d %H:%M} · {session.void_reason}"]


def _facts(session: Session, viewer: User) -> list[tuple[str, str]]:
    def term(name: str) -> str:
        row = row_of(session, name)
        return row.with_office_term if row else NONE

    others = [readable_client(other) for other in session.others.all()]
    topics = [issue.topic.with_office_term for issue in further_topics(session.issues.all())]
    told = [
        (_("Topic"), term("topic")),
        (_("Further topics"), ", ".join(topics) or NONE),
        (_("Language"), term("language")),
        (_("Language asked for"), term("wanted_language")),
        (_("Interpretation"), term("interpretation")),
        (_("Channel"), term("channel")),
        (_("Caller"), term("caller")),
        (_("Minutes"), str(session.minutes or NONE)),
        (_("Number of clients"), str(session.clients)),
        (_("Counselled together"), _together(others, readable_client(session))),
        (_("Status of residence at the time"), str(status_shown(session.status, None, viewer).name or NONE)),
        *([] if session.client_id else [(_("Nationality"), term("nationality")), (_("Sex"), term("sex"))]),
        (_("Place of residence"), term("residence")),
        (_("Urgency"), term("urgency")),
        (_("Outcome"), term("outcome")),
        (_("Follow up on"), session.follow_up_on.isoformat() if session.follow_up_on else NONE),
        (_("Programme"), str(session.programme)),
        (_("Counsellor"), str(session.counsellor or session.counsellor_name or NONE)),
    ]
    return told + [("", "")] * (len(told) % 2)


def _together(others: list[Client | None], beside: Client | None) -> str:
    """Each file once: of those that were merged only the one that lives on."""
    named = [names_in_text(client) for client in dict.fromkeys(others) if client and client != beside]
    hidden = others.count(None)
    if hidden:
        named.append(ngettext("%(number)s not open to you", "%(number)s not open to you", hidden) % {"number": hidden})
    return ", ".join(named) or NONE


def _texts(session: Session) -> list[dict]:
    written = [
        (
            f"{_('Note')} ({row_of(session, 'note_language') or session.language})",
            session.note,
            session.language_of_note,
        ),
        (_("Summary in Korean"), session.summary, "ko"),
    ]
    return [
        {
            "title": title,
            "text": text or NONE,
            "lang": tag.split("-")[0],
            "right_to_left": _right_to_left(text),
        }
        for title, text, tag in written
    ]


def _right_to_left(text: str) -> bool:
    """By the first sign with a direction, as a page does by ``dir="auto"``."""
    return next((way != "L" for way in map(unicodedata.bidirectional, text) if way in {"L", "R", "AL"}), False)
