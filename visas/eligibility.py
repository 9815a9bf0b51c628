"""What a programme asks, and what is known of an applicant. The rules advise; people decide.

A rule is a dated row with its source (``reference/visa_rules.csv``). Which rule holds for a case and what it comes to
is worked out by the database (``migrations/0015_conditions.py``), which also holds decisions against it. Where no
number is published, or nothing was found of the applicant, a condition is not known, and never met by default. A share
is not known either while people without a nationality on record could decide it
(``migrations/0037_nationality_not_recorded.py``).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from math import ceil

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from centers.models import Standing
from visas.models import EligibilityRule, FactKind, VisaCase
from visas.models.rule import UNITS
from visas.share import Beside

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
YES_OR_NO = ("yes", "takes_part")
# A decision, and the advice that it stands against.
AGAINST = {"recommended": NOT_MET, "ineligible": MET}


@dataclass(frozen=True)
class Found:
    """What is found of an applicant for one condition. ``of`` says of how many cases a share is worked out."""

    value: int
    found_on: date
    evidence: str
    of: tuple[int, int] | None = None


@dataclass(frozen=True)
class Condition:
    """One rule as it stands for one case, with the value found and its evidence. ``why`` says why it is not known,
    where more is to be said than that nothing was found, and ``beside`` which cases that rests on.
    """

    rule: EligibilityRule
    outcome: str
    fact: Found | None = None
    why: str = ""
    beside: Beside | None = None

    @property
    def name(self) -> str:
        return str(self.rule.name)

    @property
    def outcome_name(self) -> str:
        return str(OUTCOMES[self.outcome])

    @property
    def badge(self) -> str:
        return BADGES[self.outcome]

    @property
    def asked(self) -> str:
        return asked_of(self.rule)

    @property
    def found(self) -> str:
        return in_words(self.rule.kind, self.fact.value) if self.fact else ""

    @property
    def evidence(self) -> str:
        """Which paper says so, or what it is worked out of."""
        if self.fact is None:
            return ""
        if self.fact.of is None:
            summed = self.rule.kind == FactKind.POINTS and not self.fact.evidence
            return _("Sum of the self-assessment") if summed else self.fact.evidence
        part, whole = self.fact.of
        told = {"part": part, "whole": whole}
        return _("%(part)d of %(whole)d recommended in the municipality, with this case") % told


@dataclass(frozen=True)
class Advice:
    """What the conditions of a case come to: ``outcome`` is the database's word for it."""

    conditions: list[Condition]
    outcome: str = UNKNOWN

    @property
    def sentence(self) -> str:
        return str(ADVICE[self.outcome])

    @property
    def badge(self) -> str:
        return BADGES[self.outcome]

    def speaks_against(self, kind: str) -> bool:
        """Whether a decision goes against what the conditions come to, and so needs a reason."""
        return AGAINST.get(kind) == self.outcome


def asked_of(rule: EligibilityRule) -> str:
    """What a rule asks, in words."""
    if rule.threshold is None:
        return _("Not known: no number is published")
    if rule.kind == FactKind.UNCANCELLED:
        return _("None within %(value)s") % {"value": in_words(FactKind.STAY, rule.threshold)}
    value = in_words(rule.kind, rule.threshold)
    if UNITS[rule.kind] in YES_OR_NO:
        return value
    told = _("At most %(value)s") if rule.at_most else _("At least %(value)s")
    return told % {"value": value}


def advice_on(case: VisaCase, *, on: date | None = None) -> Advice:
    """What the rules say of a case on a day: that of its decision, else today by default.

    Nothing where the running scope may not read the case.
    """
    day = on or case.recommended_on or case.ineligible_on or timezone.localdate()
    advice = advice_on_all([case.pk], on=day).get(case.pk) or Advice([])
    told = [_told_why(one, case.pk, day) if _is_open_share(one) else one for one in advice.conditions]
    return replace(advice, conditions=told)


def _is_open_share(condition: Condition) -> bool:
    """Whether it is a share that is not known, though the rule has a number."""
    rule = condition.rule
    return rule.kind == FactKind.SAME_NATIONALITY and condition.outcome == UNKNOWN and rule.threshold is not None


