"""Counts everything a second time, in plain queries over the records, and compares the summary. Repairs nothing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from centers.models import Workspace
from centers.scope import WHOLE_PROVINCE, acting_for
from kpi.models import YearAnswer
from kpi.rollup import kept_answer, rule_named, worked_out
from kpi.window import Window
from visas.models import QuotaPool, RuleException, VisaCase

SPLITS = {
    "session": {
        "": "''",
        "language": "language_id",
        "channel": "channel_id",
        "topic": "topic_id",
        "programme": "programme_id",
        "identity": "CASE WHEN client_id IS NULL THEN 'anonymous' ELSE 'person' END",
        "nationality": "coalesce((SELECT c.nationality_id FROM cases_client c WHERE c.id = client_id), "
        "nationality_id, 'unknown')",
    },
    "activity": {"": "''", "programme": "programme_id", "municipality": "NULL"},
    "voucher_paid": {"": "''", "programme": "'visa-upgrade-voucher'", "municipality": "municipality_id"},
    "dependant_settled": {"": "''", "municipality": "NULL"},
    "visa": {"": "''", "visa_programme": "programme_id", "municipality": "coalesce(municipality_id, '52')"},
}
# The table, the day, what is left out, and the measures: quantity, minutes, share of the province.
SOURCES = {
    "session": ("cases_session", "held_on", "voided_at IS NULL", "clients", "coalesce(minutes, 0)", "0"),
    "activity": ("cases_activity", "held_on", "voided_at IS NULL", "coalesce(participants, 0)", "0", "0"),
    "voucher_paid": ("visas_voucher", "paid_on", "true", "amount_won", "0", "floor(amount_won * 0.3)::bigint"),
    "dependant_settled": ("cases_familylink", "settled_on", "true", "1", "0", "0"),
}
VISA_STAGES = (
    "received", "recommended", "submitted", "granted", "refused", "ineligible", "withdrawn", "lapsed", "settled",
    "left",
)  # fmt: skip
SHOWN = 50  # differences told one by one

Key = tuple[int, date, str, str, str]


@dataclass
class Verification:
    """``differences`` are errors, ``findings`` are facts to know, ``pending`` is still to be counted."""

    differences: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    compared: int = 0


def verify() -> Verification:
    """Recount all and compare, on one state of the database however many people go on working."""
    with transaction.atomic():
        if not connection.savepoint_ids:  # a transaction that has begun keeps its level
            _execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with acting_for(WHOLE_PROVINCE, reason="verify"):
            return _verify()


def _verify() -> Verification:
    result = Verification()
    codes = dict(Workspace.objects.values_list("pk", "code"))
    pending = _pending()
    result.pending = [f"{codes.get(place, place)} {month:%Y-%m}" for place, month in sorted(pending)]
    _compare_summary(result, pending, codes)
    _compare_persons(result, pending, codes)
    _compare_answers(result)
    _compare_counters(result)
    result.findings += [*_overdrawn_quotas(), *_exceptions()]
    return result


def _pending() -> set[tuple[int, date]]:
    """Months with a mark; where a client is marked, the months of its sessions."""
    return set(
        _execute(
            "SELECT workspace_id::bigint, month FROM kpi_dirtymonth WHERE month IS NOT NULL AND workspace_id <> 0 "
            "UNION SELECT s.workspace_id, date_trunc('month', s.held_on::timestamp)::date FROM kpi_dirtymonth d "
            "JOIN cases_session s ON s.client_id = d.client_id"
        )
    )


def _compare_summary(result: Verification, pending: set, codes: dict[int, str]) -> None:
    counted = {key: value for key, value in _counted() if key[:2] not in pending}
    summary = {
        (place, month, kind, dimension, value): tuple(measures)
        for place, month, kind, dimension, value, *measures in _execute(
            "SELECT workspace_id, month, kind, dimension, value, records, quantity, minutes, province_won "
            "FROM kpi_monthlyactivity"
        )
        if (place, month) not in pending
    }
    result.compared = len(counted.keys() | summary.keys())
    nothing = (0, 0, 0, 0)
    for key in sorted(counted.keys() | summary.keys()):
        if summary.get(key, nothing) != counted.get(key, nothing):
            place, month, kind, dimension, value = key
            result.differences.append(
                _("%(workspace)s %(month)s %(what)s: the summary says %(summary)s, the records say %(records)s.")
                % {
                    "workspace": codes.get(place, place),
                    "month": f"{month:%Y-%m}",
                    "what": " ".join(part for part in (kind, dimension, value) if part),
                    "summary": _told(summary.get(key, nothing)),
                    "records": _told(counted.get(key, nothing)),
                }
            )


def _told(measures: tuple[int, ...]) -> str:
    return "/".join(str(measure) for measure in measures)


def _counted() -> Iterator[tuple[Key, tuple[int, ...]]]:
    for kind, source in SOURCES.items():
        for dimension, expression in SPLITS[kind].items():
            yield from _counted_by(kind, dimension, expression, *source)
    for stage in VISA_STAGES:
        for dimension, expression in SPLITS["visa"].items():
            yield from _counted_by(
                f"visa_{stage}", dimension, expression, "visas_visacase", f"{stage}_on", "true", "1", "0", "0"
            )


def _counted_by(
    kind, dimension, expression, table, day, condition, *measures
) -> Iterator[tuple[Key, tuple[int, ...]]]:
    # Where the record names no municipality, it is that of its workspace, or the province's own.
    if expression == "NULL":
        expression = "coalesce((SELECT w.municipality_id FROM centers_workspace w WHERE w.id = workspace_id), '52')"
    sums = ", ".join(f"sum({measure})::bigint" for measure in measures)
    month = f"make_date(extract(year FROM {day})::int, extract(month FROM {day})::int, 1)"
    rows = _execute(
        f"SELECT workspace_id, {month}, {expression}, count(*), {sums} FROM {table} "
        f"WHERE {day} IS NOT NULL AND {condition} GROUP BY 1, 2, 3"
    )
    for place, month, value, *counts in rows:
        yield (place, month, kind, dimension, value), tuple(counts)


def _compare_persons(result: Verification, pending: set, codes: dict[int, str]) -> None:
    """Who is missing from a month's persons or stands there without a session; only numbers are told."""
    of_sessions = (
        "SELECT DISTINCT workspace_id, date_trunc('month', held_on::timestamp)::date AS month, person_id "
        "FROM cases_session WHERE voided_at IS NULL AND person_id IS NOT NULL "
        "UNION SELECT o.workspace_id, date_trunc('month', o.held_on::timestamp)::date, o.person_id "
        "FROM cases_sessionclient o JOIN cases_session s ON s.id = o.session_id WHERE s.voided_at IS NULL"
    )
    of_summary = "SELECT workspace_id, month, person_id FROM kpi_monthlyperson WHERE kind = 'session'"
    wrong: dict = defaultdict(lambda: [0, 0])
    for side, (one, other) in enumerate([(of_sessions, of_summary), (of_summary, of_sessions)]):
        for place, month, count in _execute(
            f"SELECT workspace_id, month, count(*) FROM (({one}) EXCEPT ({other})) d GROUP BY 1, 2"
        ):
            if (place, month) not in pending:
                wrong[place, month][side] = count
    for (place, month), (missing, extra) in sorted(wrong.items()):
        result.differences.append(
            _("%(workspace)s %(month)s: %(missing)d persons are missing from the summary, %(extra)d are too many.")
            % {"workspace": codes.get(place, place), "month": f"{month:%Y-%m}", "missing": missing, "extra": extra}
        )


