"""The rules of the records, told for each row of a workbook before anything is written.

The database holds every one of them again (constraints and triggers); what stands here finds all bad rows at
once and says which cell it is. Hard rules are errors, soft ones warnings.
"""

from dataclasses import dataclass

from workbook.batch import Batch
from workbook.identity import People
from workbook.known import Known


@dataclass
class Check:
    """What a rule needs to look at a file. ``historic``: some hard rules become recorded exceptions."""

    batch: Batch
    people: People
    known: Known
    historic: bool = False


def check_rows(check: Check) -> None:
    from workbook.rules import activity, family, person, session, stay, visa, voucher

    for noun in (person, visa, family, voucher, stay, session, activity):
        noun.check(check)
