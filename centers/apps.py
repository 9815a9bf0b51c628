from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.module_loading import autodiscover_modules


class CentersConfig(AppConfig):
    name = "centers"

    def ready(self):
        from centers import checks  # noqa: F401  (registers the checks of the start)

        autodiscover_modules("listings")  # every app's lists, known by their code also to who exports them
        connection_created.connect(listen_to_notices, dispatch_uid="centers.notices")


def listen_to_notices(connection, **kwargs):
    from centers.scope import warn_of_missing_scope

    connection.connection.add_notice_handler(warn_of_missing_scope)
