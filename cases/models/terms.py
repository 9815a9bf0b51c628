"""The code sets of the field (domain report, sections 4, 6 and 7). Their rows are ``reference/*.csv``."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from centers.models.codes import CodeKey
from centers.models.municipality import Term
from centers.reader import by_an_official


class Country(Term):
    """A nationality by ISO 3166 alpha-2. ``group`` is the column it falls into in the province's own statistics."""

    group = models.CharField(_("group"), max_length=40, blank=True)

    class Meta(Term.Meta):
        verbose_name = _("country")
        verbose_name_plural = _("countries")


# Written from right to left in the script that the Unicode CLDR gives them.
FROM_THE_RIGHT = ("ar", "fa", "ps", "ug", "ur")


class Language(Term):
    """A language by its BCP 47 tag."""

    class Meta(Term.Meta):
        verbose_name = _("language")
        verbose_name_plural = _("languages")


class Topic(Term):
    """What a session was about (상담유형). A group (대분류) is a topic of its own.

    ``restricted`` topics are for counsellors alone: beside a person they would tell an official that a stay is
    irregular. An official is told their group instead. ``guarded`` topics are of people in danger: whoever was
    counselled about one is never hinted at when another centre asks who is known.
    """

    group = CodeKey("self", models.PROTECT, null=True, blank=True, related_name="topics")
    restricted = models.BooleanField(_("for counsellors only"), default=False)
    guarded = models.BooleanField(_("never hinted at to another centre"), default=False)

    class Meta(Term.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(restricted=False) | models.Q(group__isnull=False),
                name="topic_restricted_in_a_group",
                violation_error_message=_("A topic for counsellors only belongs to a group."),
            ),
        ]

    def __str__(self):
        return self.told.name

    @property
    def office_term(self) -> str:
        return super().office_term if self.told is self else self.told.office_term

    @property
    def told(self) -> "Topic":
        """What the reader is told: the topic, or its group where the topic is not for them."""
        return self.group if self.restricted and by_an_official() else self


class Channel(Term):
    """How a session was held (경로)."""

    class Meta(Term.Meta):
        verbose_name = _("channel")
        verbose_name_plural = _("channels")


class Outcome(Term):
    """How a session ended (결과)."""

    class Meta(Term.Meta):
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")


class Caller(Term):
    """Who asked for counsel (의뢰인), who need not be the client."""

    class Meta(Term.Meta):
        verbose_name = _("caller")
        verbose_name_plural = _("callers")


class Interpretation(Term):
    """By what means the languages met (통역)."""

    class Meta(Term.Meta):
        verbose_name = _("interpretation")
        verbose_name_plural = _("interpretations")


class Urgency(Term):
    """How soon something has to be done (긴급도)."""

    class Meta(Term.Meta):
        verbose_name = _("urgency")
        verbose_name_plural = _("urgencies")


class Residence(Term):
    """Where the client lives (거주지역): a municipality by its code, another province, or not known."""

    class Meta(Term.Meta):
        verbose_name = _("place of residence")
        verbose_name_plural = _("places of residence")


class Relation(Term):
    """What a dependant is to the principal (관계).

    Two things are asked about before they are put on record, and never refused: a second one where ``one_at_a_time``,
    and one who is less than ``younger_by`` years younger than the principal.
    """

    one_at_a_time = models.BooleanField(_("one at a time"), default=False, db_default=False)
    younger_by = models.PositiveSmallIntegerField(_("years younger than the principal"), null=True, blank=True)

    class Meta(Term.Meta):
        verbose_name = _("relation")
        verbose_name_plural = _("relations")


class Sex(Term):
    """As the residence card has it (성별)."""

    class Meta(Term.Meta):
        verbose_name = _("sex")
        verbose_name_plural = _("sexes")


class StayReason(Term):
    """Why somebody needed the shelter (입소 사유)."""

    class Meta(Term.Meta):
        verbose_name = _("reason of a stay")
        verbose_name_plural = _("reasons of stays")


OF_THE_SYSTEM = "system"  # the group of codes that stand in no law


class StatusCode(Term):
    """A status of residence (체류자격, 출입국관리법 시행령 별표 1, 1의2), valid from one day to another.

    ``restricted`` codes are for counsellors alone and reach no official.
    """

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="kinds")
    group = models.CharField(_("group"), max_length=20, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    restricted = models.BooleanField(_("for counsellors only"), default=False)

    class Meta(Term.Meta):
        verbose_name = _("status of residence")
        verbose_name_plural = _("statuses of residence")

    @property
    def office_code(self) -> str:
        """The code as offices write it; empty for what only this system tells by a code (UNREG, UNK, KOR)."""
        return "" if self.group == OF_THE_SYSTEM else self.code
