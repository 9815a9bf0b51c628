"""Rules as the province enters, ends and corrects them: conditions, duties, papers; and what that would change."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.queue import queue
from audit.models import Action
from audit.services import record
from centers.scope import settle_constraints
from visas.eligibility import Advice, advice_on_all
from visas.models import EligibilityRule, ObligationRule, RequiredPaper, VisaCase
from visas.models.case import LIVE
from visas.tasks import follow_all

Rule = EligibilityRule | ObligationRule | RequiredPaper
# What is put on record of a rule, and as what.
WRITTEN = {
    EligibilityRule: (
        Action.RULE_CHANGED,
        (
            "programme_id",
            "kind",
            "label",
            "valid_from",
            "valid_to",
            "threshold",
            "at_most",
            "area_class",
            "one_of",
            "pending",
        ),
    ),
    ObligationRule: (
        Action.DUTY_RULE_CHANGED,
        (
            "programme_id",
            "kind",
            "status_id",
            "valid_from",
            "valid_to",
            "months",
            "until",
            "check_every",
            "days_ahead",
        ),
    ),
    RequiredPaper: (Action.RULE_CHANGED, ("programme_id", "text_ko", "from_whom", "valid_from", "valid_to")),
}


@dataclass(frozen=True)
class Change:
    """An open case whose answer a change of the rules would turn."""

    case: VisaCase
    before: Advice
    after: Advice


@transaction.atomic
def add_rule(*, actor: User, of: type[Rule] = EligibilityRule, **told) -> Rule:
    """A rule from a day on. Raises IntegrityError where another one holds on some of its days."""
    rule = of.objects.create(entered_by=actor, **told)
    _put_on_record(rule, actor, "added")
    return rule


@transaction.atomic
def end_rule(rule: Rule, *, actor: User, last_day: date) -> Rule:
    """Let a rule hold up to a day and no longer; who came until then is still judged by it. Returns what is held."""
    rule = type(rule).objects.select_for_update().get(pk=rule.pk)
    rule.valid_to, rule.entered_by = last_day, actor
    rule.save(update_fields=["valid_to", "entered_by"])
    _put_on_record(rule, actor, "ended")
    return rule


@transaction.atomic
def correct_rule(rule: Rule, *, actor: User, reason: str, **told) -> Rule:
    """Take a rule out that was entered wrongly, with the reason, and put what is right in its place."""
    rule = type(rule).objects.select_for_update().get(pk=rule.pk)
    rule.voided_on, rule.voided_why, rule.entered_by = timezone.localdate(), reason, actor
    rule.save(update_fields=["voided_on", "voided_why", "entered_by"])
    _put_on_record(rule, actor, "voided")
    return add_rule(actor=actor, of=type(rule), **told)


def _put_on_record(rule: Rule, actor: User, how: str) -> None:
    settle_constraints()
    action, written = WRITTEN[type(rule)]
    told = {name: getattr(rule, name) for name in written}
    if isinstance(rule, ObligationRule):  # the duties follow, each workspace's by a task of its own
        queue(follow_all)
    record(
        action,
        actor=actor,
        target=rule,
        how=how,
        **{name: value.isoformat() if isinstance(value, date) else value for name, value in told.items()},
    )


def preview(change: Callable[[], object], *, viewer: User, programmes: Iterable[str]) -> list[Change]:
    """The open cases that the viewer reads and whose answer a change would turn. Nothing of the change stays.

    Raises what the change raises.
    """
    cases = VisaCase.objects.visible_to(viewer).filter(LIVE, programme__in=programmes, recommended_on=None)
    open_cases = {case.pk: case for case in cases.select_related("programme", "municipality").order_by("pk")}
    before = advice_on_all(open_cases)
    with transaction.atomic():
        change()
        after = advice_on_all(open_cases)
        transaction.set_rollback(True)
    turned = [pk for pk in open_cases if before[pk].outcome != after[pk].outcome]
    return [Change(open_cases[pk], before[pk], after[pk]) for pk in turned]
