from datetime import date

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils.translation import gettext_lazy as _

from cases.models.kept import Kept, Shared, client_key, code_key, person_key, with_history
from centers.models import Municipality
from centers.querysets import scoped
from config.addresses import address_of
from visas.models.days import NOT_YET
from visas.models.programme import VisaProgramme
from visas.models.quota import YEAR, QuotaPool, RuleException
from visas.stages import state_of


class LetterKey(Func):
    """A letter number without what is no difference of it: capitals or small, spaces, full-width signs."""

    function = "wall.letter_key"
    output_field = models.TextField()


_AFTER_THE_PERMIT = Coalesce("settled_on", "granted_on")
# The day on which a permit ended, whatever ended it.
GONE = Least("left_on", "cancelled_on", "moved_on")

ENDS = ("completed", "refused", "ineligible", "withdrawn", "lapsed", "left", "moved", "cancelled")
LIVE = Q(**{f"{end}_on": None for end in ENDS})
# Whether it holds a place today, live or not.
HOLDS = Q(seat_on__isnull=False, given_back_on=None)

# The order by recommendation; a case without one stands before all that have it.
RECOMMENDED = Coalesce("recommended_on", Value(NOT_YET))


@with_history
class VisaCase(Shared, Kept):
    """One person's way through one visa programme, by its dates.

    Received (접수) → recommended (추천) → submitted (출입국 신청) → granted (허가) or refused (불허) → settled
    (정착: residence verified) → completed (의무 이행 완료), left (이탈), cancelled (허가 취소) or moved (전출);
    ineligible (부적격), withdrawn (철회) and lapsed (실효) end it before. ``inner_step`` is the last step between
    reception and recommendation, ``letter_valid_until`` the last day of the letter that holds: triggers keep both.
    A live case has none of ``ENDS``. ``seat_on`` is the day on which it took its place and ``given_back_on`` the one
    on which it gave it back, by the rule of its programme; ``pool`` is the quota whose period holds the former.
    ``share_on`` is a day in the midst of the semester in which the person is to study (``CaseStudy``), or the day of
    the place while that is not said: by it a share of a semester counts. Triggers set them. ``period`` is that in
    which the person has one live case: the pool's, of whichever of the programmes that share it, else the calendar
    year of reception: of each programme, or of those together that shared the last quota (``2026 E-7-4``). A case that
    ended makes room for another one, and holds its place until it is given back.
    """

    client = client_key("visa_cases")
    person = person_key()
    programme = code_key(VisaProgramme)
    municipality = code_key(Municipality, null=True, blank=True)
    received_on = models.DateField(_("received on"))
    recommended_on = models.DateField(_("recommended on"), null=True, blank=True)
    letter_number = models.CharField(_("letter number"), max_length=60, blank=True)
    submitted_on = models.DateField(_("submitted on"), null=True, blank=True)
    granted_on = models.DateField(_("granted on"), null=True, blank=True)
    refused_on = models.DateField(_("refused on"), null=True, blank=True)
    ineligible_on = models.DateField(_("ineligible on"), null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    lapsed_on = models.DateField(_("lapsed on"), null=True, blank=True)
    settled_on = models.DateField(_("settled on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    completed_on = models.DateField(_("duties fulfilled on"), null=True, blank=True)
    cancelled_on = models.DateField(_("permit cancelled on"), null=True, blank=True)
    moved_on = models.DateField(_("moved away on"), null=True, blank=True)
    inner_step = models.CharField(max_length=20, blank=True, editable=False, db_default="")
    letter_valid_until = models.DateField(_("letter valid until"), null=True, blank=True, editable=False)
    seat_on = models.DateField(_("place taken on"), null=True, blank=True, editable=False)
    share_on = models.DateField(null=True, blank=True, editable=False)
    given_back_on = models.DateField(_("place given back on"), null=True, blank=True, editable=False)
    pool = models.ForeignKey(
        QuotaPool, models.PROTECT, null=True, blank=True, editable=False, related_name="visa_cases"
    )
    period = models.CharField(max_length=40, editable=False)
    order_exception = models.ForeignKey(
        RuleException, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    quota_exception = models.ForeignKey(
        RuleException, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    objects = scoped("view_visa_cases", shared=True).as_manager()

    class Meta:
        verbose_name = _("visa case")
        verbose_name_plural = _("visa cases")
        indexes = [
            models.Index(fields=["workspace", "-received_on", "-id"], name="visa_case_by_workspace"),
            models.Index(fields=["-received_on", "-id"], name="visa_case_by_day"),
            models.Index("workspace", RECOMMENDED, "id", name="visa_case_by_recommended"),
            models.Index(RECOMMENDED, "id", name="visa_case_all_by_recommended"),
            models.Index(fields=["client"], name="visa_case_by_client"),
            models.Index(fields=["person"], name="visa_case_by_person"),
            models.Index(fields=["pool", "recommended_on"], name="visa_case_by_pool"),
            models.Index(
                F("programme"), LetterKey("letter_number"), condition=~Q(letter_number=""), name="visa_case_by_letter"
            ),
            models.Index(
                fields=["workspace", "letter_valid_until"],
                name="visa_case_by_validity",
                condition=Q(letter_valid_until__isnull=False, submitted_on=None, granted_on=None, lapsed_on=None),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "programme", "period"],
                condition=LIVE,
                name="visa_case_one_live",
                violation_error_message=_("The person already has a live case of this programme in this period."),
            ),
            models.UniqueConstraint(
                fields=["person", "period"],
                condition=LIVE & ~Q(period__regex=YEAR),
                name="visa_case_one_live_of_quota",
                violation_error_message=_(
                    "The person already has a live case of this period in a programme that shares its quota with this "
                    "one."
                ),
            ),
            models.UniqueConstraint(
                fields=["person", "pool"],
                condition=Q(given_back_on=None, quota_exception=None),
                name="visa_case_one_place",
                violation_error_message=_(
                    "An earlier case of the person has ended and still holds a place of this quota, which its "
                    "programme does not give back: there is no second place in this period."
                ),
            ),
            models.CheckConstraint(
                condition=Q(granted_on=None) | Q(refused_on=None),
                name="visa_case_granted_or_refused",
                violation_error_message=_("A case is granted or refused, not both."),
            ),
            models.CheckConstraint(
                condition=Q(order_exception__isnull=False)
                | (Q(recommended_on=None) | Q(recommended_on__gte=F("received_on")))
                & (Q(submitted_on=None) | Q(submitted_on__gte=Greatest("received_on", "recommended_on")))
                & (Q(granted_on=None) | Q(granted_on__gte=Greatest("received_on", "recommended_on", "submitted_on")))
                & (Q(refused_on=None) | Q(refused_on__gte=Greatest("received_on", "recommended_on", "submitted_on")))
                & (Q(settled_on=None) | Q(granted_on__isnull=False, settled_on__gte=F("granted_on")))
                & (Q(left_on=None) | Q(granted_on__isnull=False, left_on__gte=Coalesce("settled_on", "granted_on")))
                & (Q(completed_on=None) | Q(settled_on__isnull=False, completed_on__gte=F("settled_on")))
                & (Q(cancelled_on=None) | Q(granted_on__isnull=False, cancelled_on__gte=_AFTER_THE_PERMIT))
                & (Q(moved_on=None) | Q(granted_on__isnull=False, moved_on__gte=_AFTER_THE_PERMIT))
                & (Q(ineligible_on=None) | Q(ineligible_on__gte=F("received_on")))
                & (Q(withdrawn_on=None) | Q(withdrawn_on__gte=F("received_on")))
                & (Q(lapsed_on=None) | Q(lapsed_on__gte=F("received_on"))),
                name="visa_case_dates_in_order",
                violation_error_message=_(
                    "The dates of the case are out of order: received, recommended, submitted, granted or refused, "
                    "settled, and what came after."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.programme_id} {self.workspace_id}-{self.ref or self.pk}"

    @property
    def has_ended(self) -> bool:
        """Whether the case is over, in whichever way."""
        return any(getattr(self, f"{end}_on") for end in ENDS)

    def get_absolute_url(self):
        return address_of("visas:case", self.pk)

    @property
    def state(self) -> str:
        """The step at which it stands, as ``wall.case_state`` says it: the key of ``CASE_STATES``."""
        return state_of(self)

    @property
    def state_on(self) -> date | None:
        """Since when; none where it stands at a step that only its row has a day for."""
        return getattr(self, f"{self.state}_on", None)
