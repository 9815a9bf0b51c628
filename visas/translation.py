from modeltranslation.translator import TranslationOptions, register

from visas.models import QuotaPool, StudyPermitKind, StudyStatus, VisaProgramme


@register([QuotaPool, StudyPermitKind, StudyStatus, VisaProgramme])
class NameTranslation(TranslationOptions):
    fields = ("name",)
