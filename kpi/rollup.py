"""The roll-up of a year: every figure of the plan and the volumes beside it, as one answer."""

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from centers.models import Shelter, SupportProgramme, Workspace, WorkspaceKind
from kpi.counts import Count, Counts
from kpi.models import CountingRule, Indicator, ManualFigure, Target, YearAnswer
from kpi.models.indicator import ENTERED
from kpi.numbers import percent, plain, rounded
from kpi.readings import READINGS, VisaRecord, records_of
from kpi.services.summary import drain
from kpi.window import Window
from visas.models import QuotaPool

RECORD_KINDS = ("session", "activity", "stay", "voucher")
STAGES = ("received", "recommended", "granted", "settled")


class UnknownRule(ValueError):
    """There is no counting rule of this code. The text is a sentence that lists those there are."""


def roll_up(year: int, *, as_of: date | None = None, rule: str | None = None) -> dict:
    """All figures of a year up to a day (by default the earlier of today and its end), as recorded now.

    ``rule`` replaces the default rule of the indicator it belongs to; raises UnknownRule. Counts the whole
    province, so the caller says so: ``acting_for(WHOLE_PROVINCE, reason=...)``; an answer that is kept from before
    is also given to a scope that reads the figures of the whole province.
    """
    window = Window.of(year, as_of)
    chosen = rule_named(rule)
    kept = kept_answer(window, rule or "")
    if kept is not None:
        return kept
    require_whole_province()
    _months, generation = drain(wait=True)
    answer = worked_out(window, chosen)
    _keep(window, rule or "", generation, answer)
    return answer


def readings_of(indicator: Indicator, year: int, *, as_of: date | None = None) -> list[dict]:
    """Every reading of an indicator side by side, the default first: the rule, what it gives and how that scores."""
    require_whole_province()
    drain(wait=True)
    window = Window.of(year, as_of)
    counts = Counts(window)
    rules = sorted(indicator.rules.all(), key=lambda rule: (not rule.default, rule.order))
    return [_judged(indicator, rule, window, counts) | {"counting_rule": rule} for rule in rules]


def worked_out(window: Window, chosen: CountingRule | None = None) -> dict:
    """The answer from the summary and the records as they stand, kept nowhere."""
    counts = Counts(window)
    indicators = [_judged(indicator, _rule_of(indicator, chosen), window, counts) for indicator in _indicators(window)]
    scores = [row for row in indicators if row["score"] is not None]
    return {
        "year": window.year,
        "as_of": window.as_of.isoformat(),
        "indicators": indicators,
        "total_score": rounded(sum((Decimal(str(row["score"])) for row in scores), Decimal(0)), "0.01"),
        "weight_evaluated": sum(row["weight"] for row in scores),
        "complete": len(scores) == len(indicators),
        "programmes": _programmes(counts),
        "centres": _centres(window),
        "counselling": _counselling(counts),
        "visas": _visas(counts),
        "quotas": _quotas(counts),
        "vouchers": _vouchers(counts),
        "shelter": _shelter(counts),
    }


def rule_named(code: str | None) -> CountingRule | None:
    if not code:
        return None
    rules = {rule.code: rule for rule in CountingRule.objects.all()}
    if code not in rules:
        raise UnknownRule(
            _("There is no counting rule %(code)s. There are: %(codes)s.")
            % {"code": code, "codes": ", ".join(sorted(rules))}
        )
    return rules[code]


def require_whole_province() -> None:
    """A scope of some workspaces would give figures that look whole and are not, so it is refused."""
    permissions = (
        "view_sessions",
        "view_clients",
        "view_activities",
        "view_stays",
        "view_visa_cases",
        "view_vouchers",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_and(wall.whole(permission)) FROM unnest(%s::text[]) permission", [list(permissions)]
        )
        if not cursor.fetchone()[0]:
            raise RuntimeError("The roll-up counts the whole province: use acting_for(WHOLE_PROVINCE, reason=...)")


# Answers that are kept.


