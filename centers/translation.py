from modeltranslation.translator import TranslationOptions, register

from centers.models import Municipality, SupportProgramme, Workspace


@register([Municipality, SupportProgramme, Workspace])
class NameTranslation(TranslationOptions):
    fields = ("name",)
