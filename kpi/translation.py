from modeltranslation.translator import TranslationOptions, register

from kpi.models import CountingRule, Indicator, Measure, PublishedFigure, RuleExample


@register(Indicator)
class IndicatorTranslation(TranslationOptions):
    fields = ("name", "unit", "kind")


@register(CountingRule)
class CountingRuleTranslation(TranslationOptions):
    fields = ("name", "text")


@register(RuleExample)
class RuleExampleTranslation(TranslationOptions):
    fields = ("title",)


@register(PublishedFigure)
class PublishedFigureTranslation(TranslationOptions):
    """What was said is quoted; what it means is told by us."""

    fields = ("definition",)


@register(Measure)
class MeasureTranslation(TranslationOptions):
    fields = ("name",)
