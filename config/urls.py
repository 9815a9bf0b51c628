from allauth.account import views as account
from django.urls import include, path

from accounts import views as accounts
from config.views import home, switch

handler400 = "config.views.bad_request"
handler500 = "config.views.server_error"

# Only the pages of allauth that are used: nobody signs up, and passwords are reset by the administrator.
sign_in = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
]

urlpatterns = [
    path("", home, name="home"),
    path("here/", switch, name="switch"),
    path("language/", accounts.language, name="language"),
    path("contrast/", accounts.contrast, name="contrast"),
    path("shortcuts/", accounts.shortcuts, name="shortcuts"),
    path("shortcuts/keys/", accounts.keys, name="keys"),
    path("stay/", accounts.stay, name="stay"),
    path("healthz", accounts.healthz, name="healthz"),
    path("accounts/", include(sign_in)),
    path("", include("audit.urls")),
    path("kpi/", include("kpi.urls")),
    path("", include("cases.urls")),
    path("", include("centers.urls")),
    path("visas/", include("visas.urls")),
    path("visas/", include("workbook.urls")),
]
