from visas.models.case import VisaCase
from visas.models.programme import ProgrammeArea, SeatTaken, VisaProgramme
from visas.models.quota import (
    EntryKind,
    PoolProgramme,
    QuotaClosing,
    QuotaEntry,
    QuotaLine,
    QuotaPool,
    QuotaShare,
    RuleException,
)
from visas.models.voucher import Voucher, VoucherBudget, VoucherRule

__all__ = [
    "EntryKind", "PoolProgramme", "ProgrammeArea", "QuotaClosing", "QuotaEntry", "QuotaLine", "QuotaPool",
    "QuotaShare", "RuleException", "SeatTaken", "VisaCase", "VisaProgramme", "Voucher", "VoucherBudget", "VoucherRule",
]  # fmt: skip
