from workbook.models.imported import ImportedFile, ImportedRow, OpenedFile
from workbook.models.semester import ListState, SemesterList

__all__ = ["ImportedFile", "ImportedRow", "ListState", "OpenedFile", "SemesterList"]
