"""The forms by which the province changes reference data: what a row says, and the document that says so."""

from collections.abc import Iterator
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.fields import DayField
from cases.forms import RefusableForm, no_hidden_signs
from centers.models import Municipality
from centers.models.codes import kept_names
from centers.models.municipality import Decline
from centers.refusals import sentence_of
from visas.models.points import MOST_POINTS

LONGEST_DAYS, MOST_HOURS, HIGHEST_LEVEL, OLDEST = 3650, 168, 6, 120
NEW_LINES = 2  # empty lines below a table of points
LONGEST_BAND = 100


@dataclass(frozen=True)
class Said:
    """One thing that a row says, in words; ``missing`` where nobody has entered it yet."""

    name: str
    text: str
    missing: bool = False


class DecisionForm(RefusableForm):
    """What a row says from a day on, and by which document. The fields of the row come first.

    The form of each book gives ``asked``, ``row`` and ``said``; a book without one of them fails where it is opened.
    """

    field_of = {
        "decision_in_order": "from_on", "not_in_the_future": "from_on", "decision_names_its_document": "document",
    }  # fmt: skip

    from_on = DayField(gettext_lazy("Holds from"))
    document = forms.CharField(label=gettext_lazy("Document number"), max_length=100, validators=[no_hidden_signs])
    decided_on = DayField(gettext_lazy("Day of the document"))
    source = forms.CharField(
        label=gettext_lazy("What the document says"), max_length=300, validators=[no_hidden_signs],
        widget=forms.Textarea(attrs={"rows": 2, "lang": "ko"}),
        help_text=gettext_lazy("The sentence that the change rests on, and where it stands."),
    )  # fmt: skip

    ahead = False  # whether it may be entered before it holds

    def __init__(self, *args, now: dict, **kwargs):
        super().__init__(*args, **kwargs)
        self.now = now
        self.fields = self.asked(now) | self.fields
        today = timezone.localdate().isoformat()
        self.fields["decided_on"].widget.attrs["max"] = today
        if not self.ahead:
            self.fields["from_on"].widget.attrs["max"] = today

    def asked(self, now: dict) -> dict[str, forms.Field]:
        """The fields of the row, each with what it says now."""
        raise NotImplementedError  # each book's own

    @property
    def row(self) -> dict:
        """All that the row says, as it is kept."""
        raise NotImplementedError  # each book's own

    @classmethod
    def said(cls, row: dict) -> list[Said]:
        """What a row says, in words."""
        raise NotImplementedError  # each book's own

    def clean(self) -> dict:
        told = super().clean()
        if told.get("decided_on") and told["decided_on"] > timezone.localdate():
            self.add_error("decided_on", sentence_of("not_in_the_future"))
        return told

    @property
    def told(self) -> dict:
        found = self.cleaned_data
        return {"told": self.row} | {name: found[name] for name in DecisionForm.base_fields}


class RowForm(DecisionForm):
    """A row whose fields are each a text, a number of something, or yes and no."""

    columns: dict[str, forms.Field] = {}

    def asked(self, now: dict) -> dict[str, forms.Field]:
        self.initial = now | self.initial
        return {name: _copy(field) for name, field in self.columns.items() if now[name] is not None or _open(field)}

    @property
    def row(self) -> dict:
        return self.now | {name: self.cleaned_data[name] for name in self.columns if name in self.fields}

    @classmethod
    def said(cls, row: dict) -> list[Said]:
        return [
            Said(str(field.label), _in_words(row[name]))
            for name, field in cls.columns.items()
            if row[name] is not None or _open(field)
        ]


def _copy(field: forms.Field) -> forms.Field:
    return field.__deepcopy__({})


def _open(field: forms.Field) -> bool:
    """Whether a row that says nothing here may come to say something; a required field is none of such a row."""
    return not field.required


def _in_words(value) -> str:
    if value is None:
        return _("Not set")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(value)


def _korean(label: str, most: int, *, rows: int = 0) -> forms.CharField:
    attrs = {"lang": "ko"} | ({"rows": rows} if rows else {})
    widget = forms.Textarea(attrs=attrs) if rows else forms.TextInput(attrs=attrs)
    return forms.CharField(label=label, max_length=most, validators=[no_hidden_signs], widget=widget)


