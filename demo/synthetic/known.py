"""What a database holds before anything is made for it: places, rooms, quotas, counsellors, who is there already."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import psycopg


@dataclass(frozen=True)
class Site:
    """A workspace. It takes records from ``opens`` to ``closes``, both included; ``opens`` is None where it is not
    running; ``weekdays`` are ISO weekdays, none where they are not known.
    """

    pk: int
    code: str
    kind: str
    municipality: str | None
    opens: date | None
    closes: date | None
    weekdays: tuple[int, ...]
    counsellors: tuple[int, ...] = ()
    officers: tuple[int, ...] = ()

    def span(self, first: date, last: date) -> tuple[date, date] | None:
        """The part of the days in which it takes records."""
        if self.opens is None:
            return None
        first, last = max(first, self.opens), min(last, self.closes or last)
        return (first, last) if first <= last else None


@dataclass(frozen=True)
class Pool:
    """A quota over a period with its ledger; an empty ledger is a number that is not known.

    ``used`` are the places that cases of before hold on some day from the first day on.
    """

    code: str
    programmes: frozenset[str]
    starts_on: date
    ends_on: date
    ledger: tuple[tuple[date, int], ...]
    used: int

    def holds(self, programme: str, day: date) -> bool:
        """Whether a recommendation of that day takes one of a known number of places."""
        return bool(self.ledger) and programme in self.programmes and self.starts_on <= day <= self.ends_on


@dataclass(frozen=True)
class Room:
    """A room with its beds; ``free_from`` is the first night for which nobody is booked, None where that is open."""

    site: int
    sex_rule: str
    beds: tuple[int, ...]
    free_from: date | None


@dataclass
class Known:
    """``duties`` are, of each programme, the day since when a permit brings some and the months that they run at most;
    ``papers`` what an applicant is asked for, with from and to.
    """

    today: date
    sites: dict[str, Site]
    areas: dict[str, list[str]]
    pools: list[Pool]
    rooms: list[Room]
    voucher_months: dict[tuple[str, int], int]
    voucher_room: dict[tuple[str, int], int]
    digests: set[bytes]
    duties: dict[str, tuple[date, int]]
    papers: dict[str, list[tuple[int, date, date | None]]]

    def papers_of(self, programme: str, day: date) -> list[int]:
        """What applicants of a programme who are received on a day are asked for, in order."""
        return [pk for pk, first, last in self.papers.get(programme, ()) if first <= day <= (last or day)]

    def centers(self) -> list[Site]:
        return [site for site in self.sites.values() if site.kind == "center"]

    def home_of(self, municipality: str | None) -> Site | None:
        """The centre that looks after a municipality, or the province's own where it has none that runs."""
        mine = [site for site in self.centers() if site.opens and site.municipality == municipality]
        return (
            mine[0] if mine else next((site for site in self.centers() if site.opens and not site.municipality), None)
        )


def look(owner: psycopg.Connection, first: date) -> Known:
    """Read it all as the owner, in front of whom no row is hidden; what is made begins on ``first``."""
    return Known(
        today=owner.execute("SELECT wall.today()").fetchone()[0],
        sites=_sites(owner),
        areas=_lists(owner.execute("SELECT programme_id, municipality_id FROM visas_programmearea ORDER BY 1, 2")),
        pools=_pools(owner, first),
        rooms=_rooms(owner),
        voucher_months={
            (place, year): months
            for place, year, months in owner.execute(
                "SELECT municipality_id, year, minimum_months FROM visas_voucherrule ORDER BY 1, 2"
            )
        },
        voucher_room={
            (place, year): won
            for place, year, won in owner.execute(
                "SELECT municipality_id, year, amount_won - committed_won FROM visas_voucherbudget ORDER BY 1, 2"
            )
        },
        digests={digest for (digest,) in owner.execute("SELECT digest FROM cases_personkey")},
        duties={
            programme: (since, months)
            for programme, since, months in owner.execute(
                "SELECT programme_id, min(valid_from), max(months) FROM visas_obligationrule "
                "WHERE status_id IS NULL AND voided_on IS NULL AND months IS NOT NULL GROUP BY 1 ORDER BY 1"
            )
        },
        papers=_papers(owner),
    )


