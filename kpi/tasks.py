from datetime import date

from celery import shared_task


@shared_task(name="kpi.tasks.recount_marked_months", ignore_result=True)
def recount_marked_months() -> None:
    from kpi.services.summary import recount_marked

    recount_marked()


@shared_task(name="kpi.tasks.recount_month", ignore_result=True)
def recount_month(workspace_id: int, month: str) -> None:
    from centers.scope import acting_for
    from kpi.services.summary import recount

    with acting_for([workspace_id]):
        recount(workspace_id, date.fromisoformat(month))
