"""Brings a purchase-history file into the database: `runner` around, `loader` inside.

`runner.ImportRunner` keeps the locks, the progress and the state of an import, `loader.
HistoryLoader` does the work in one transaction.
"""

from .loader import HistoryLoader
from .runner import ImportBusyError, ImportRunner
