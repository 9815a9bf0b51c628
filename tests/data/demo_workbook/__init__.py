"""The demo workbook: one invented year of the support centres, as they would keep it in Excel.

Two totals repeat what was published for 2025, 611 settled workers and 808 settled dependants, so that the roll-up
can be set beside the press release. Everything else, above all the 611 vouchers, the split by place and by programme,
and that it is Jangsu which has no centre, is illustrative.
"""
