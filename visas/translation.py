from modeltranslation.translator import TranslationOptions, register

from visas.models import QuotaPool, VisaProgramme


@register([QuotaPool, VisaProgramme])
class NameTranslation(TranslationOptions):
    fields = ("name",)