def _told_why(condition: Condition, case: int, day: date) -> Condition:
    """A share that is not known, with the cause and the cases that it rests on."""
    if condition.fact is None:
        return replace(condition, why=_("The nationality of the applicant is not on record: enter it in the file."))
    part, whole = condition.fact.of
    limit = condition.rule.threshold
    if whole * limit < 100:
        why = _of_few(whole, limit)
        return replace(condition, why=why, beside=Beside(case, day) if whole > 1 else None)
    beside = Beside(case, day, unsaid=True)
    return replace(condition, why=_of_unsaid(beside.count(), part, whole, limit), beside=beside)


def _of_few(whole: int, limit: int) -> str:
    """Of few people any one is a bigger share than is allowed."""
    told = {"needed": ceil(100 / limit) if limit else 0, "others": whole - 1, "whole": whole}
    told["limit"] = in_words(FactKind.SAME_NATIONALITY, limit)
    if whole == 1:
        return (
            _("Nobody else is recommended there yet. The share can be known once %(needed)d are, with this case.")
            % told
        )
    return (
        _(
            "With this case %(whole)d are recommended there, and of so few one alone is more than %(limit)s. The "
            "share can be known once %(needed)d are."
        )
        % told
    )


def _of_unsaid(unsaid: int, part: int, whole: int, limit: int) -> str:
    """Between which bounds a share lies while it is not on record of which nationality some are."""
    shares = {"least": part, "most": part + unsaid}
    told = {name: in_words(FactKind.SAME_NATIONALITY, ceil(100 * of / whole)) for name, of in shares.items()}
    told |= {"number": unsaid, "limit": in_words(FactKind.SAME_NATIONALITY, limit)}
    return (
        ngettext(
            "%(number)d of those recommended there has no nationality on record. Depending on it the share is from "
            "%(least)s to %(most)s, and at most %(limit)s is asked.",
            "%(number)d of those recommended there have no nationality on record. Depending on them the share is from "
            "%(least)s to %(most)s, and at most %(limit)s is asked.",
            unsaid,
        )
        % told
    )


def advice_on_all(cases: Iterable[int], *, on: date | None = None) -> dict[int, Advice]:
    """The same for many cases, by their ids, as ``wall.conditions`` works it out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT asked.id, c.* FROM unnest(%s::bigint[]) AS asked (id), wall.conditions(asked.id, %s) c",
            [list(cases), on or timezone.localdate()],
        )
        rows = cursor.fetchall()
    rules = {rule.pk: rule for rule in EligibilityRule.objects.filter(pk__in={row[2] for row in rows})}
    found = defaultdict(list)
    advices = {}
    for case, advice, rule, value, found_on, evidence, part, whole, outcome in rows:
        advices[case] = advice
        if rule is not None:
            share = (part, whole) if whole is not None else None
            fact = None if value is None else Found(value, found_on, evidence, share)
            found[case].append(Condition(rules[rule], outcome, fact))
    return {case: Advice(_in_order(found[case]), advice) for case, advice in advices.items()}


def _in_order(conditions: list[Condition]) -> list[Condition]:
    order = list(FactKind.values)
    return sorted(conditions, key=lambda one: (not one.rule.one_of, order.index(one.rule.kind), one.rule.label))


def as_day(value: int) -> date | None:
    """The day that a number such as 20250131 stands for; none where it is no day."""
    try:
        return date(value // 10000, value // 100 % 100, value % 100)
    except ValueError:
        return None


def in_words(kind: str, value: int) -> str:
    """A value with its unit."""
    unit = UNITS[kind]
    if unit == "yes":
        return _("Yes") if value else _("No")
    if unit == "takes_part":
        return str((Standing.ELIGIBLE if value else Standing.RESTRICTED).label)
    if unit == "months":
        return ngettext("%(number)d month", "%(number)d months", value) % {"number": value}
    if unit == "date":
        day = as_day(value)
        return day.isoformat() if day else str(value)
    told = {
        "number": "%(number)s",
        "won": _("%(won)s won"),
        "level": _("level %(number)s"),
        "points": _("%(number)s points"),
        "percent": "%(number)s %%",
    }[unit]
    return told % {"number": f"{value:,}", "won": f"{value:,}"}