def kept_answer(window: Window, rule: str) -> dict | None:
    """The answer of before, as long as no change is waiting to be counted and none was counted since."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT answer FROM kpi_yearanswer WHERE year = %s AND as_of = %s AND rule = %s "
            "AND generation = (SELECT last_value FROM kpi_generation) AND NOT EXISTS (SELECT FROM kpi_dirtymonth)",
            [window.year, window.as_of, rule],
        )
        found = cursor.fetchone()
    return json.loads(found[0]) if found else None


@transaction.atomic
def _keep(window: Window, rule: str, generation: int, answer: dict) -> None:
    if not generation:
        return
    YearAnswer.objects.exclude(generation=generation).delete()
    YearAnswer.objects.bulk_create(
        [
            YearAnswer(
                year=window.year,
                as_of=window.as_of,
                rule=rule,
                generation=generation,
                answer=json.dumps(answer, ensure_ascii=False),
            )
        ],
        ignore_conflicts=True,  # another process kept the same answer a moment ago
    )


# Indicators.


def _indicators(window: Window) -> Iterable[Indicator]:
    return Indicator.objects.prefetch_related(
        "rules",
        Prefetch("targets", Target.objects.filter(year=window.year).order_by("-revision"), to_attr="targets_of_year"),
        Prefetch(
            "manual_figures",
            ManualFigure.objects.filter(year=window.year).order_by("-entered_at", "-id"),
            to_attr="entered_of_year",
        ),
    )


def _rule_of(indicator: Indicator, chosen: CountingRule | None) -> CountingRule | None:
    if chosen and chosen.indicator_id == indicator.pk:
        return chosen
    return next((rule for rule in indicator.rules.all() if rule.default), None)


def _judged(indicator: Indicator, rule: CountingRule | None, window: Window, counts: Counts) -> dict:
    """What an indicator reached, against its target and with its weight."""
    target = _newest(indicator, "targets_of_year", indicator.targets, window, "-revision")
    actual = _actual(indicator, rule, window, counts)
    achievement = Decimal(actual) * 100 / Decimal(target) if target and actual is not None else None
    return {
        "code": indicator.code,
        "rule": rule and rule.code,
        "target": plain(target),
        "actual": plain(actual),
        "achievement_percent": None if achievement is None else rounded(achievement, "0.1"),
        "weight": indicator.weight,
        "score": None
        if achievement is None
        else rounded(indicator.weight * min(achievement, Decimal(settings.SCORE_CAP)) / 100, "0.01"),
    }


def _actual(indicator: Indicator, rule: CountingRule | None, window: Window, counts: Counts) -> Decimal | int | None:
    if rule is None or rule.reading == ENTERED:
        return _newest(indicator, "entered_of_year", indicator.manual_figures, window, "-entered_at")
    settlement = list(SupportProgramme.objects.filter(settlement=True).values_list("code", flat=True))
    records = counts.visa_records if records_of(rule.reading) is VisaRecord else counts.programme_records
    return READINGS[rule.reading](records, window, {"settlement": settlement} | rule.parameters)


def _newest(indicator: Indicator, attribute: str, rows, window: Window, order: str) -> Decimal | None:
    found = getattr(indicator, attribute, None)
    if found is None:
        found = rows.filter(year=window.year).order_by(order, "-id")[:1]
    return found[0].value if found else None


# Volumes.


def _programmes(counts: Counts) -> list[dict]:
    records = {
        code: dict.fromkeys(RECORD_KINDS, 0) for code in SupportProgramme.objects.values_list("code", flat=True)
    }
    for kind in ("session", "activity"):
        for code, count in counts.split(kind, "programme").items():
            records[code][kind] = count.records
    records["visa-upgrade-voucher"]["voucher"] = counts.total("voucher_paid").records
    records["worker-shelter"]["stay"] = len(counts.stays)
    participants = counts.split("activity", "programme")
    return [
        {
            "code": code,
            "carried_out": sum(kinds.values()) > 0,
            "records": kinds,
            "participants": participants.get(code, Count()).quantity,
        }
        for code, kinds in records.items()
    ]


def _centres(window: Window) -> dict:
    centres = Workspace.objects.filter(kind=WorkspaceKind.CENTER, municipality__isnull=False, code__endswith="-c1")
    return {
        "designated": centres.count(),
        "operating": centres.filter(counts_from__lte=window.as_of).exclude(ended_on__lte=window.as_of).count(),
    }


def _counselling(counts: Counts) -> dict:
    total = counts.total("session")
    codes = dict(Workspace.objects.values_list("pk", "code"))
    by_center = {codes[place]: records for place, records in counts.by_workspace("session").items()}
    return {
        "sessions": total.records,
        "client_visits": total.quantity,
        "anonymous_sessions": counts.split("session", "identity").get("anonymous", Count()).records,
        "unique_persons": counts.unique_persons,
        "minutes": total.minutes,
        "by_center": dict(sorted(by_center.items())),
        "by_month": {f"{month:%Y-%m}": records for month, records in counts.by_month("session").items()},
        "by_language": _records(counts.split("session", "language")),
        "by_channel": _records(counts.split("session", "channel")),
        "by_topic": _records(counts.split("session", "topic")),
        "by_nationality": _records(counts.split("session", "nationality")),
    }


def _records(split: dict[str, Count]) -> dict[str, int]:
    return {code: count.records for code, count in split.items()}


def _visas(counts: Counts) -> dict:
    universities = dict(Workspace.objects.filter(kind=WorkspaceKind.UNIVERSITY).values_list("pk", "name_ko"))
    by_university = {
        stage: {
            universities[place]: records
            for place, records in counts.by_workspace(f"visa_{stage}").items()
            if place in universities
        }
        for stage in STAGES
    }
    figures = {
        stage: counts.total(f"visa_{stage}").records
        for stage in ("received", "recommended", "granted", "refused", "settled", "left")
    }
    return figures | {
        "dependants_settled": counts.dependants_settled,
        "by_programme": _stages(counts, "visa_programme"),
        "by_municipality": _stages(counts, "municipality"),
        "by_university": _turned(by_university),
    }


def _stages(counts: Counts, dimension: str) -> dict[str, dict[str, int]]:
    return _turned({stage: _records(counts.split(f"visa_{stage}", dimension)) for stage in STAGES})


def _turned(by_stage: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """For each code that any stage has, its count at every stage."""
    codes = sorted(set().union(*by_stage.values()))
    return {code: {stage: by_stage[stage].get(code, 0) for stage in STAGES} for code in codes}


def _quotas(counts: Counts) -> list[dict]:
    window = counts.window
    pools = QuotaPool.objects.filter(starts_on__lte=date(window.year, 12, 31), ends_on__gte=window.first)
    return [_quota(pool, counts) for pool in pools.prefetch_related("lines__entry")]


def _quota(pool: QuotaPool, counts: Counts) -> dict:
    lines = pool.lines.all()
    capacity = sum(line.amount for line in lines if counts.window.happened(line.entry.effective_on)) if lines else None
    taken, granted, settled = counts.seats.get(pool.code, (0, 0, 0))
    return {
        "code": pool.code,
        "capacity": capacity,
        "taken": taken,
        "granted": granted,
        "settled": settled,
        "remaining": None if capacity is None else capacity - taken,
        "fill_percent": percent(taken, capacity),
    }


def _vouchers(counts: Counts) -> dict:
    shares = {code: _shares(count) for code, count in counts.split("voucher_paid", "municipality").items()}
    return _shares(counts.total("voucher_paid")) | {"by_municipality": shares}


def _shares(count: Count) -> dict[str, int]:
    return {
        "paid": count.records,
        "won": count.quantity,
        "province_won": count.province_won,
        "municipality_won": count.quantity - count.province_won,
    }


def _shelter(counts: Counts) -> dict:
    bed_nights = sum(nights for _municipality, _first, nights, _person in counts.stays)
    return {
        "stays": len(counts.stays),
        "persons": len({person for *_others, person in counts.stays}),
        "bed_nights": bed_nights,
        "capacity_nights": counts.capacity_nights,
        "capacity_confirmed": not Shelter.objects.filter(capacity_confirmed=False).exists()
        and Shelter.objects.exists(),
        "occupancy_percent": percent(bed_nights, counts.capacity_nights),
    }
