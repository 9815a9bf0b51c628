"""Writes tests/data/centres.xlsx, the demo workbook, or a longer one for the benchmark.

python tests/data/make_centres.py [--sessions 100000] [--out FILE.xlsx]
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.data.demo_workbook.workbook import SESSIONS, write


def main() -> None:
    """Write the file that the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=SESSIONS, help="rows of 상담 (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("centres.xlsx"))
    arguments = parser.parse_args()
    write(arguments.out, arguments.sessions)


if __name__ == "__main__":
    main()
