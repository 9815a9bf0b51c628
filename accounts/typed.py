"""What somebody typed, for an answer that cannot keep it elsewhere."""

from django.http import HttpRequest


def typed_in(request: HttpRequest) -> list[str]:
    """The texts that were sent with a form, without what is secret: to show them again to whoever wrote them."""
    return [
        text
        for name, texts in request.POST.lists()
        if not any(secret in name for secret in ("password", "token", "next", "code"))
        for text in texts
        if len(text) > 1 and not text.isdecimal()
    ]
