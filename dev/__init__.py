"""The project's own tooling: gets, starts, tests and measures the whole system.

Standard library only, so that `make run` works on a bare Python 3.11.
"""