def _number(label: str, most: int, *, required: bool = False, help_text: str = "") -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "size": 6})
    return forms.IntegerField(
        label=label, min_value=0, max_value=most, required=required, help_text=help_text, widget=widget
    )


class LetterForm(RowForm):
    columns = {
        "title_ko": _korean(gettext_lazy("Title"), 100),
        "body_ko": _korean(gettext_lazy("Text"), 500, rows=3),
        "signer_ko": _korean(gettext_lazy("Signed by"), 100),
    }


class StatusForm(RowForm):
    columns = {
        "report_days": _number(
            gettext_lazy("Days to report"), LONGEST_DAYS,
            help_text=gettext_lazy("Counted from the day on which the university learned of it. Empty: no report."),
        ),
        "departs": forms.BooleanField(label=gettext_lazy("Counts as departure"), required=False),
    }  # fmt: skip


class PermitForm(RowForm):
    columns = {
        "hours": _number(
            gettext_lazy("Hours a week at most"), MOST_HOURS, help_text=gettext_lazy("Empty: no limit is published.")
        ),
        "korean_level": _number(
            gettext_lazy("Level of Korean"), HIGHEST_LEVEL,
            help_text=gettext_lazy("Of TOPIK, or the stage of KIIP. Empty: none is published."),
        ),
    }  # fmt: skip


class ReasonForm(RowForm):
    columns = {
        "days": _number(gettext_lazy("Days to find out"), LONGEST_DAYS, required=True),
        "age": _number(gettext_lazy("Age in years"), OLDEST, required=True),
    }


class AreasForm(DecisionForm):
    """The municipalities in which a programme is offered."""

    def asked(self, now: dict) -> dict[str, forms.Field]:
        return {
            "municipalities": forms.MultipleChoiceField(
                label=_("Municipalities"), choices=list(_municipalities().items()), required=False,
                initial=now["municipalities"], widget=forms.CheckboxSelectMultiple,
                help_text=_("Where nothing is chosen the programme is offered everywhere."),
            )
        }  # fmt: skip

    @property
    def row(self) -> dict:
        return {"municipalities": sorted(self.cleaned_data["municipalities"])}

    @classmethod
    def said(cls, row: dict) -> list[Said]:
        names = _municipalities()
        here = [name for code, name in names.items() if code in row["municipalities"]]
        return [Said(_("Municipalities"), ", ".join(here) or _("Everywhere"))]


class ClassesForm(DecisionForm):
    """How the state classes each municipality."""

    def asked(self, now: dict) -> dict[str, forms.Field]:
        return {
            code: forms.ChoiceField(label=name, choices=Decline.choices, required=False, initial=now[code])
            for code, name in _municipalities().items()
        }

    @property
    def row(self) -> dict:
        return {code: self.cleaned_data[code] for code in self.now}

    @classmethod
    def said(cls, row: dict) -> list[Said]:
        return [
            Said(str(label), ", ".join(name for code, name in _municipalities().items() if row.get(code) == value))
            for value, label in Decline.choices
        ]


def _municipalities() -> dict[str, str]:
    return {code: str(name) for code, name in kept_names(Municipality).items()}


