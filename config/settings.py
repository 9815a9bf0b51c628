"""All settings, read from the environment. ``deploy/SETTINGS.md`` is the table of them."""

import os
from pathlib import Path

import psycopg
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from config import servers

BASE_DIR = Path(__file__).resolve().parent.parent
environ = os.environ.get

EMBEDDED = bool(environ("SETTLEMENT_EMBEDDED")) or not environ("DATABASE_URL")
DEMO = bool(environ("SETTLEMENT_DEMO"))  # synthetic people only; says so on every page
DEBUG = False


MISTAKES: list[str] = []  # one sentence each; all of them are told at once, at the end of this file


def _mistaken(sentence: str, instead):
    MISTAKES.append(sentence)
    return instead


def _switch(name: str, *, default: bool) -> bool:
    words = {"1": True, "yes": True, "on": True, "true": True, "0": False, "no": False, "off": False, "false": False}
    given = environ(name, "").strip().lower()
    if given and given not in words:
        return _mistaken(f"{name} is {given!r}; it can be 1 or 0.", default)
    return words.get(given, default)


def _number(name: str, default: int) -> int:
    given = environ(name, "").strip()
    if given and not given.isdecimal():
        return _mistaken(f"{name} is {given!r}; it has to be a whole number, zero or more.", default)
    return int(given) if given else default


def _minutes(name: str, default: float) -> float:
    """In seconds. Parts of a minute are for trying it out."""
    given = environ(name, "").strip()
    try:
        minutes = float(given or default)
    except ValueError:
        minutes = 0.0
    if not 0 < minutes <= 24 * 60:
        minutes = _mistaken(f"{name} is {given!r}; it has to be a number of minutes, more than 0.", default)
    return minutes * 60


# Keys. Named in the environment, or made once in the state folder.


def _key(name: str) -> str:
    given = environ(f"SETTLEMENT_{name.upper()}")
    try:
        return given or servers.secrets_of(servers.state_folder())[name]
    except servers.ServerError as error:
        return "" if str(error) in MISTAKES else _mistaken(str(error), "")


SECRET_KEY = _key("secret_key")
SCOPE_KEY = _key("scope_key")
FIELD_KEYS = _key("field_keys")
MATCH_KEY = _key("match_key")

# Database. Two roles: the application, and the owner who changes the shape.


def _database(name: str, otherwise: str) -> dict:
    try:
        parts = conninfo_to_dict(environ(name) or otherwise)
    except psycopg.Error:
        parts = _mistaken(
            f"{name} is not the address of a PostgreSQL database: postgresql://role:password@host/name.", {}
        )
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    named = {names[key]: str(value) for key, value in parts.items() if key in names}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **named,
        "OPTIONS": {key: value for key, value in parts.items() if key not in names},
        "CONN_MAX_AGE": 600,  # with a connection go the plans that the database keeps for it
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,  # the scope middleware owns the transaction
    }


_APPLICATION = _database("DATABASE_URL", "postgresql://settlement_app@/settlement")
DATABASE_APP_ROLE = _APPLICATION.get("USER", "settlement_app")
DATABASE_OWNER = _database("DATABASE_OWNER_URL" if environ("DATABASE_OWNER_URL") else "DATABASE_URL", "postgresql:///")
AS_OWNER = bool(environ("SETTLEMENT_AS_OWNER"))
_CHOSEN = DATABASE_OWNER if AS_OWNER else _APPLICATION
# Plans of what centers/prepared.py asks are kept from the third time on; all else binds its values itself.
DATABASES = {"default": _CHOSEN | {"OPTIONS": {"prepare_threshold": 2} | _CHOSEN["OPTIONS"]}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# An achievement above this per cent scores no more than this.
SCORE_CAP = _number("SETTLEMENT_SCORE_CAP", 100)

REDIS_URL = environ("REDIS_URL") or "redis://localhost:6379/0"
if not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    _mistaken("REDIS_URL is not the address of a Redis server: redis://host:6379/0, or unix:///path/to/socket.", None)

INSTALLED_APPS = [
    "modeltranslation",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "guardian",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "accounts",
    "audit",
    "centers",
    "cases",
    "visas",
    "kpi",
    "workbook",
    "demo",
]

MIDDLEWARE = [
    "centers.middleware.WorkspaceMiddleware",  # first: what comes after sees the address without the workspace
    "django.middleware.security.SecurityMiddleware",
    "config.packed.PackedFilesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.PersonMiddleware",
    "accounts.middleware.IdleMiddleware",
    "accounts.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.OwnPasswordMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "centers.middleware.ScopeMiddleware",  # last: the transaction holds the view and nothing else
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

FORM_RENDERER = "config.fields.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["config.addresses", "config.pieces"],
            "libraries": {"choices": "config.choices", "panels": "config.panels"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.installation",
            ],
        },
    }
]

