"""Bytes of containers and messages: CMAF boxes, ADTS, emsg ticks, logged voices. Pure, no I/O."""
