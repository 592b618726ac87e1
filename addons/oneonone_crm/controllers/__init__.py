from . import sample_file
