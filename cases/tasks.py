from celery import shared_task

from accounts.queue import queue


@shared_task(name="cases.tasks.purge_drafts", ignore_result=True)
def purge_drafts() -> None:
    from cases.services.draft import purge_drafts

    purge_drafts()


@shared_task(name="cases.tasks.find_pairs", ignore_result=True)
def find_pairs(workspace_id: int) -> None:
    """Fill the queue of likely pairs of one workspace."""
    from cases.services.pairs import find_pairs

    find_pairs(workspace_id)


@shared_task(name="cases.tasks.find_all_pairs", ignore_result=True)
def find_all_pairs() -> None:
    """One task for each workspace, for as many workers as there are."""
    from centers.models import Workspace

    for workspace_id in Workspace.objects.order_by("pk").values_list("pk", flat=True):
        queue(find_pairs, workspace_id)


@shared_task(name="cases.tasks.work_out_question", ignore_result=True)
def work_out_question(question_id: int) -> None:
    """Whether another centre may know the client of one question."""
    from cases.services.identity import work_out

    work_out(question_id)


@shared_task(name="cases.tasks.work_out_questions", ignore_result=True)
def work_out_questions() -> None:
    """The questions whose message was lost."""
    from cases.services.identity import open_questions, work_out

    for question_id in open_questions():
        work_out(question_id)


@shared_task(name="cases.tasks.purge_attachments", ignore_result=True)
def purge_attachments() -> None:
    from cases.services.attachment import purge_attachments

    purge_attachments()
