from modeltranslation.translator import TranslationOptions, register

from cases import models


@register(
    [
        models.AttachmentKind,
        models.Caller,
        models.Channel,
        models.Country,
        models.DeadlineKind,
        models.Interpretation,
        models.Language,
        models.Outcome,
        models.Relation,
        models.Residence,
        models.Sex,
        models.StatusCode,
        models.StayReason,
        models.Topic,
        models.Urgency,
    ]
)
class NameTranslation(TranslationOptions):
    fields = ("name",)
