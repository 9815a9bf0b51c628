from celery import shared_task


@shared_task(name="centers.tasks.run_export", ignore_result=True)
def run_export(export_id: int, user_id: int) -> None:
    from centers.exports.run import run_export

    run_export(export_id, user_id)


@shared_task(name="centers.tasks.sweep_exports", ignore_result=True)
def sweep_exports() -> None:
    from centers.exports.run import sweep_exports

    sweep_exports()
