from . import auto_id_connect
