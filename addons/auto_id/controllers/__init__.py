from . import iot_box, reads
