from modeltranslation.translator import TranslationOptions, register

from visas.models import DependantOutcome, QuestionReason, QuotaPool, StudyPermitKind, StudyStatus, VisaProgramme


@register([DependantOutcome, QuestionReason, QuotaPool, StudyPermitKind, StudyStatus, VisaProgramme])
class NameTranslation(TranslationOptions):
    fields = ("name",)
