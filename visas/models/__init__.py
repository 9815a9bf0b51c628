from visas.models.case import VisaCase
from visas.models.programme import ProgrammeArea, SeatTaken, VisaProgramme
from visas.models.quota import PoolProgramme, QuotaEntry, QuotaPool, RuleException
from visas.models.voucher import Voucher, VoucherBudget, VoucherRule

__all__ = [
    "PoolProgramme", "ProgrammeArea", "QuotaEntry", "QuotaPool", "RuleException", "SeatTaken", "VisaCase",
    "VisaProgramme", "Voucher", "VoucherBudget", "VoucherRule",
]  # fmt: skip
