from . import iot_box, raw_reads, reads, status
