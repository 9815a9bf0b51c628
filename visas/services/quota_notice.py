"""Opens and names quotas. A notice is written as a whole, and the database opens the quota with the cases it holds."""

from datetime import date

from django.db import transaction

from accounts.models import User
from audit.models import Action
from audit.services import record
from centers.scope import settle_constraints
from visas.models import EntryKind, QuotaNotice, QuotaPool
from visas.services.quota import Move, write_entry

LONGEST = 40  # signs of a code


@transaction.atomic
def open_quota(
    *,
    programmes: list[str],
    starts_on: date,
    ends_on: date,
    names: dict[str, str],
    document: str,
    actor: User,
    source: str = "",
    amount: int | None = None,
) -> QuotaPool:
    """Open a quota that these programmes share from a first to a last day; ``names`` are ``name_ko`` and others.

    Without an ``amount`` its number is not known until a grant is entered. The cases of the period take their places
    in it at once. Raises IntegrityError where a programme stands in another quota on one of the days, where fewer
    places are granted than the cases take, and where one person has two live cases in it.
    """
    code = _free_code(programmes, starts_on, ends_on)
    told = {"document": document, "source": source, "entered_by": actor}
    QuotaNotice.objects.create(
        pool_id=code, opens=True, programmes=programmes, starts_on=starts_on, ends_on=ends_on, **names, **told
    )
    if amount is not None:
        write_entry(
            {"kind": EntryKind.GRANT, "effective_on": starts_on} | told, [Move(code, amount), Move(None, -amount)]
        )
    settle_constraints()
    record(Action.QUOTA_CHANGED, actor=actor, quota=code, kind="begun", places=amount)
    return QuotaPool.objects.prefetch_related("programmes").get(pk=code)


@transaction.atomic
def name_quota(*, pool: QuotaPool, names: dict[str, str], document: str, actor: User, source: str = "") -> QuotaPool:
    """Call a quota otherwise; its earlier names stay on record. Raises IntegrityError for who is not the province."""
    QuotaNotice.objects.create(
        pool=pool, opens=False, document=document, source=source, entered_by=actor, **names
    )  # fmt: skip
    settle_constraints()
    record(Action.QUOTA_CHANGED, actor=actor, quota=pool.pk, kind="named")
    return QuotaPool.objects.get(pk=pool.pk)


def _free_code(programmes: list[str], starts_on: date, ends_on: date) -> str:
    """A code for addresses, of the programmes and the years: ``e74-e74r-2026``."""
    years = "-".join(dict.fromkeys([f"{starts_on.year}", f"{ends_on.year}"]))
    short = "-".join(code.lower().replace("-", "") for code in programmes)[: LONGEST - len(years) - 4].rstrip("-")
    taken = set(QuotaPool.objects.filter(code__startswith=f"{short}-{years}").values_list("code", flat=True))
    codes = (f"{short}-{years}" + (f"-{number}" if number > 1 else "") for number in range(1, len(taken) + 2))
    return next(code for code in codes if code not in taken)
