from django.urls import path

from visas.views import board, case, dependant, voucher

app_name = "visas"
urlpatterns = [
    path("cases/", case.index, name="cases"),
    path("cases/new/", case.new, name="case_new"),
    path("cases/<int:pk>/", case.detail, name="case"),
    path("cases/<int:pk>/steps/<slug:kind>/", case.step, name="case_step"),
    path("cases/<int:pk>/facts/", case.fact, name="case_fact"),
    path("cases/<int:pk>/dependants/new/", dependant.new, name="case_dependant_new"),
    path("cases/<int:pk>/dependants/<int:link>/", dependant.change, name="case_dependant"),
    path("cases/<int:pk>/back/", case.back, name="case_back"),
    path("board/", board.board, name="board"),
    path("board/steps/", board.bulk, name="bulk"),
    path("receipts/<int:pk>/", board.receipt, name="receipt"),
    path("vouchers/", voucher.index, name="vouchers"),
    path("vouchers/<int:pk>/", voucher.detail, name="voucher"),
]
