from . import packages

packages.make_importable()
