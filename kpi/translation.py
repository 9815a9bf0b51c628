from modeltranslation.translator import TranslationOptions, register

from kpi.models import CountingRule, Indicator, Measure, RuleExample


@register(Indicator)
class IndicatorTranslation(TranslationOptions):
    fields = ("name", "unit", "kind")


@register(CountingRule)
class CountingRuleTranslation(TranslationOptions):
    fields = ("name", "text")


@register(RuleExample)
class RuleExampleTranslation(TranslationOptions):
    fields = ("title",)


@register(Measure)
class MeasureTranslation(TranslationOptions):
    fields = ("name",)