class PointsTableForm(DecisionForm):
    """All lines of a table of points. A line without a wording is none; one without a number is open."""

    ahead = True

    def asked(self, now: dict) -> dict[str, forms.Field]:
        found = {}
        for place, line in enumerate([*now["lines"], *[{}] * NEW_LINES]):
            told = {"number": place + 1}
            found |= {
                f"text_{place}": forms.CharField(
                    label=_("Wording of line %(number)d") % told, max_length=300, required=False,
                    validators=[no_hidden_signs], initial=line.get("text_ko", ""),
                    widget=forms.TextInput(attrs={"lang": "ko"}),
                ),
                f"scores_{place}": ScoresField(label=_("Points of line %(number)d") % told, initial=scores_of(line)),
                f"least_{place}": forms.IntegerField(
                    label=_("Least points of line %(number)d") % told, required=False, min_value=-MOST_POINTS,
                    max_value=MOST_POINTS, initial=line.get("at_least"),
                    widget=forms.NumberInput(attrs={"size": 5}),
                ),
            }  # fmt: skip
        return found

    def rows(self) -> Iterator[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        for place in range(len(self.now["lines"]) + NEW_LINES):
            yield tuple(self[f"{name}_{place}"] for name in ("text", "scores", "least"))

    def document_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in DecisionForm.base_fields]

    def clean(self) -> dict:
        told = super().clean()
        places = range(len(self.now["lines"]) + NEW_LINES)
        for place in places:
            given = _has_number(told.get(f"scores_{place}") or {}) or told.get(f"least_{place}") is not None
            if given and not told.get(f"text_{place}"):
                self.add_error(f"text_{place}", _("Write what the points of this line are for."))
        if not any(told.get(f"text_{place}") for place in places):
            self.add_error(None, _("A table has at least one line."))
        return told

    @property
    def row(self) -> dict:
        lines, told = [], self.cleaned_data
        codes = [line["code"] for line in self.now["lines"]]
        codes += [code for code in (f"line-{number}" for number in range(1, 1000)) if code not in codes][:NEW_LINES]
        for place, code in enumerate(codes):
            if told[f"text_{place}"]:
                line = {"code": code, "text_ko": told[f"text_{place}"], "at_least": told[f"least_{place}"]}
                lines.append(line | told[f"scores_{place}"])
        return {"lines": lines}

    @classmethod
    def said(cls, row: dict) -> list[Said]:
        return [Said(line["text_ko"], _line_in_words(line), not _has_number(line)) for line in row["lines"]]


class ScoresField(forms.CharField):
    """The points of a line as one number, or of each band on a row of its own as "50: 25,000,000 won and more"."""

    default_error_messages = {
        "form": gettext_lazy("Write one number, or on each row a number, a colon and what it is for."),
        "most": gettext_lazy("A line has no more points than the whole table."),
        "twice": gettext_lazy("The same band stands here twice."),
        "long": gettext_lazy("What a number is for has at most 90 signs and no semicolon."),
    }

    def __init__(self, **options):
        widget = forms.Textarea(attrs={"rows": 1, "lang": "ko", "class": "lines"})
        super().__init__(required=False, validators=[no_hidden_signs], widget=widget, **options)

    def clean(self, value) -> dict:
        rows = [" ".join(row.split()) for row in super().clean(value).splitlines() if row.strip()]
        parts = [[part.strip() for part in row.partition(":")[::2]] for row in rows]
        numbers = [self._number(number) for number, _wording in parts]
        if len(parts) < 2 and not any(wording for _number, wording in parts):
            return {"points": numbers[0] if numbers else None, "bands": []}
        bands = [f"{number}:{wording}" for number, (_typed, wording) in zip(numbers, parts, strict=True)]
        self._look_at(bands)
        return {"points": None, "bands": bands}

    def _number(self, typed: str) -> int:
        try:
            number = int(typed)
        except ValueError:
            raise ValidationError(self.error_messages["form"], code="form") from None
        if abs(number) > MOST_POINTS:
            raise ValidationError(self.error_messages["most"], code="most")
        return number

    def _look_at(self, bands: list[str]) -> None:
        wrong = {
            "form": any(band.endswith(":") for band in bands),
            "twice": len(set(bands)) < len(bands),
            "long": any(len(band) > LONGEST_BAND or ";" in band for band in bands),
        }
        for code in (code for code, found in wrong.items() if found):
            raise ValidationError(self.error_messages[code], code=code)


def scores_of(line: dict) -> str:
    """The points of a line as they are typed."""
    bands = [": ".join(band.split(":", 1)) for band in line.get("bands") or []]
    return "\n".join(bands) if line.get("points") is None else str(line["points"])


def _has_number(line: dict) -> bool:
    return line.get("points") is not None or bool(line.get("bands"))


def _line_in_words(line: dict) -> str:
    said = []
    if line.get("points") is not None:
        said.append(ngettext("%(number)d point", "%(number)d points", line["points"]) % {"number": line["points"]})
    said += [": ".join(band.split(":", 1)) for band in line.get("bands") or []]
    if line.get("at_least") is not None:
        said.append(_("at least %(number)s") % {"number": line["at_least"]})
    return " · ".join(said if _has_number(line) else [_("Score not entered"), *said])
