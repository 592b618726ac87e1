"""Becomes Odoo. A file, because Odoo with workers starts `sys.argv[0]` again for the event process.

In a folder of its own: Python puts the script's folder in front of its path, and `dev/odoo.py`
must not be what `import odoo` finds.
"""

from odoo.cli import main

main()
