"""The books of rules that the province keeps by day: what each is of, how a rule reads, and what a change turns."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.forms import Form
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from visas import obligations, papers
from visas.access import own_files
from visas.eligibility import asked_of
from visas.forms.duty_rule import DutyCorrectionForm, DutyEndForm, DutyRuleForm
from visas.forms.paper import PaperCorrectionForm, PaperEndForm, PaperRuleForm
from visas.forms.rule import CorrectionForm, EndForm, RuleForm
from visas.models import EligibilityRule, ObligationRule, RequiredPaper
from visas.services import rule as conditions
from visas.services.rule import Change, Rule

NAMED = 20  # cases that a preview names; of the others it tells how many
WHAT = {"added": gettext_lazy("Added"), "changed": gettext_lazy("Changed"), "ended": gettext_lazy("Ended")}


@dataclass(frozen=True)
class Shown:
    """A rule in the words of its page. ``unknown``: no number is published; ``beside`` stand after its days."""

    name: str
    asked: str
    unknown: bool = False
    badge: str = ""
    beside: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Book:
    """One book of rules: its model, its forms and its words."""

    model: type[Rule]
    prefix: str  # of its routes
    title: str
    lead: str
    form: type[Form]
    correction: type[Form]
    ending: type[Form]
    shown: Callable[[Rule], Shown]
    order: Callable[[Rule], tuple]
    preview: Callable[..., list]
    turned: Callable[[list, User], dict]
    told: Callable[[Rule], str]
    none: str  # where a programme has none
    beside: tuple[str, ...] = ()

    @property
    def route(self) -> str:
        return f"visas:{self.prefix}s"

    @property
    def new_route(self) -> str:
        return f"visas:{self.prefix}_new"

    @property
    def end_route(self) -> str:
        return f"visas:{self.prefix}_end"

    @property
    def correct_route(self) -> str:
        return f"visas:{self.prefix}_correct"


def _days(rule: Rule) -> dict[str, str]:
    return {"from": rule.valid_from.isoformat(), "to": rule.valid_to.isoformat() if rule.valid_to else ""}


def _condition(rule: EligibilityRule) -> Shown:
    beside = [rule.get_area_class_display()] if rule.area_class else []
    beside += [_("one of these is enough")] if rule.one_of else []
    beside += [_("also for cases that are not decided yet")] if rule.pending else []
    return Shown(str(rule.name), asked_of(rule), rule.threshold is None, beside=beside)


def _condition_told(rule: EligibilityRule) -> str:
    told = {"programme": rule.programme, "name": rule.name, "asked": asked_of(rule)} | _days(rule)
    return _("On record: %(programme)s, %(name)s, %(asked)s, %(from)s – %(to)s.") % told


def _conditions_turned(changes: list[Change], viewer: User) -> dict:
    files = own_files([one.case for one in changes], viewer)
    return {"turned": [(one, files.get(one.case.pk)) for one in changes]}


def _duty(rule: ObligationRule) -> Shown:
    if rule.until:
        asked = _("up to %(day)s") % {"day": rule.until.isoformat()}
    else:
        asked = ngettext("%(number)d month", "%(number)d months", rule.months) % {"number": rule.months}
    if rule.check_every:
        often = ngettext("checked every month", "checked every %(number)d months", rule.check_every)
        asked += " · " + often % {"number": rule.check_every}
    if rule.days_ahead is not None:
        ahead = ngettext("at most %(number)d day ahead", "at most %(number)d days ahead", rule.days_ahead)
        asked += " · " + ahead % {"number": rule.days_ahead}
    badge = f"{_('Dependant')} {rule.status_id}" if rule.status_id else ""
    return Shown(str(rule.get_kind_display()), asked, badge=badge)


def _duty_told(rule: ObligationRule) -> str:
    told = {"programme": rule.programme, "name": rule.get_kind_display()} | _days(rule)
    return _("On record: %(programme)s, %(name)s, %(from)s – %(to)s. The duties of the cases follow.") % told


def _named(rows: list, viewer: User) -> dict:
    """How many are added, changed and ended, and the first of them with whose they are."""
    found = Counter(one.what for one in rows)
    files = own_files({one.case.pk: one.case for one in rows[:NAMED]}.values(), viewer)
    return {
        "numbers": [(name, found[what]) for what, name in WHAT.items() if what != "changed" or found[what]],
        "named": [(one, WHAT[one.what], files.get(one.case.pk)) for one in rows[:NAMED]],
        "further": max(len(rows) - NAMED, 0),
    }


def _paper(rule: RequiredPaper) -> Shown:
    return Shown(rule.text_ko, str(rule.get_from_whom_display()))


def _paper_told(rule: RequiredPaper) -> str:
    told = {"programme": rule.programme, "name": rule.text_ko} | _days(rule)
    return _("On record: %(programme)s, %(name)s, %(from)s – %(to)s.") % told


def _preview_of_conditions(change: Callable[[], Rule], *, viewer: User, programme: str) -> Iterable[Change]:
    return conditions.preview(change, viewer=viewer, programmes=[programme])


BOOKS: dict[str, Book] = {
    "conditions": Book(
        model=EligibilityRule,
        prefix="rule",
        title=gettext_lazy("Eligibility rules"),
        lead=gettext_lazy("A case is judged by the rules of the day on which it was received."),
        form=RuleForm,
        correction=CorrectionForm,
        ending=EndForm,
        shown=_condition,
        order=lambda rule: (rule.kind, rule.label, rule.valid_from),
        preview=_preview_of_conditions,
        turned=_conditions_turned,
        told=_condition_told,
        none=gettext_lazy("No condition is entered"),
    ),
    "duties": Book(
        model=ObligationRule,
        prefix="duty_rule",
        title=gettext_lazy("Rules of duties"),
        lead=gettext_lazy("A case brings the duties of the rules of the day of its permit."),
        form=DutyRuleForm,
        correction=DutyCorrectionForm,
        ending=DutyEndForm,
        shown=_duty,
        order=lambda rule: (rule.status_id or "", rule.kind, rule.valid_from),
        preview=obligations.preview,
        turned=_named,
        told=_duty_told,
        none=gettext_lazy("No duty is entered"),
        beside=("status",),
    ),
    "papers": Book(
        model=RequiredPaper,
        prefix="paper_rule",
        title=gettext_lazy("Required papers"),
        lead=gettext_lazy("A case needs the papers that were asked for on the day on which it was received."),
        form=PaperRuleForm,
        correction=PaperCorrectionForm,
        ending=PaperEndForm,
        shown=_paper,
        order=lambda rule: (rule.from_whom, rule.pk),
        preview=papers.preview,
        turned=_named,
        told=_paper_told,
        none=gettext_lazy("Required papers not entered"),
    ),
}
