import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from config.start import refuse_mistakes  # noqa: E402  (Django is set up by now)

refuse_mistakes()
