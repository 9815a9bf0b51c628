from modeltranslation.translator import TranslationOptions, register

from centers.models import Municipality, Separation, SupportProgramme, Workspace


@register([Municipality, SupportProgramme, Workspace])
class NameTranslation(TranslationOptions):
    fields = ("name",)


@register(Separation)
class SeparationTranslation(TranslationOptions):
    fields = ("name", "reason", "source")
