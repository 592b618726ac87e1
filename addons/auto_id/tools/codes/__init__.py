"""What a code means: GS1, EPC, Digital Link, cards. Pure Python, usable without Odoo.

`parse(scan)` understands what a reader sends; `key(scan)` is what a tag is looked up by.
"""

from .result import Code
from .scan import key, parse

__all__ = ["Code", "key", "parse"]
