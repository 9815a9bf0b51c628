from collections.abc import Iterable
from datetime import date

from django.db import transaction

from accounts.models import User
from audit.models import Action
from audit.services import record
from kpi.models import Proposal, ProposalStatus, ProposalStep, PublishedFigure
from visas.models import DemandSurvey, QuotaPool


@transaction.atomic
def propose(
    *,
    actor: User,
    happened_on: date,
    figures: Iterable[PublishedFigure] = (),
    surveys: Iterable[DemandSurvey] = (),
    pools: Iterable[QuotaPool] = (),
    **told,
) -> Proposal:
    """Keep a proposal, being drafted from this day on. Raises ValidationError for what is missing or too long."""
    proposal = Proposal(entered_by=actor, **told)
    proposal.full_clean()
    proposal.save()
    proposal.figures.set(figures)
    proposal.surveys.set(surveys)
    proposal.pools.set(pools)
    take_proposal_step(proposal, actor=actor, status=ProposalStatus.DRAFTED, happened_on=happened_on)
    return proposal


@transaction.atomic
def take_proposal_step(
    proposal: Proposal, *, actor: User, status: ProposalStatus, happened_on: date, document: str = "", note: str = ""
) -> ProposalStep:
    """Put on record where a proposal came to. Raises IntegrityError for a day before that of the last step, an answer
    to what was not submitted, and one that says nothing.
    """
    step = ProposalStep.objects.create(
        proposal=proposal, status=status, happened_on=happened_on, document=document, note=note, entered_by=actor
    )
    record(Action.PROPOSAL_STEP, actor=actor, target=proposal, status=status)
    return step
