"""What each figure counts: the sentence that stands beside it, at the head of its rows and on paper.

Cases, visits and distinct persons are told apart wherever they are printed, as counselling statistics do.
"""

from django.utils.translation import gettext_lazy as _

from cases.meanings import SESSION
from kpi.evidence import OFFERED, READING, STAGES, Figure
from kpi.rows import WORDS, rule_of
from visas.quotas import DEFINITIONS

BY_DAY = _("One visa case counts once, by the day of this step, whatever became of it afterwards.")
SENTENCES: dict[str, str] = {
    "session": SESSION[1],
    "clients": _(
        "The clients of each session added up: three people in one session are three visits, and whoever comes "
        "twice counts twice."
    ),
    "minutes": _("The minutes on record for these sessions, added up. A session without them adds none."),
    "person": _(
        "People on file who were counselled, each once, however often they came and to however many centres. "
        "Anonymous sessions add nobody."
    ),
    "activity": _("One activity counts once, by the day on which it was held. Void ones are left out."),
    "participants": _("The participants of each activity added up: whoever comes twice counts twice."),
    "voucher": _("One voucher counts once, by the day on which it was paid."),
    "won": _("The amounts of the vouchers paid, added up."),
    "province_won": _("Of the amount of each voucher paid 30 %, in whole won."),
    "municipality_won": _("Of the amount of each voucher paid what the province does not bear."),
    "stay": _("One stay counts once, where at least one of its nights is counted."),
    "night": _(
        "One guest and one night count once, from the day of coming in and without the day of leaving. Nights on "
        "leave and void stays are left out."
    ),
    "shelter_person": _("Guests who slept at least one night, each once, however often they stayed."),
    OFFERED: _("A bed offers every night on which it is in service."),
    "dependant_settled": _("Family members whose settling was verified, each once, by that day."),
    **{f"visa_{stage}": BY_DAY for stage in STAGES},
    "seat": DEFINITIONS["taken"][1],
    "seat_granted": DEFINITIONS["granted"][1],
    "seat_settled": DEFINITIONS["settled"][1],
}
# Of rates, which have no rows of their own: what they are called, and what of what they are.
RATES: dict[str, tuple[str, str]] = {
    "occupancy": (_("Occupancy"), _("The occupancy is the bed nights slept, of the nights offered.")),
    "foreign": (
        _("In another language than Korean"),
        _("The sessions held in another language than Korean, of all sessions of the year up to the day."),
    ),
}


def meaning(name: str) -> tuple[str, str]:
    """What a figure or a rate is called, and what it counts."""
    return RATES[name] if name in RATES else (WORDS[name][1], SENTENCES[name])


def sentence_of(figure: Figure) -> str:
    """What a figure counts; of a reading, the text of its rule."""
    return rule_of(figure).text if figure.name == READING else SENTENCES[figure.name]
