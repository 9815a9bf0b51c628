from datetime import date

NOT_YET = date(1, 1, 1)  # stands for a day that is not there, where rows are sorted by it
