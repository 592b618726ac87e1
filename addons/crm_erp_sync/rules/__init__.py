from . import base, outcome, procurement, quantity, revenue
from .base import REGISTRY, Rule, rule_for
