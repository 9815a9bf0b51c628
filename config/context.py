from django.conf import settings
from django.http import HttpRequest


def installation(request: HttpRequest) -> dict:
    """What every page says of the installation it belongs to."""
    return {"demo": settings.DEMO}
