from . import test_js
from . import test_order
from . import test_reads
from . import test_refresh
from . import test_screen
from . import test_security
from . import test_tools
from . import test_tours
