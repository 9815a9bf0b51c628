from django.urls import path

from visas.views import case, voucher

app_name = "visas"
urlpatterns = [
    path("cases/", case.index, name="cases"),
    path("cases/<int:pk>/", case.detail, name="case"),
    path("vouchers/", voucher.index, name="vouchers"),
    path("vouchers/<int:pk>/", voucher.detail, name="voucher"),
]
