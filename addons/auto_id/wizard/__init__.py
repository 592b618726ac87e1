from . import auto_id_connect, base_partner_merge