def _compare_answers(result: Verification) -> None:
    for kept in YearAnswer.objects.all():
        window = Window(kept.year, kept.as_of)
        answer = kept_answer(window, kept.rule)
        if answer is not None and answer != worked_out(window, rule_named(kept.rule)):
            result.differences.append(
                _("The kept answer of %(year)d as of %(day)s is not what the records give.")
                % {"year": kept.year, "day": kept.as_of}
            )


def _compare_counters(result: Verification) -> None:
    for pool, taken, counted in _execute(
        "SELECT p.code, p.taken, (SELECT count(*) FROM visas_visacase v "
        "WHERE v.pool_id = p.code AND v.given_back_on IS NULL) FROM visas_quotapool p ORDER BY 1"
    ):
        if taken != counted:
            result.differences.append(
                _("Quota %(pool)s: the counter says %(taken)d places taken, the records say %(counted)d.")
                % {"pool": pool, "taken": taken, "counted": counted}
            )
    for municipality, year, committed, counted in _execute(
        "SELECT b.municipality_id, b.year, b.committed_won, coalesce((SELECT sum(v.amount_won) FROM visas_voucher v "
        "WHERE v.municipality_id = b.municipality_id AND extract(year FROM v.applied_on) = b.year "
        "AND v.ineligible_on IS NULL AND v.cancelled_on IS NULL), 0)::bigint FROM visas_voucherbudget b ORDER BY 1, 2"
    ):
        if committed != counted:
            result.differences.append(
                _(
                    "Voucher budget %(municipality)s %(year)d: the counter says %(committed)d won, the records say "
                    "%(counted)d won."
                )
                % {"municipality": municipality, "year": year, "committed": committed, "counted": counted}
            )


def _overdrawn_quotas() -> Iterator[str]:
    """Quotas of which more was taken on some past day than the ledger held then."""
    for pool in QuotaPool.objects.prefetch_related("lines__entry"):
        lines = pool.lines.all()
        if lines:
            yield from _overdrawn(pool, [(line.entry.effective_on, line.amount) for line in lines])


def _overdrawn(pool: QuotaPool, ledger: Iterable[tuple[date, int]]) -> Iterator[str]:
    changes: dict[date, int] = defaultdict(int)
    for day, amount in ledger:
        changes[day] -= amount
    seated = VisaCase.objects.filter(pool=pool).exclude(seat_on=None)
    for start, end in seated.values_list("seat_on", "given_back_on"):
        if end is None or end > start:
            changes[start] += 1
            if end:
                changes[end] -= 1
    over, first, most = 0, None, 0
    for day in sorted(changes):
        over += changes[day]
        if over > 0:
            first, most = first or day, max(most, over)
    if first:
        yield _(
            "Quota %(pool)s: from %(day)s on, up to %(most)d more places were taken than the ledger held then."
        ) % {
            "pool": pool.code,
            "day": first,
            "most": most,
        }


def _exceptions() -> Iterator[str]:
    for exception in RuleException.objects.order_by("pk"):
        cases = VisaCase.objects.filter(Q(order_exception=exception) | Q(quota_exception=exception)).count()
        yield _("Recorded exception to %(rule)s on %(count)d cases: %(reason)s") % {
            "rule": exception.rule,
            "count": cases,
            "reason": exception.reason,
        }


def _execute(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []
