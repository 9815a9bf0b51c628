from modeltranslation.translator import TranslationOptions, register

from visas.models import DependantOutcome, QuestionReason, QuotaPool, StudyStatus, VisaProgramme


@register([DependantOutcome, QuestionReason, QuotaPool, StudyStatus, VisaProgramme])
class NameTranslation(TranslationOptions):
    fields = ("name",)
