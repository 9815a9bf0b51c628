"""Static files under names that tell what is in them, so that a browser keeps each one until it changes."""

from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = (r"""(?P<matched>from "(?P<url>\./[^"]+)")""", 'from "%(url)s"')


class CollectedFiles(CompressedManifestStaticFilesStorage):
    """What ``collectstatic`` gathered, packed and named by its content; our own scripts name each other so too.

    Django's way of following imports would follow those of packages, which lead to files that they do not bring.
    The embedded installation collects nothing and serves the files as they lie in the tree, as does one on which
    ``collectstatic`` was not run yet.
    """

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", (IMPORT,)))

    def url(self, name: str, force: bool = False) -> str:
        if settings.EMBEDDED or not self.hashed_files:
            return StaticFilesStorage.url(self, name)
        return super().url(name, force)
