from celery import shared_task


@shared_task(name="cases.tasks.purge_drafts", ignore_result=True)
def purge_drafts() -> None:
    from cases.services.draft import purge_drafts

    purge_drafts()
