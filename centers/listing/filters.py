"""What a list may be narrowed to: codes, days and switches in the address, and never anything of a person."""

from collections.abc import Callable, Collection, Iterable
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Model, Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.fields import FIRST_DAY, LAST_DAY, DayField, PlainInput, PlainSelect
from accounts.models import User
from centers.models import Workspace
from centers.models.codes import offered_names
from centers.reader import by_an_official
from centers.selectors import scope_of, workspaces_where

ANY = gettext_lazy("All")
ONLY = gettext_lazy("Only these")


BUT = "-"  # begins what stands for all codes but some: -vi,zh


def all_but(codes: Iterable[str]) -> str:
    """What a field is narrowed to, to show the rows that have none of these codes."""
    return BUT + ",".join(codes)


def left_out(chosen: str) -> list[str]:
    """The codes that are left out; none where one code was chosen."""
    return chosen.removeprefix(BUT).split(",") if chosen.startswith(BUT) else []


def with_code(key: str, chosen: str) -> Q:
    """The rows with the code that was chosen in a field, or with none of those that are left out."""
    codes = left_out(chosen)
    return ~Q(**{f"{key}__in": codes}) if codes else Q(**{key: chosen})


class CodeSelect(PlainSelect):
    """What narrows a list. It is never required: to find out, Django would read all choices before they are drawn.

    ``read`` gives the choices where they are read as it is drawn; Django would make each of them anew, two times.
    """

    read: Callable[[], tuple[tuple[str, str], ...]] | None = None

    def pairs(self) -> tuple[tuple[str, str], ...]:
        return self.read() if self.read else super().pairs()

    def use_required_attribute(self, initial) -> bool:
        return False


class Named(NamedTuple):
    """A code and its name, as a field offers them."""

    code: str
    name: str

    def __str__(self):
        return self.name


class Codes:
    """The codes of a set that the reader may ask for, with their names, which the process keeps."""

    def __init__(self, model: type[Model]):
        self.model = model

    def __call__(self) -> list[Named]:
        return [Named(code, name) for code, name in self.names.items()]

    @property
    def names(self) -> dict[str, str]:
        return offered_names(self.model)


class CodeField(forms.ChoiceField):
    """One code of a set, or all but some, as a page that links here says. ``rows`` gives the rows of the set."""

    widget = CodeSelect

    def __init__(self, rows: Callable[[], Iterable] | None = None, *, choices=(), none: str = ANY, **options):
        self.rows, self.none = rows, none
        super().__init__(
            choices=[("", none), *choices],
            required=False,
            error_messages={"invalid_choice": gettext_lazy("Choose one of the list.")},
            **options,
        )

    def load(self, chosen: str = "") -> None:
        """The choices are read when they are shown, or when one of them was chosen: a figure needs few of them."""
        if self.rows:
            self.choices = self.widget.read = partial(self._offered, chosen)

    def _offered(self, chosen: str) -> tuple[tuple[str, str], ...]:
        offered = {str(row.code): str(row) for row in self.rows()}
        codes = left_out(chosen)
        if codes and offered.keys() >= set(codes):
            names = ", ".join(offered[code] for code in codes)
            offered[chosen] = _("Other than %(names)s") % {"names": names}
        return (("", str(self.none)), *offered.items())


class WorkspaceField(CodeField):
    """One of the workspaces that a permission of the reader reaches; left out where there is but one."""

    def __init__(self, **options):
        super().__init__(none=gettext_lazy("All of mine"), **options)


class MonthField(forms.DateField):
    """A month, as its first day."""

    def __init__(self, **options):
        super().__init__(
            required=False,
            input_formats=["%Y-%m"],
            widget=PlainInput(format="%Y-%m", attrs={"type": "month", "placeholder": "2025-03"}),
            validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
            error_messages={"invalid": gettext_lazy("Write the month as year and month: 2025-03.")},
            **options,
        )


class YearField(forms.IntegerField):
    def __init__(self, **options):
        super().__init__(
            required=False,
            min_value=FIRST_DAY.year,
            max_value=LAST_DAY.year,
            widget=forms.NumberInput(attrs={"placeholder": "2025"}),
            error_messages={"invalid": gettext_lazy("Write the year in four digits: 2025.")},
            **options,
        )


class SwitchField(CodeField):
    """Yes or nothing; in the address ``1``, or a word that a page linking here uses."""

    def __init__(self, *, on: str = "1", yes: str = ONLY, **options):
        super().__init__(choices=[(on, yes)], **options)


