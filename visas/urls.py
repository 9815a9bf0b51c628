from django.urls import path

from visas.views import board, case, dependant, letter, obligation, quota, quota_board, quota_entry, voucher

app_name = "visas"
urlpatterns = [
    path("cases/", case.index, name="cases"),
    path("cases/new/", case.new, name="case_new"),
    path("cases/<int:pk>/", case.detail, name="case"),
    path("quotas/", quota.index, name="quotas"),
    path("quotas/board/", quota_board.board, name="quota_board"),
    path("quotas/board/xlsx/", quota_board.xlsx, name="quota_xlsx"),
    path("quotas/reversal/<int:pk>/", quota_entry.reversal, name="quota_reversal"),
    path("quotas/<str:code>/", quota.detail, name="quota"),
    path("quotas/<str:code>/entry/", quota_entry.entry, name="quota_entry"),
    path("quotas/<str:code>/reallocation/", quota_entry.reallocation, name="quota_reallocation"),
    path("quotas/<str:code>/confirmation/", quota_entry.confirmation, name="quota_confirmation"),
    path("quotas/<str:code>/share/", quota_entry.share, name="quota_share"),
    path("quotas/<str:code>/closing/", quota_entry.closing, name="quota_closing"),
    path("cases/<int:pk>/steps/<slug:kind>/", case.step, name="case_step"),
    path("cases/<int:pk>/facts/", case.fact, name="case_fact"),
    path("cases/<int:pk>/dependants/new/", dependant.new, name="case_dependant_new"),
    path("cases/<int:pk>/dependants/<int:link>/", dependant.change, name="case_dependant"),
    path("cases/<int:pk>/letter.<slug:kind>", letter.letter, name="letter"),
    path("cases/<int:pk>/back/", case.back, name="case_back"),
    path("board/", board.board, name="board"),
    path("board/steps/", board.bulk, name="bulk"),
    path("receipts/<int:pk>/", board.receipt, name="receipt"),
    path("checks/", obligation.index, name="checks"),
    path("checks/<int:pk>/", obligation.detail, name="check"),
    path("findings/<int:pk>/look/", obligation.look, name="finding_look"),
    path("vouchers/", voucher.index, name="vouchers"),
    path("vouchers/<int:pk>/", voucher.detail, name="voucher"),
]
