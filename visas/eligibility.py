"""What a programme asks, and what is known of an applicant. The rules advise; people decide.

A rule is a dated row with its source (``reference/visa_rules.csv``). Where no number is published, or nothing was
found of the applicant, a condition is not known, and never met by default.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from visas.models import CaseFact, EligibilityRule, FactKind, VisaCase
from visas.models.rule import UNITS

MET, NOT_MET, UNKNOWN = "met", "not_met", "unknown"
OUTCOMES = {
    MET: gettext_lazy("Met"),
    NOT_MET: gettext_lazy("Not met"),
    UNKNOWN: gettext_lazy("Not yet known"),
}
BADGES = {MET: "good", NOT_MET: "bad", UNKNOWN: "wait"}
ADVICE = {
    MET: gettext_lazy("All conditions are met as far as they are recorded."),
    NOT_MET: gettext_lazy("A condition is not met."),
    UNKNOWN: gettext_lazy("Some conditions are not known yet."),
}
# A decision, and the advice that it stands against.
AGAINST = {"recommended": NOT_MET, "ineligible": MET}


@dataclass(frozen=True)
class Condition:
    """One rule as it stands for one case, with the value found and its evidence."""

    rule: EligibilityRule
    outcome: str
    fact: CaseFact | None = None

    @property
    def name(self) -> str:
        return self.rule.get_kind_display()

    @property
    def outcome_name(self) -> str:
        return str(OUTCOMES[self.outcome])

    @property
    def badge(self) -> str:
        return BADGES[self.outcome]

    @property
    def asked(self) -> str:
        if self.rule.threshold is None:
            return _("No number is published")
        value = in_words(self.rule.kind, self.rule.threshold)
        if UNITS[self.rule.kind] == "yes":
            return value
        told = _("At most %(value)s") if self.rule.at_most else _("At least %(value)s")
        return told % {"value": value}

    @property
    def found(self) -> str:
        return in_words(self.rule.kind, self.fact.value) if self.fact else ""


@dataclass(frozen=True)
class Advice:
    conditions: list[Condition]

    @property
    def outcome(self) -> str:
        """What the conditions come to; of those of one ``one_of`` the best counts. Unknown where there is no rule."""
        groups = defaultdict(list)
        for number, condition in enumerate(self.conditions):
            groups[condition.rule.one_of or number].append(condition.outcome)
        found = {_best(outcomes) for outcomes in groups.values()}
        if not found:
            return UNKNOWN
        return next(outcome for outcome in (NOT_MET, UNKNOWN, MET) if outcome in found)

    @property
    def sentence(self) -> str:
        return str(ADVICE[self.outcome])

    @property
    def badge(self) -> str:
        return BADGES[self.outcome]

    def speaks_against(self, kind: str) -> bool:
        """Whether a decision goes against what the conditions come to, and so needs a reason."""
        return AGAINST.get(kind) == self.outcome


def _best(outcomes: list[str]) -> str:
    return next(outcome for outcome in (MET, UNKNOWN, NOT_MET) if outcome in outcomes)


def advice_on(case: VisaCase, viewer: User, *, on: date | None = None) -> Advice:
    """What the rules say of a case on a day: that of its recommendation, else today."""
    rules = rules_for(EligibilityRule.objects.filter(programme=case.programme_id), case, on=on)
    facts = {fact.kind: fact for fact in CaseFact.objects.visible_to(viewer).filter(case=case).order_by("pk")}
    return Advice([_condition(rule, facts.get(rule.kind)) for rule in rules])


def rules_for(rules: Iterable[EligibilityRule], case: VisaCase, *, on: date | None = None) -> list[EligibilityRule]:
    """Of each condition the rule of the day of reception, or a later one that holds for pending cases too."""
    decided = case.recommended_on or case.ineligible_on or on or timezone.localdate()
    found: dict[str, EligibilityRule] = {}
    for rule in sorted(rules, key=lambda rule: rule.valid_from):
        of_its_cohort = rule.valid_from <= case.received_on <= (rule.valid_to or date.max)
        later = rule.pending and case.received_on < rule.valid_from <= decided
        if (of_its_cohort or later) and rule.area_class in {"", case.municipality and case.municipality.decline}:
            found[rule.kind] = rule
    order = list(FactKind.values)
    return sorted(found.values(), key=lambda rule: (not rule.one_of, order.index(rule.kind)))


def _condition(rule: EligibilityRule, fact: CaseFact | None) -> Condition:
    if fact is None or rule.threshold is None:
        return Condition(rule, UNKNOWN, fact)
    met = fact.value <= rule.threshold if rule.at_most else fact.value >= rule.threshold
    return Condition(rule, MET if met else NOT_MET, fact)


def in_words(kind: str, value: int) -> str:
    """A value with its unit."""
    unit = UNITS[kind]
    if unit == "yes":
        return _("Yes") if value else _("No")
    if unit == "months":
        return ngettext("%(number)d month", "%(number)d months", value) % {"number": value}
    told = {
        "won": _("%(won)s won"),
        "level": _("level %(number)s"),
        "points": _("%(number)s points"),
        "percent": "%(number)s %%",
    }[unit]
    return told % {"number": f"{value:,}", "won": f"{value:,}"}
