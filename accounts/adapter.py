from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import PasswordBy, User


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are given by the province; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: User, password: str) -> None:
        """Keep the password that the person chose: from here on nobody else knows it."""
        user.password_by = PasswordBy.OWNER
        super().set_password(user, password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")
