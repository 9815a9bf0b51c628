from allauth.account import views as account
from django.urls import include, path

from accounts import views as accounts
from config.views import home

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
    path("language/", accounts.language, name="language"),
    path("healthz", accounts.healthz, name="healthz"),
    path("accounts/", include(sign_in)),
    path("", include("audit.urls")),
    path("", include("centers.urls")),
    path("kpi/", include("kpi.urls")),
    path("", include("cases.urls")),
]
