"""What the records say of a window: whole months from the summary, the month that as-of cuts from its rows.

All of it runs under the scope of the whole province; the summary is drained first by who asks.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.db import connection

from kpi.readings import ProgrammeRecord, VisaRecord
from kpi.window import Window

# The summary of whole months, and the same count of the rows of the month that is cut.
MONTHS = """
SELECT kind, dimension, value, workspace_id, month, records, quantity, minutes, province_won
  FROM kpi_monthlyactivity WHERE month >= %(first)s AND month < %(whole_until)s
"""
ROWS = """
UNION ALL SELECT kind, dimension, value, workspace_id, month, records, quantity, minutes, province_won
  FROM wall.count_activity(%(whole_until)s, %(last)s, ARRAY(SELECT id FROM centers_workspace))
"""


class Count(NamedTuple):
    records: int = 0
    quantity: int = 0
    minutes: int = 0
    province_won: int = 0


@dataclass
class Counts:
    """The counts of a window, read when they are first asked for."""

    window: Window

    def total(self, kind: str) -> Count:
        return self._by_split.get((kind, ""), {}).get("", Count())

    def split(self, kind: str, dimension: str) -> dict[str, Count]:
        """Counts of a kind by the codes of a dimension, in the order of the codes."""
        return dict(sorted(self._by_split.get((kind, dimension), {}).items()))

    def by_workspace(self, kind: str) -> dict[int, int]:
        return self._sum_months(kind, lambda workspace, month: workspace)

    def by_month(self, kind: str) -> dict[date, int]:
        return dict(sorted(self._sum_months(kind, lambda workspace, month: month).items()))

    def _sum_months(self, kind: str, key) -> dict:
        sums = defaultdict(int)
        for of_kind, dimension, _value, workspace, month, records, _quantity in self._by_month:
            if of_kind == kind and dimension == "":
                sums[key(workspace, month)] += records
        return sums

    @cached_property
    def unique_persons(self) -> int:
        months = (
            "SELECT person_id FROM kpi_monthlyperson "
            "WHERE kind = 'session' AND month >= %(first)s AND month < %(whole_until)s"
        )
        rows = (
            " UNION ALL SELECT person_id FROM cases_session WHERE held_on BETWEEN %(whole_until)s AND %(last)s"
            " AND voided_at IS NULL AND person_id IS NOT NULL"
            " UNION ALL SELECT o.person_id FROM cases_sessionclient o JOIN cases_session s ON s.id = o.session_id"
            " WHERE o.held_on BETWEEN %(whole_until)s AND %(last)s AND s.voided_at IS NULL"
        )
        return self._one(f"SELECT count(*) FROM (SELECT DISTINCT person_id FROM ({months}{self._if_cut(rows)}) p) d")

    @cached_property
    def dependants_settled(self) -> int:
        return self._one(
            "SELECT count(DISTINCT person_id) FROM kpi_activity "
            "WHERE kind = 'dependant_settled' AND happened_on BETWEEN %(first)s AND %(last)s"
        )

    @cached_property
    def stays(self) -> list[tuple[str, date, int, int]]:
        """Each stay with a night that counts: its municipality, the first such night, their number, the person."""
        return self._rows(
            "SELECT min(municipality), min(happened_on), count(*), min(person_id) FROM kpi_activity "
            "WHERE kind = 'night' AND happened_on BETWEEN %(first)s AND %(last)s GROUP BY source_id"
        )

    @cached_property
    def capacity_nights(self) -> int:
        return self._one(
            "SELECT coalesce(sum(greatest(0, least(coalesce(in_service_to, %(last)s::date + 1), %(last)s::date + 1) "
            "- greatest(in_service_from, %(first)s::date))), 0) FROM centers_bed"
        )

    @cached_property
    def seats(self) -> dict[str, tuple[int, int, int]]:
        """Places taken in each quota by then, as the programme says when, and of these the granted and the settled."""
        rows = self._rows(
            """
            SELECT v.pool_id, count(*), count(*) FILTER (WHERE v.granted_on <= %(as_of)s),
                   count(*) FILTER (WHERE v.settled_on <= %(as_of)s)
              FROM visas_visacase v
             WHERE v.pool_id IS NOT NULL AND v.seat_on <= %(as_of)s
               AND coalesce(v.given_back_on > %(as_of)s, true)
             GROUP BY v.pool_id
            """
        )
        return {pool: tuple(counts) for pool, *counts in rows}

    @cached_property
    def visa_records(self) -> list[VisaRecord]:
        rows = self._rows(
            """
            SELECT person_id, programme_id, received_on, recommended_on, refused_on, withdrawn_on, ineligible_on,
                   lapsed_on, granted_on, settled_on, left_on
              FROM visas_visacase
             WHERE received_on BETWEEN %(first)s AND %(last)s OR recommended_on BETWEEN %(first)s AND %(last)s
                OR granted_on BETWEEN %(first)s AND %(last)s OR settled_on BETWEEN %(first)s AND %(last)s
            """
        )
        return [VisaRecord(*row) for row in rows]

    @cached_property
    def programme_records(self) -> list[ProgrammeRecord]:
        """The records of the support programmes, those of a month together; a stay on its first night."""
        places = dict(self._rows("SELECT id, coalesce(municipality_id, '52') FROM centers_workspace"))
        found = [
            ProgrammeRecord(kind, value, places[workspace], month, records=records, quantity=quantity)
            for kind, dimension, value, workspace, month, records, quantity in self._by_month
            if kind == "session" and dimension == "programme"
        ]
        found += [
            ProgrammeRecord("voucher", "visa-upgrade-voucher", value, month, records=records)
            for kind, dimension, value, _workspace, month, records, _quantity in self._by_month
            if kind == "voucher_paid" and dimension == "municipality"
        ]
        found += [
            ProgrammeRecord("stay", "worker-shelter", municipality, first)
            for municipality, first, _n, _p in self.stays
        ]
        activities = self._rows(
            "SELECT programme, municipality, happened_on, approved, reported, count(*) FROM kpi_activity "
            "WHERE kind = 'activity' AND happened_on BETWEEN %(first)s AND %(last)s GROUP BY 1, 2, 3, 4, 5"
        )
        found += [ProgrammeRecord("activity", *row) for row in activities]
        return found

    @cached_property
    def _by_split(self) -> dict[tuple[str, str], dict[str, Count]]:
        found: dict = defaultdict(dict)
        for kind, dimension, value, workspace, _month, *counts in self._counted:
            if workspace is None:
                found[kind, dimension][value] = Count(*counts)
        return found

    @cached_property
    def _by_month(self) -> list[tuple]:
        return [row[:7] for row in self._counted if row[3] is not None]

    @cached_property
    def _counted(self) -> list[tuple]:
        """Sums of each split over the window, and by workspace and month the splits that are looked at so."""
        return self._rows(
            f"""
            WITH counted AS MATERIALIZED ({MONTHS}{self._if_cut(ROWS)})
            SELECT kind, dimension, value, NULL, NULL, sum(records)::bigint, sum(quantity)::bigint,
                   sum(minutes)::bigint, sum(province_won)::bigint
              FROM counted GROUP BY kind, dimension, value
            UNION ALL
            SELECT kind, dimension, value, workspace_id, month, records, quantity, minutes, province_won FROM counted
             WHERE dimension = '' OR (kind = 'session' AND dimension = 'programme')
                OR (kind = 'voucher_paid' AND dimension = 'municipality')
            """
        )

    def _if_cut(self, sql: str) -> str:
        return sql if self.window.first <= self.window.whole_until <= self.window.last else ""

    def _one(self, sql: str):
        return self._rows(sql)[0][0]

    def _rows(self, sql: str) -> list[tuple]:
        window = self.window
        days = {name: getattr(window, name) for name in ("first", "last", "whole_until", "as_of")}
        with connection.cursor() as cursor:
            cursor.execute(sql, days)
            return cursor.fetchall()
