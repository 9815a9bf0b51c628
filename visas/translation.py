from modeltranslation.translator import TranslationOptions, register

from visas.models import QuotaPool, StudyStatus, VisaProgramme


@register([QuotaPool, StudyStatus, VisaProgramme])
class NameTranslation(TranslationOptions):
    fields = ("name",)
