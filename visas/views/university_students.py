"""The students behind the numbers that are evaluated, as the province is told of them."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.listings.people import names_shown, number_of, readable_client
from centers.access import require_everywhere
from centers.models import Workspace, WorkspaceKind
from visas.cohorts import MARKS, Evaluated, StudyRow, evaluated, opens, study_rows, total_of
from visas.forms.university import OnForm

PAGE = 50
# The numbers that open, in the order of the table, each with the rate that stands beside it.
NUMBERS = {
    "admitted": "", "in_class": "", "departed": "departure", "attending": "participation", "graduated": "",
    "employed": "employment",
}  # fmt: skip
NAMES = MARKS | {"admitted": gettext_lazy("Admitted"), "employed": gettext_lazy("At work in the province")}


class StudentsForm(OnForm):
    """Whose rows are shown: the day, the university (none: all), the number they are behind, and from which on."""

    university = forms.ModelChoiceField(
        Workspace.objects.filter(kind=WorkspaceKind.UNIVERSITY), required=False, to_field_name="code"
    )
    mark = forms.ChoiceField(choices=[(mark, NAMES[mark]) for mark in NUMBERS])
    first = forms.IntegerField(min_value=0, max_value=1_000_000, required=False)


def numbers_of(of: Evaluated, place: Workspace | None, day) -> list[dict]:
    """Each number as it is told, its rate, and the address of its rows; none where they are not listed."""
    return [
        {
            "told": of.told[mark],
            "rate": getattr(of, rate) if rate else "",
            "url": address_of(mark, place, day) if opens(mark, getattr(of, mark), whole=place is None) else "",
        }
        for mark, rate in NUMBERS.items()
    ]


def address_of(mark: str, place: Workspace | None, day, first: int = 0) -> str:
    asked = {"mark": mark, "on": day} | ({"university": place.code} if place else {})
    return f"{reverse('visas:university_students')}?{urlencode(asked | ({'first': first} if first else {}))}"


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The students behind one number of a university or of all; with the number, which is that of the table."""
    require_everywhere(request.user, "view_visa_cases")
    form = StudentsForm(request.GET)
    context = {"crumbs": [(_("Universities"), reverse("visas:universities"))]}
    if not form.is_valid():
        return render(request, "visas/university_students.html", context | {"form": form}, status=400)
    mark, place, day = form.cleaned_data["mark"], form.cleaned_data["university"], form.day
    first = form.cleaned_data["first"] or 0
    code = place.code if place else ""
    rows = study_rows(request.user, day, mark, code, first=first, page=PAGE + 1)
    numbers = evaluated(day)
    of = numbers.get(code, Evaluated()) if place else total_of(list(numbers.values()))
    context |= {
        "form": form,
        "place": place,
        "day": day,
        "title": NAMES[mark],
        "number": of.told[mark],
        "shut": bool(getattr(of, mark)) and not opens(mark, getattr(of, mark), whole=place is None),
        "rows": [_shown(row) for row in rows[:PAGE]],
        "links": {
            "first": address_of(mark, place, day) if first else "",
            "previous": address_of(mark, place, day, max(0, first - PAGE)) if first else "",
            "next": address_of(mark, place, day, first + PAGE) if len(rows) > PAGE else "",
        },
    }
    return render(request, "visas/university_students.html", context)


def _shown(row: StudyRow) -> dict:
    client = readable_client(row.case) if row.case else None
    return {
        "row": row,
        "name": names_shown(client) if client else number_of(row.case) if row.case else "",
        "stands": MARKS.get(row.stands, ""),
    }
