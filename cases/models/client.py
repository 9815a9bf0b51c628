from datetime import date

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.access import OnRecord
from cases.models.kept import Kept, Shared, client_key, code_key, person_key, with_history, workspace_key
from cases.models.keys import (
    digits_backwards,
    middle_backwards,
    name_initials,
    name_key,
    name_key_backwards,
    name_reading,
    name_sound,
)
from cases.models.terms import Country, Language, Sex, StatusCode
from centers.models import Municipality
from centers.querysets import scoped
from centers.selectors import scope_of
from config.addresses import address_of

NOT_YET, NEVER = date(1, 1, 1), date(9999, 12, 31)  # stand for a day that is not known, where clients are sorted by it


class NameKind(models.TextChoices):
    """Which script a name stands in (행정문서의 외국인 성명 표기: 로마자와 한글을 나란히)."""

    ROMAN = "roman", _("Roman")
    KOREAN = "korean", _("Korean")
    NATIVE = "native", _("Native script")


class IdentifierKind(models.TextChoices):
    REGISTRATION = "registration", _("Alien registration number")
    PASSPORT = "passport", _("Passport number")


@with_history
class Client(Shared, Kept):
    """One workspace's file on a person. The same human being may have files in several workspaces.

    ``sorted_as`` is the key of the name that the file goes by, for lists in the order of names; a trigger keeps it.
    It is empty where the file has no name.

    ``form_token`` is the form it was opened in: a form that is sent twice opens one file.
    """

    whose = ("id",)

    person = person_key()
    nationality = code_key(Country, null=True, blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    sex = code_key(Sex, null=True, blank=True)
    status = code_key(StatusCode, null=True, blank=True)
    status_expires_on = models.DateField(_("status expires on"), null=True, blank=True)
    language = code_key(Language, null=True, blank=True)
    municipality = code_key(Municipality, null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, db_constraint=False, related_name="merged"
    )
    sorted_as = models.TextField(db_collation="C", blank=True, editable=False, default="", db_default="")
    form_token = models.UUIDField(null=True, blank=True, editable=False)

    objects = scoped("view_clients", shared=True).as_manager()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        indexes = [
            models.Index(fields=["workspace", "-id"], name="client_by_workspace"),
            models.Index(fields=["person"], name="client_by_person"),
            models.Index(fields=["workspace", "birth_date"], name="client_by_birth"),
            models.Index(fields=["workspace", "ref"], name="client_by_number", condition=~Q(ref="")),
            models.Index("workspace", Coalesce("status_expires_on", Value(NEVER)), "id", name="client_by_expiry"),
            # Not by workspace: a reader has the files of some, and those that are shared with them, in one order.
            models.Index(Coalesce("recorded_on", Value(NOT_YET)), "id", name="client_by_registration"),
            models.Index(fields=["sorted_as", "id"], name="client_by_name"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["form_token"],
                condition=~Q(form_token=None),
                name="client_opened_once",
                violation_error_message=_("This form was sent before: the file is open."),
            ),
        ]

    def __str__(self):
        return f"{self.workspace_id}-{self.pk}"

    def get_absolute_url(self):
        return address_of("cases:client", self.pk)


class PartOfFileQuerySet(scoped("view_clients")):
    """Parts of a file that are read by everybody who reads the file: by the province of those with a visa case too.

    For all others the workspaces stand in the query as constants: the indexes of the search begin with them.
    """

    def visible_to(self, user: User) -> "PartOfFileQuerySet":
        if "view_visa_cases" not in scope_of(user).everywhere:
            return super().visible_to(user)
        (file,) = self.model.whose
        return self.filter(**{f"{file.removesuffix('_id')}__in": Client.objects.visible_to(user)})


FOR_SOME = [  # keys that few names have
    ("second_initials", "name_by_second_initials"),
    ("third_initials", "name_by_third_initials"),
    ("reading", "name_by_reading"),
    ("second_reading", "name_by_second_reading"),
    ("third_reading", "name_by_third_reading"),
    ("key_backwards", "name_by_end"),
]


def _index_of_some(column: str, name: str) -> models.Index:
    return models.Index(fields=["workspace", column], condition=Q(**{f"{column}__isnull": False}), name=name)


@with_history
class ClientName(OnRecord):
    """A name of a client as it is written in one script.

    The keys are what it is found by: without marks, blanks and capitals, from its first word, its second and its
    third on, so that a search begins at any of them (``cases/search.py``). The sounds are alike in every script. The
    readings are those of Koreans. Of Hangul and Chinese signs without a gap the surname counts as a word.
    """

    workspace = workspace_key()
    client = client_key("names")
    kind = models.CharField(_("script"), max_length=10, choices=NameKind)
    text = models.CharField(_("name"), max_length=200)
    key = name_key(1)
    second_key = name_key(2)
    third_key = name_key(3)
    sound = name_sound(1)
    second_sound = name_sound(2)
    third_sound = name_sound(3)
    turned_sound = name_sound(0)
    initials = name_initials(1)
    second_initials = name_initials(2)
    third_initials = name_initials(3)
    reading = name_reading(1)
    second_reading = name_reading(2)
    third_reading = name_reading(3)
    key_backwards = name_key_backwards()

    objects = PartOfFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("name")
        verbose_name_plural = _("names")
        indexes = [
            models.Index(fields=["client"], name="name_by_client"),
            models.Index(fields=["workspace", "key"], name="name_by_key"),
            models.Index(fields=["workspace", "second_key"], name="name_by_second_key"),
            models.Index(fields=["workspace", "third_key"], name="name_by_third_key"),
            models.Index(fields=["workspace", "sound"], name="name_by_sound"),
            models.Index(fields=["workspace", "second_sound"], name="name_by_second_sound"),
            models.Index(fields=["workspace", "third_sound"], name="name_by_third_sound"),
            models.Index(fields=["workspace", "turned_sound"], name="name_by_turned_sound"),
            models.Index(fields=["workspace", "initials"], name="name_by_initials"),
            *(_index_of_some(*row) for row in FOR_SOME),
        ]

    def __str__(self):
        return self.text


@with_history
class Contact(OnRecord):
    """A way to reach a client."""

    workspace = workspace_key()
    client = client_key("contacts")
    kind = models.CharField(_("kind"), max_length=20, default="phone")
    value = models.CharField(_("contact"), max_length=100)
    digits_backwards = digits_backwards()
    middle_backwards = middle_backwards()

    objects = scoped("view_clients").as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [
            models.Index(fields=["client"], name="contact_by_client"),
            models.Index(fields=["workspace", "digits_backwards"], name="contact_by_ending"),
            models.Index(fields=["workspace", "middle_backwards"], name="contact_by_middle"),
        ]

    def __str__(self):
        return self.value


@with_history
class Identifier(OnRecord):
    """A number of the state on a client (고유식별정보), encrypted (``cases/secrecy.py``) and never in clear.

    ``digest`` is its keyed hash; the identity it leads to is ``PersonKey``. Of each kind one is in use; ``former``
    are those that a file came to hold beside it, as a merge brings them: they still lead to the person.
    """

    workspace = workspace_key()
    client = client_key("identifiers")
    kind = models.CharField(_("kind"), max_length=20, choices=IdentifierKind)
    ciphertext = models.BinaryField()
    digest = models.BinaryField()
    former = models.BooleanField(default=False, db_default=False)

    objects = scoped("view_clients").as_manager()

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        indexes = [
            models.Index(fields=["client"], name="identifier_by_client"),
            models.Index(fields=["digest"], name="identifier_by_digest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "kind"], condition=Q(former=False), name="identifier_one_of_a_kind"
            ),
            models.UniqueConstraint(fields=["client", "kind", "digest"], name="identifier_once"),
        ]

    def __str__(self):
        return self.get_kind_display()
