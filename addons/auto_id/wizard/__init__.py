from . import auto_id_connect, auto_id_move, base_partner_merge
