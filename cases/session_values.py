"""A session on record as its form shows it: to the reader, who may be told less than it holds."""

from cases.forms import SessionForm
from cases.models import Session
from cases.selectors import further_topics
from centers.reader import by_an_official

SEVERAL = ("topic", "other_topics", "others")


def values_of(session: Session) -> dict:
    """By the names of the form's fields: codes as they are, days as days."""
    plain = {
        name: getattr(session, Session._meta.get_field(name).attname)
        for name in SessionForm.base_fields
        if name not in {"token", "workspace", *SEVERAL}
    }
    if by_an_official() and session.status and session.status.restricted:
        plain["status"] = None
    further = [issue.topic_id for issue in further_topics(session.issues.all())]
    others = list(session.others.order_by("pk").values_list("client", flat=True))
    return plain | {"topic": session.topic.told.pk, "other_topics": further, "others": others}


def as_texts(values: dict) -> dict[str, list[str]]:
    """The same as a browser would send them."""
    return {
        name: [str(one) for one in (value if isinstance(value, list) else [value]) if one not in (None, "")]
        for name, value in values.items()
    }
