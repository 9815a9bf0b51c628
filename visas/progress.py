"""What comes next in a visa case, and what has happened with one: in words, from its dates."""

from collections.abc import Iterable, Iterator

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from cases.timeline import About, Entry
from centers.prepared import prepared
from centers.selectors import scope_of
from visas.models import CaseStep, Obligation, ObligationCheck, StatusChange, VisaCase, Voucher
from visas.models.step import ASIDE
from visas.obligations import CHECK_STATES
from visas.path import WAITS_FOR
from visas.stages import CASE_STAGES, INNER, VOUCHER_STATES

CASE_STEPS = list(CASE_STAGES)
VOUCHER_STEPS = list(VOUCHER_STATES)


def cases_of(about: About) -> list[VisaCase]:
    """The visa cases of the person that the viewer may read, those of other workspaces that are shared with theirs
    among them.
    """
    return _cases(about.viewer, _is_own(about, "view_visa_cases"), ids=about.ids, person=about.client.person_id)


@prepared
def _cases(viewer: User, own: bool, *, ids: list[int], person: int) -> QuerySet[VisaCase]:
    theirs = _theirs(viewer, "view_visa_cases", own, ids, person)
    return VisaCase.objects.visible_to(viewer).filter(theirs).order_by("-received_on", "-pk")


def vouchers_of(about: About) -> list[Voucher]:
    return _vouchers(about.viewer, _is_own(about, "view_vouchers"), ids=about.ids, person=about.client.person_id)


@prepared
def _vouchers(viewer: User, own: bool, *, ids: list[int], person: int) -> QuerySet[Voucher]:
    theirs = _theirs(viewer, "view_vouchers", own, ids, person)
    return Voucher.objects.visible_to(viewer).filter(theirs).order_by("-applied_on", "-pk")


def _is_own(about: About, permission: str) -> bool:
    return about.client.workspace_id in scope_of(about.viewer).of(permission)


def _theirs(viewer: User, permission: str, own: bool, ids: list[int], person: int) -> Q:
    """Identities are compared within the viewer's own workspaces alone, and where a row is shared with one of them.

    ``own`` says that the file is kept in one of them.
    """
    of_files = Q(client__in=ids)
    if not own:
        return of_files
    here = list(scope_of(viewer).of(permission))
    return of_files | Q(person=person) & (Q(workspace__in=here) | Q(shared_with__overlap=here))


def case_entries(cases: Iterable[VisaCase]) -> Iterator[Entry]:
    """The steps of cases, those that a case has no day for among them."""
    cases = {case.pk: case for case in cases}
    for step in _inner_steps(None, cases=list(cases)):
        row = cases[step.case_id]
        title = f"{row.programme} · {step.get_kind_display()}"
        yield Entry("visa", step.happened_on, -step.pk, title, "", row.get_absolute_url(), str(row.workspace))
    for row in cases.values():
        for step, name in CASE_STAGES.items():
            day = getattr(row, f"{step}_on")
            if day:
                number = row.pk * len(CASE_STEPS) + CASE_STEPS.index(step)
                title = f"{row.programme} · {name}"
                yield Entry("visa", day, number, title, "", row.get_absolute_url(), str(row.workspace))


@prepared
def _inner_steps(viewer: None, *, cases: list[int]) -> QuerySet[CaseStep]:
    return CaseStep.objects.standing().filter(case__in=cases, kind__in=[*INNER, *ASIDE])


def duty_entries(about: About, cases: list[VisaCase]) -> Iterator[Entry]:
    """The checks of the person's duties that were made, and the duties that fell away.

    An official reads those of the own office alone (``OfCaseQuerySet.visible_to``). A check that was taken out stays
    in sight and says so. Duties come from a case of the person's own, or of whom they came with.
    """
    if not (cases or about.households):
        return
    told = {"ids": about.ids, "cases": [case.pk for case in cases]}
    for row in _checks(about.viewer, **told):
        title = f"{row.obligation.rule.get_kind_display()} · {row.get_result_display()}"
        mark = str(CHECK_STATES["withdrawn"]) if row.withdrawn_on else ""
        proof = row.document or row.note
        yield Entry("duty", row.done_on, row.pk, title, proof, row.get_absolute_url(), str(row.workspace), mark)
    for row in _fell_away(about.viewer, **told):
        title = f"{row.rule.get_kind_display()} · " + _("Fell away")
        why = row.get_ended_why_display()
        yield Entry("duty", row.ended_on, -row.pk, title, why, row.case.get_absolute_url(), str(row.workspace))


@prepared
def _checks(viewer: User, *, ids: list[int], cases: list[int]) -> QuerySet[ObligationCheck]:
    made = ObligationCheck.objects.visible_to(viewer).exclude(result="").select_related("obligation__rule")
    return made.filter(Q(client__in=ids) | Q(obligation__link=None, case__in=cases))


@prepared
def _fell_away(viewer: User, *, ids: list[int], cases: list[int]) -> QuerySet[Obligation]:
    ended = Obligation.objects.visible_to(viewer).exclude(ended_on=None).select_related("rule", "case")
    return ended.filter(Q(client__in=ids) | Q(link=None, case__in=cases))


def changes_of(about: About) -> list[StatusChange]:
    """The changes of status of the person as a student, of the files that the viewer may read."""
    return _changes(about.viewer, ids=about.ids)


@prepared
def _changes(viewer: User, *, ids: list[int]) -> QuerySet[StatusChange]:
    rows = StatusChange.objects.visible_to(viewer).standing().filter(client__in=ids)
    return rows.select_related("enrolment__major")


def study_entries(changes: Iterable[StatusChange]) -> Iterator[Entry]:
    for row in changes:
        told = f"{row.enrolment.major} · {row.enrolment.ref}"
        yield Entry("study", row.happened_on, row.pk, str(row.kind), told, row.get_absolute_url(), str(row.workspace))


def voucher_entries(vouchers: Iterable[Voucher]) -> Iterator[Entry]:
    for row in vouchers:
        for step, name in VOUCHER_STATES.items():
            day = getattr(row, f"{step}_on")
            if day:
                number = row.pk * len(VOUCHER_STEPS) + VOUCHER_STEPS.index(step)
                won = _("%(won)s won") % {"won": f"{row.amount_won:,}"}
                title = _("Upgrade voucher") + f" · {name}"
                yield Entry("voucher", day, number, title, won, row.get_absolute_url(), str(row.workspace))


def next_of(case: VisaCase) -> str:
    """What the case waits for, in words; empty where nothing does."""
    return str(WAITS_FOR.get(case.state, ("", ""))[0])
