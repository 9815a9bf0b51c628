from visas.models.case import VisaCase
from visas.models.programme import ProgrammeArea, SeatTaken, VisaProgramme
from visas.models.quota import PoolProgramme, QuotaEntry, QuotaPool, RuleException
from visas.models.step import CaseBatch, CaseStep, StepKind
from visas.models.voucher import Voucher, VoucherBudget, VoucherRule

__all__ = [
    "CaseBatch", "CaseStep", "PoolProgramme", "ProgrammeArea", "QuotaEntry", "QuotaPool", "RuleException", "SeatTaken",
    "StepKind", "VisaCase", "VisaProgramme", "Voucher", "VoucherBudget", "VoucherRule",
]  # fmt: skip
