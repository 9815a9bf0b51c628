"""``python -m tests.bench [name …]``: runs every ``bench_*.py`` of this folder, or those named, and prints."""

import importlib
import sys
from pathlib import Path

import tests.servers  # noqa: F401  (the servers come up before Django reads its settings)


def main(names: list[str]) -> None:
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    found = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    for name in names or found:
        print(f"{name}:", flush=True)
        for line in importlib.import_module(f"tests.bench.bench_{name}").run():
            print(f"  {line}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
