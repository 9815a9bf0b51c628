import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from config.start import APPLICATION_CANNOT_LOAD, refuse_mistakes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

try:
    application = get_wsgi_application()
except ImproperlyConfigured as mistakes:
    print(mistakes, file=sys.stderr)  # noqa: T201  (there is no page to tell it on)
    raise SystemExit(APPLICATION_CANNOT_LOAD) from None

refuse_mistakes()
