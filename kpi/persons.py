"""The figures that count each person once: which there are, and how many persons one workspace has in each."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from django.db import connection

from kpi.evidence import FIGURES, READING, Figure
from kpi.models import CountingRule
from kpi.readings import VisaRecord, records_of

# Where a roll-up has them. A reading that is the default of its indicator is the result of that one.
PATHS = {
    "person": "counselling/unique_persons",
    "shelter_person": "shelter/persons",
    "dependant_settled": "visas/dependants_settled",
}
# What narrows a figure, as ``Figure.asked`` says it, on rows of ``kpi_activity``.
NARROWED = {
    "visa_programme": "visa_programme = ANY (%s)",
    "live_on": "NOT EXISTS (SELECT FROM visas_visacase v WHERE v.id = source_id"
    " AND least(v.refused_on, v.withdrawn_on) <= ANY (%s::date[]))",
}


def figures_of_persons(year: int) -> dict[Figure, str]:
    """The figures of a year that count each person once, each reading of an indicator among them; with the path of
    those that are in a roll-up, empty for a reading that is not in use.
    """
    found = {Figure(year, name): PATHS[name] for name, counting in FIGURES.items() if counting.per == "person"}
    for rule in CountingRule.objects.select_related("indicator"):
        if records_of(rule.reading) is VisaRecord:
            path = f"indicators/{rule.indicator.code}/actual" if rule.default else ""
            found[Figure(year, READING, (("rule", rule.code),))] = path
    return found


def persons_in(figure: Figure, workspace_id: int, *, among: Collection[int] = ()) -> int:
    """How many persons one workspace has in such a figure, as far as the running scope reads what it counts; of
    these persons alone where any are named.
    """
    asked = figure.asked()
    conditions = ["workspace_id = %s", "kind = ANY (%s)", "happened_on BETWEEN %s AND %s"]
    values = [workspace_id, list(asked["kinds"]), asked["first"], asked["last"]]
    for name, codes in asked["where"].items():
        if name != "rule":
            conditions.append(NARROWED[name])
            values.append(codes)
    if among:
        conditions.append("person_id = ANY (%s)")
        values.append(list(among))
    [(number,)] = _rows(f"SELECT count(DISTINCT person_id) FROM kpi_activity WHERE {' AND '.join(conditions)}", values)
    return number


def counting_both(workspace_id: int, one: int, other: int) -> Iterator[tuple[Figure, str]]:
    """The figures of a workspace that count two persons as two, year by year, each with its path."""
    kinds: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    found = _rows(
        "SELECT DISTINCT extract(year FROM happened_on)::int, kind, person_id FROM kpi_activity "
        "WHERE workspace_id = %s AND person_id = ANY (%s)",
        [workspace_id, [one, other]],
    )
    for year, kind, person in found:
        kinds[year][kind].add(person)
    for year, persons in sorted(kinds.items()):
        for figure, path in figures_of_persons(year).items():
            there = set().union(*(persons.get(kind, ()) for kind in figure.asked()["kinds"]))
            if len(there) > 1 and persons_in(figure, workspace_id, among=(one, other)) > 1:
                yield figure, path


def _rows(sql: str, values: list) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
