"""What the figures of counselling and of a shelter count: what each is called, and one sentence."""

from django.utils.translation import gettext_lazy as _

SESSION = (
    _("Sessions (cases)"),
    _(
        "One counselling session counts once, however long it took, however many topics it had and however many "
        "people came. Void sessions are left out."
    ),
)
TONIGHT = (
    (
        _("People with a bed tonight"),
        _("Guests who have come in and keep their bed for this night; those on leave are among them."),
    ),
    (_("Free beds"), _("Beds in service this night that nobody has.")),
)
