from modeltranslation.translator import TranslationOptions, register

from cases.models import (
    Caller,
    Channel,
    Country,
    DeadlineKind,
    Interpretation,
    Language,
    Outcome,
    Relation,
    Sex,
    StatusCode,
    StayReason,
    Topic,
)


@register(
    [
        Caller,
        Channel,
        Country,
        DeadlineKind,
        Interpretation,
        Language,
        Outcome,
        Relation,
        Sex,
        StatusCode,
        StayReason,
        Topic,
    ]
)
class NameTranslation(TranslationOptions):
    fields = ("name",)
