"""`python3 -m box`: prepares the box's home and becomes the box."""

import sys

from .virtual_box import main

sys.exit(main())
