from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.module_loading import autodiscover_modules

PLANS = 300  # statements of a connection; there are some seventy, each for several shapes of viewers and lists


class CentersConfig(AppConfig):
    name = "centers"

    def ready(self):
        from centers import checks  # noqa: F401  (registers the checks of the start)

        autodiscover_modules("listings")  # every app's lists, known by their code also to who exports them
        connection_created.connect(make_ready, dispatch_uid="centers.connection")


def make_ready(connection, **kwargs):
    """Listens to what the walls warn of, and lets the connection keep the plans of all that is asked of it."""
    from centers.scope import warn_of_missing_scope

    connection.connection.add_notice_handler(warn_of_missing_scope)
    connection.connection.prepared_max = PLANS
