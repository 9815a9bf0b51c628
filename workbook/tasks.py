from celery import shared_task


@shared_task(name="workbook.tasks.purge_lists", ignore_result=True)
def purge_lists() -> None:
    from workbook.semester.writing import purge_lists

    purge_lists()
