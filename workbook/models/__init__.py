from workbook.models.imported import ImportedFile, ImportedRow, OpenedFile

__all__ = ["ImportedFile", "ImportedRow", "OpenedFile"]