# What a message says of staff or a file stays on the server.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Who.

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"change_password": "accounts.forms.ChangePasswordForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ALLAUTH_TRUSTED_PROXY_COUNT = _number("SETTLEMENT_TRUSTED_PROXIES", 0)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "전북 외국인 정착지원"
REQUIRE_SECOND_FACTOR = _switch("SETTLEMENT_REQUIRE_SECOND_FACTOR", default=not EMBEDDED)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

# Who does nothing for so long is signed out (accounts/idle.py).
IDLE_SECONDS = _minutes("SETTLEMENT_IDLE_MINUTES", 60)
SESSION_COOKIE_AGE = int(IDLE_SECONDS) + 60  # seconds; what nobody uses any more ends by itself
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# The database cache keeps rate limits when Redis is down.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

# Languages.

LANGUAGE_CODE = environ("LANGUAGE_CODE") or "ko"
LANGUAGES = [("ko", "한국어"), ("en", "English"), ("vi", "Tiếng Việt"), ("zh-hans", "简体中文")]
MODELTRANSLATION_DEFAULT_LANGUAGE = "ko"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("ko",)
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_HTTPONLY = True
USE_I18N = True
FORMAT_MODULE_PATH = ["config.formats"]
USE_TZ = True
TIME_ZONE = "Asia/Seoul"

# Files.

STATIC_URL = "/static/"  # absolute: pages are also served below a workspace
STATICFILES_DIRS = [BASE_DIR / "config" / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.collected.CollectedFiles"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# A note that is far too long is answered with a sentence on the form, and not by a bare page that loses it.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
# Exports lie here, encrypted, for a day; web processes and workers see the same folder.
EXPORT_FOLDER = Path(environ("SETTLEMENT_EXPORTS") or servers.state_folder() / "exports")
EXPORT_FORGOTTEN_SECONDS = 180  # without a sign of life, an export is taken up by another worker

# Background work.

CELERY_BROKER_URL = (
    f"redis+socket://{REDIS_URL.removeprefix('unix://')}" if REDIS_URL.startswith("unix:") else REDIS_URL
)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
# A message is given out again after this; longer than the longest task.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 2}
CELERY_BEAT_SCHEDULE = {
    # A hint may be lost, a mark cannot: look for marks whether or not a hint came.
    "recount-marked-months": {"task": "kpi.tasks.recount_marked_months", "schedule": 3.0},
    # Exports whose message was lost or whose worker died, and files whose day is over.
    "sweep-exports": {"task": "centers.tasks.sweep_exports", "schedule": 30.0},
    # Drafts that were discarded, or that nobody went on with: their days are in cases/models/draft.py.
    "purge-drafts": {"task": "cases.tasks.purge_drafts", "schedule": 3600.0},
    # Files on clients whose days are over: cases/reference/attachment_kinds.csv.
    "purge-attachments": {"task": "cases.tasks.purge_attachments", "schedule": 3600.0},
    # Semester lists that waited a week for a yes.
    "purge-semester-lists": {"task": "workbook.tasks.purge_lists", "schedule": 3600.0},
    # Duties of permits that came by a file, or whose message was lost.
    "follow-cases": {"task": "visas.tasks.follow_all", "schedule": crontab(hour=3, minute=40)},
    # Questions to other centres whose message was lost.
    "work-out-questions": {"task": "cases.tasks.work_out_questions", "schedule": 60.0},
    # Files that may be of one person, compared at night.
    "find-pairs": {"task": "cases.tasks.find_all_pairs", "schedule": crontab(hour=3, minute=10)},
}

# Transport and browser.

HTTPS = _switch("SETTLEMENT_HTTPS", default=not EMBEDDED)
ALLOWED_HOSTS = [
    host.strip() for host in environ("SETTLEMENT_HOSTS", "localhost,127.0.0.1").split(",") if host.strip()
]
if any("/" in host or " " in host for host in ALLOWED_HOSTS):
    _mistaken("SETTLEMENT_HOSTS holds an address; list names only, such as settlement.example.kr.", None)
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if HTTPS]
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_LEVEL = environ("SETTLEMENT_LOG_LEVEL") or "WARNING"
if _LEVEL not in _LEVELS:
    _LEVEL = _mistaken(f"SETTLEMENT_LOG_LEVEL is {_LEVEL!r}; it can be one of {', '.join(_LEVELS)}.", "WARNING")

# No personal data in logs: no query strings, no bodies; errors name the view and the exception.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": _LEVEL},
}

SILENCED_SYSTEM_CHECKS = [
    "guardian.W001",  # the backend is installed under its own name
]

if SECRET_KEY and len(SECRET_KEY) < 50:
    _mistaken("SETTLEMENT_SECRET_KEY is shorter than 50 characters: make one with `openssl rand -hex 32`.", None)
if MISTAKES:
    raise ImproperlyConfigured("\n".join(dict.fromkeys(MISTAKES)))
