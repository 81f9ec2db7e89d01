"""Runs the `upstander` command as on an earlier day: `python -m tests.browser.earlier DAYS keeper serve ...`.

Passes count from the month after they were collected, and nobody can wait for that.
"""

import sys
from datetime import date, timedelta

from upstander.cli.main import main
from upstander.formats import days


def run(arguments: list[str]) -> int:
    """Shifts what day it is, and goes on as the command does."""
    now, earlier = days.today, timedelta(int(arguments[0]))

    def today(time_zone: str) -> date:
        return now(time_zone) - earlier

    days.today = today
    return main(arguments[1:])


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
