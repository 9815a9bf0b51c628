from kpi.models.indicator import CountingRule, Indicator, ManualFigure, PrintedResult, RuleExample, Target
from kpi.models.proposal import Proposal, ProposalStatus, ProposalStep
from kpi.models.published import Measure, PublishedFigure
from kpi.models.summary import DirtyMonth, MonthlyActivity, MonthlyPerson, YearAnswer

__all__ = [
    "CountingRule", "DirtyMonth", "Indicator", "ManualFigure", "Measure", "MonthlyActivity",
    "MonthlyPerson", "PrintedResult", "Proposal", "ProposalStatus", "ProposalStep", "PublishedFigure", "RuleExample",
    "Target", "YearAnswer",
]  # fmt: skip
