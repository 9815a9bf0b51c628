from celery import shared_task

from accounts.queue import queue


@shared_task(name="visas.tasks.follow_case", ignore_result=True)
def follow_case(case_id: int, workspace_id: int) -> None:
    """Make or end the duties of one case after a step."""
    from visas.services.obligation import follow_case

    follow_case(case_id, workspace_id)


@shared_task(name="visas.tasks.follow_workspace", ignore_result=True)
def follow_workspace(workspace_id: int) -> None:
    """Let letters lapse that have run out, and make or end the duties of all cases of a workspace."""
    from visas.services.obligation import follow_workspace

    follow_workspace(workspace_id)


@shared_task(name="visas.tasks.follow_all", ignore_result=True)
def follow_all() -> None:
    """One task for each workspace that keeps cases, for as many workers as there are."""
    from centers.models import Workspace, WorkspaceKind

    kinds = (WorkspaceKind.OFFICE, WorkspaceKind.UNIVERSITY)
    for workspace_id in Workspace.objects.filter(kind__in=kinds).order_by("pk").values_list("pk", flat=True):
        queue(follow_workspace, workspace_id)
