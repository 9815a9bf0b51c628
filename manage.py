#!/usr/bin/env python
"""The command line. Starts the embedded servers where no others are named (see config/servers.py)."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here. Run `make env`, then use .venv/bin/python.")
    from config import servers

    try:
        servers.serve_command(sys.argv)
    except servers.ServerError as error:
        sys.exit(str(error))
    from django.core.exceptions import ImproperlyConfigured

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as mistakes:
        sys.exit(str(mistakes))


if __name__ == "__main__":
    main()
