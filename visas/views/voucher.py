from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from centers.views.listing import show
from visas.access import get_voucher_or_404, own_files
from visas.listings import VOUCHERS
from visas.stages import VOUCHER_STATES, stage_of


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return show(request, VOUCHERS)


@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    voucher = get_voucher_or_404(request.user, pk)
    context = {
        "voucher": voucher,
        "client": own_files([voucher], request.user).get(voucher.pk),
        "state": VOUCHER_STATES[stage_of(voucher, VOUCHER_STATES)],
    }
    return render(request, "visas/voucher_detail.html", context)
