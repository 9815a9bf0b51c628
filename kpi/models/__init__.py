from kpi.models.indicator import CountingRule, Indicator, ManualFigure, PrintedResult, RuleExample, Target
from kpi.models.published import PublishedFigure
from kpi.models.summary import DirtyMonth, MonthlyActivity, MonthlyPerson, YearAnswer

__all__ = [
    "CountingRule", "DirtyMonth", "Indicator", "ManualFigure", "MonthlyActivity", "MonthlyPerson",
    "PrintedResult", "PublishedFigure", "RuleExample", "Target", "YearAnswer",
]  # fmt: skip
