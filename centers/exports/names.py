"""What an exported list is called, on the pages and where its file is downloaded."""

import re

from django.utils import timezone, translation

from centers.listing import find
from centers.models import Export

UNFIT = re.compile(r'[\\/:*?"<>|\s]+')  # in the name of a file, on one system or another


def title_of(export: Export) -> str:
    """The list or the figure, in the language of the moment; its code where no list is called so any more."""
    try:
        return str(find(export.listing, export.filters).title)
    except KeyError:  # a list of an earlier version
        return export.listing


def name_of_file(export: Export) -> str:
    """The list or the figure in the language of the file, and the day in Seoul it was asked for; nobody's name."""
    with translation.override(export.language):
        title = UNFIT.sub("-", title_of(export)).strip("-.")
    return f"{title}-{timezone.localtime(export.requested_at):%Y%m%d}-{export.pk}.{export.format}"
