"""When the database says no: the sentence for each rule that lives there, by the rule's name.

A rule of a model carries its sentence in ``violation_error_message``; rules in SQL are listed by the app
that owns them (``refusals.py`` of each app calls ``register``). A sentence never tells of another row.
"""

from django.apps import apps
from django.db.models import BaseConstraint, Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_SENTENCES: dict[str, str] = {}


def register(sentences: dict[str, str]) -> None:
    """Name the rules of an app. Keys are constraint names, as PostgreSQL reports them."""
    _SENTENCES.update(sentences)


def rule_of(error: Exception) -> str:
    """The name of the rule that a change broke; empty if the error is not a refusal."""
    return getattr(getattr(error.__cause__ or error, "diag", None), "constraint_name", None) or ""


def sentence(error: Exception) -> str:
    """What to tell the person whose change was refused; empty if the error is not a refusal."""
    name = rule_of(error)
    return sentence_of(name) if name else ""


def sentence_of(name: str) -> str:
    """What to tell of a rule by its name."""
    return str(_SENTENCES.get(name) or _of_model(name) or _("This change breaks a rule of the records (%s).") % name)


def constraint_of(name: str) -> tuple[type[Model], BaseConstraint] | None:
    """The rule of a model by its name, with the model; none where the rule is kept in SQL."""
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name:
                return model, constraint
    return None


def _of_model(name: str) -> str:
    found = constraint_of(name)
    return found[1].violation_error_message if found else ""


register(
    {
        "room_once_in_its_shelter": gettext_lazy("The shelter already has a room of this name."),
        "bed_once_in_its_room": gettext_lazy("The room already has a bed of this name."),
        "of_a_university": gettext_lazy("The workspace is no university."),
        "append_only": gettext_lazy("What is on record stays as it is: it is added to and never changed."),
        "month_review_over": gettext_lazy("A month is signed once it is over."),
        "roles_kept_apart": gettext_lazy("These two roles may not be held by one person."),
        "roles_met_undeclared": gettext_lazy("Two roles of one person are kept apart: say why one person holds both."),
        "stand_in_within": gettext_lazy("Who stands in holds the role on days of the person they stand in for alone."),
        "membership_begun_stays": gettext_lazy(
            "A role is taken back on its first day at the latest; after it, it is ended with a day and kept."
        ),
        "separation_strict_stays": gettext_lazy("What is kept apart for money is not changed here."),
        "programme_year_once": gettext_lazy("The programme already has this year."),
    }
)
