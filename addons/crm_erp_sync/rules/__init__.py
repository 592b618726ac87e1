from . import base, procurement, quantity
from .base import REGISTRY, Rule, rule_for
