from visas.models.case import VisaCase
from visas.models.case_study import CaseStudy
from visas.models.decision import Decision, Reference
from visas.models.demand import DemandSurvey
from visas.models.dependant import AskedWhen, DependantOutcome, DependantQuestion, QuestionReason
from visas.models.enrolment import Enrolment, StatusChange, StudyStatus
from visas.models.obligation import (
    OF_WORK,
    BroughtBy,
    CheckBatch,
    CheckResult,
    Closing,
    ClosingState,
    Duty,
    EndedWhy,
    Finding,
    FindingState,
    Obligation,
    ObligationCheck,
    ObligationRule,
)
from visas.models.paper import CasePaper, FromWhom, PaperState, RequiredPaper
from visas.models.points import CasePoint, PointItem
from visas.models.programme import GivenBack, ProgrammeArea, ProgrammeSetting, SeatTaken, VisaProgramme, WaitingOrder
from visas.models.quota import (
    EntryKind,
    PoolProgramme,
    QuotaClosing,
    QuotaEntry,
    QuotaLine,
    QuotaNotice,
    QuotaPool,
    QuotaShare,
    RuleException,
)
from visas.models.rule import CaseFact, EligibilityRule, FactKind, LetterText
from visas.models.step import CaseBatch, CaseStep, Channel, StepKind, WaitingMove
from visas.models.study import KoreanResult, KoreanTest, StudyPermit, StudyPermitKind
from visas.models.voucher import Voucher, VoucherBudget, VoucherRule

__all__ = [
    "OF_WORK", "AskedWhen", "BroughtBy", "CaseBatch", "CaseFact", "CasePaper", "CasePoint", "CaseStep", "CaseStudy",
    "Channel", "CheckBatch", "CheckResult", "Closing", "ClosingState", "Decision", "DemandSurvey", "DependantOutcome",
    "DependantQuestion", "Duty", "EligibilityRule", "EndedWhy", "Enrolment", "EntryKind", "FactKind", "Finding",
    "FindingState", "FromWhom", "GivenBack", "KoreanResult", "KoreanTest", "LetterText", "Obligation",
    "ObligationCheck", "ObligationRule", "PaperState", "PointItem", "PoolProgramme", "ProgrammeArea",
    "ProgrammeSetting", "QuestionReason", "QuotaClosing", "QuotaEntry", "QuotaLine", "QuotaNotice", "QuotaPool",
    "QuotaShare", "Reference", "RequiredPaper", "RuleException", "SeatTaken", "StatusChange", "StepKind",
    "StudyPermit", "StudyPermitKind", "StudyStatus", "VisaCase", "VisaProgramme", "Voucher", "VoucherBudget",
    "VoucherRule", "WaitingMove", "WaitingOrder",
]  # fmt: skip
