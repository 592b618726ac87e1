from . import models, rules, tools, wizard
from .hooks import uninstall_hook