class FilterForm(forms.Form):
    """The filters of one listing: each field ``x`` is applied by the method ``by_x(rows, value)``.

    What was written wrongly is told at its field and narrows nothing; what the form does not know is ignored.
    ``permission`` is that of the listing's rows. ``day`` is their date: where it is named, the list can be narrowed to
    a month, or to the days from one up to and with another. ``voidable`` rows are shown without the void ones, unless
    they are asked for. ``further`` fields are folded away until one is used. ``only`` names the fields that are
    wanted, where not all of them are: a figure needs those it is narrowed by. Raises nothing whatever
    the query string holds.
    """

    permission = ""
    day = ""
    further: tuple[str, ...] = ()
    voidable = False

    def __init__(self, data, *, viewer: User, only: Collection[str] | None = None):
        super().__init__(data)
        self.viewer = viewer
        self.shape()
        if only is not None:
            self.fields = {name: field for name, field in self.fields.items() if name in only}
        self.is_valid()

    def shape(self) -> None:
        """Fit the fields to the reader: choices, and fields that are not for them."""
        if "workspace" in self.fields:
            scope = scope_of(self.viewer)
            self.fields["workspace"].rows = lambda: workspaces_where(self.viewer, self.permission)
            if self.permission not in scope.everywhere and len(scope.of(self.permission)) < 2:
                del self.fields["workspace"]
        if self.day:
            self.fields["month"] = MonthField(label=_("Month"))
            self.fields["from"] = DayField(_("From"), required=False)
            self.fields["to"] = DayField(_("Up to and with"), required=False)
            self.order_fields(["workspace", "month", "from", "to"])
        if self.voidable:
            self.fields["void"] = SwitchField(label=_("Void rows"), yes=gettext_lazy("Shown too"), none=_("Hidden"))
        for name in self.fields:
            if isinstance(self.fields[name], CodeField):
                self.fields[name].load(self.data.get(name) or "")

    def clean(self) -> dict:
        chosen = super().clean()
        first, last = chosen.get("from"), chosen.get("to")
        if first and last and last < first:
            self.add_error("to", _("The last day lies before the first."))
        return chosen

    @property
    def shown_at_once(self) -> list[SafeString]:
        """The fields as HTML."""
        return [self._drawn(name) for name in self.fields if name not in self.further]

    @property
    def folded(self) -> list[SafeString]:
        return [self._drawn(name) for name in self.fields if name in self.further]

    def _drawn(self, name: str) -> SafeString:
        """A field; as it stands where nothing is chosen, it is written once for all readers who are told the same.

        A list has fourteen. What a field is written from is kept with it: code sets are read afresh now and then.
        """
        field, source = self[name], _source(self.fields[name])
        if source is None or field.data or field.errors:
            return field.as_field_group()
        kept_as = (type(self), name, get_language(), by_an_official())
        written_from, text = _fields.get(kept_as, (None, ""))
        if written_from is not source:
            text = field.as_field_group()
            _fields[kept_as] = (source, text)
        return text

    @property
    def unfolded(self) -> bool:
        """Whether a folded field narrows the list or has a mistake, and so has to be seen."""
        return any(name in self.chosen or name in self.errors for name in self.further)

    @property
    def chosen(self) -> dict:
        """What narrows the list, by field."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])}

    @property
    def kept(self) -> dict[str, str]:
        """The same as it stands in an address."""
        return {name: self[name].data for name in self.chosen}

    @property
    def in_words(self) -> list[tuple[str, str]]:
        """The same as the reader says it: label and value."""
        return [(str(self.fields[name].label), self._word(name)) for name in self.chosen]

    @property
    def mistaken(self) -> dict[str, str]:
        """What was written wrongly, as it stands in an address."""
        return {name: self[name].data for name in self.errors if name in self.fields and self[name].data}

    @property
    def mistakes(self) -> list[tuple[str, str, str]]:
        """The same as the reader says it: label, what was written, and what is wrong with it."""
        return [
            (str(self.fields[name].label), written, " ".join(self.errors[name]))
            for name, written in self.mistaken.items()
        ]

    def _word(self, name: str) -> str:
        choices = getattr(self.fields[name], "choices", None)
        return str(dict(choices).get(self[name].data, "")) if choices else str(self[name].data)

    def narrowed(self, rows: QuerySet) -> QuerySet:
        for name, value in self.chosen.items():
            rows = getattr(self, f"by_{name}")(rows, value)
        return rows if "void" in self.chosen else self.usual(rows)

    @classmethod
    def usual(cls, rows: QuerySet) -> QuerySet:
        """What is shown where nothing is asked for."""
        return rows.filter(voided_at=None) if cls.voidable else rows

    def by_workspace(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(workspace=self.place(code))

    def place(self, code: str) -> int:
        """The workspace that was chosen, by its id."""
        return Workspace.objects.get(code=code).pk

    def by_month(self, rows: QuerySet, month: date) -> QuerySet:
        return rows.filter(in_month(self.day, month))

    def by_from(self, rows: QuerySet, day: date) -> QuerySet:
        return rows.filter(**{f"{self.day}__gte": day})

    def by_to(self, rows: QuerySet, day: date) -> QuerySet:
        return rows.filter(**{f"{self.day}__lte": day})

    def by_void(self, rows: QuerySet, value: str) -> QuerySet:
        return rows


_fields: dict[tuple, tuple[object, SafeString]] = {}
STEADY = object()


def _source(field: forms.Field) -> object | None:
    """What a field is written from where it is the same for many readers, else none."""
    if isinstance(field, CodeField) and isinstance(field.rows, Codes):
        return field.rows.names
    return STEADY if isinstance(field, SwitchField | DayField | MonthField | YearField) else None


def in_month(field: str, month: date) -> Q:
    """The days of the month that begins on this day."""
    return Q(**{f"{field}__gte": month, f"{field}__lt": (month + timedelta(days=31)).replace(day=1)})


def in_year(field: str, year: int) -> Q:
    return between(field, date(year, 1, 1), date(year, 12, 31))


def between(field: str, first: date, last: date) -> Q:
    """The days from one up to and with another."""
    return Q(**{f"{field}__gte": first, f"{field}__lte": last})
