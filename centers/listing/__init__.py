"""Lists of records: declared once, and then shown page by page, filtered, sorted, and written to a file."""

from centers.listing.columns import Column
from centers.listing.figure import ListedFigure, listed
from centers.listing.filters import CodeField, FilterForm, MonthField, SwitchField, WorkspaceField
from centers.listing.listing import Listing, find, register, register_family
from centers.listing.orders import Order, empty_last, sortable
from centers.listing.page import Page
from centers.listing.shown import Shown

__all__ = [
    "CodeField", "Column", "FilterForm", "ListedFigure", "Listing", "MonthField", "Order", "Page", "Shown",
    "SwitchField", "WorkspaceField", "empty_last", "find", "listed", "register", "register_family", "sortable",
]  # fmt: skip
