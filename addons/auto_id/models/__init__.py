from . import (
    auto_id_box,
    auto_id_box_pairing,
    auto_id_box_run,
    auto_id_read,
    auto_id_read_ingest,
    auto_id_reader,
    auto_id_station,
    auto_id_tag,
    res_partner,
)