def _papers(owner: psycopg.Connection) -> dict[str, list[tuple[int, date, date | None]]]:
    found = defaultdict(list)
    for programme, *paper in owner.execute(
        "SELECT programme_id, id, valid_from, valid_to FROM visas_requiredpaper "
        "WHERE from_whom = 'applicant' AND voided_on IS NULL ORDER BY 1, 2"
    ):
        found[programme].append(tuple(paper))
    return dict(found)


def _sites(owner: psycopg.Connection) -> dict[str, Site]:
    counsellors, officers = _members(owner, "counsellor"), _members(owner, "city_officer")
    rows = owner.execute(
        "SELECT id, code, kind, municipality_id, "
        "CASE WHEN counts_from IS NOT NULL THEN greatest(counts_from, opened_on) END, ended_on, weekdays "
        "FROM centers_workspace ORDER BY code"
    )
    return {
        row[1]: Site(*row[:6], tuple(row[6]), tuple(counsellors.get(row[0], ())), tuple(officers.get(row[0], ())))
        for row in rows
    }


def _members(owner: psycopg.Connection, role: str) -> dict[int, list[int]]:
    """Who holds a role today, by workspace."""
    return _lists(
        owner.execute(
            "SELECT workspace_id, user_id FROM centers_membership WHERE role = %s "
            "AND starts_on <= wall.today() AND (ends_on IS NULL OR ends_on >= wall.today()) ORDER BY 1, 2",
            [role],
        )
    )


def _pools(owner: psycopg.Connection, since: date) -> list[Pool]:
    rows = owner.execute(
        "SELECT p.code, (SELECT array_agg(pp.programme_id) FROM visas_poolprogramme pp WHERE pp.pool_id = p.code), "
        "p.starts_on, p.ends_on, (SELECT count(*) FROM visas_visacase v WHERE v.pool_id = p.code AND "
        " coalesce(least(v.refused_on, v.withdrawn_on, v.lapsed_on, v.ineligible_on), 'infinity') >= %s) "
        "FROM visas_quotapool p ORDER BY p.code",
        [since],
    ).fetchall()
    ledgers = defaultdict(list)
    for code, day, amount in owner.execute(
        "SELECT l.pool_id, e.effective_on, sum(l.amount)::int FROM visas_quotaline l "
        "JOIN visas_quotaentry e ON e.id = l.entry_id WHERE l.pool_id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2"
    ):
        ledgers[code].append((day, amount))
    return [
        Pool(code, frozenset(programmes or ()), first, last, tuple(ledgers[code]), used)
        for code, programmes, first, last, used in rows
    ]


def _rooms(owner: psycopg.Connection) -> list[Room]:
    """Beds in service today, room by room; a room in which somebody is still booked is left alone."""
    rows = owner.execute(
        "SELECT r.workspace_id, r.sex_rule, array_agg(b.id ORDER BY b.code, b.id), max(b.in_service_from), "
        "(SELECT max(coalesce(s.checked_out_on, 'infinity')) "
        " FROM cases_stay s JOIN centers_bed mine ON mine.id = s.bed_id "
        " WHERE mine.room_id = r.id AND s.voided_at IS NULL)::text "
        "FROM centers_room r JOIN centers_bed b ON b.room_id = r.id "
        "WHERE b.in_service_from <= wall.today() AND b.in_service_to IS NULL "
        "GROUP BY r.id, r.workspace_id, r.sex_rule, r.code ORDER BY r.workspace_id, r.code"
    )
    rooms = []
    for site, sex_rule, beds, in_service, booked in rows:
        free = None if booked == "infinity" else max(in_service, date.fromisoformat(booked)) if booked else in_service
        rooms.append(Room(site, sex_rule, tuple(beds), free))
    return rooms


def _lists(rows: Iterable[tuple]) -> dict:
    found = defaultdict(list)
    for key, value in rows:
        found[key].append(value)
    return dict(found)
