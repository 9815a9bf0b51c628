"""What a page weighs over the wire."""

import gzip
import re
from pathlib import Path

from django.contrib.staticfiles.finders import find


def packed_with(page: str) -> int:
    """Bytes of the style and the script that a page brings along at the first visit, packed."""
    found = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', page)
    return sum(len(gzip.compress(Path(find(name)).read_bytes())) for name in found)
