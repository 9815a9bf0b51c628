import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
settings.ROOT_URLCONF = "tests.style.urls"
settings.TEMPLATES[0]["DIRS"].append(settings.BASE_DIR / "tests" / "style" / "templates")
django.setup()
application = get_wsgi_application()
