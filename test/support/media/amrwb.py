"""Makes AMR-WB (23.85 kbit/s) of raw 16-bit samples at 16 kHz with libvo-amrwbenc, for which Debian has no program."""

import ctypes
import sys

FRAME_BYTES = 640
MODE = 8

library = ctypes.CDLL("libvo-amrwbenc.so.0")
library.E_IF_init.restype = ctypes.c_void_p
encoder = ctypes.c_void_p(library.E_IF_init())
packet = ctypes.create_string_buffer(500)

sys.stdout.buffer.write(b"#!AMR-WB\n")
while len(samples := sys.stdin.buffer.read(FRAME_BYTES)) == FRAME_BYTES:
    size = library.E_IF_encode(encoder, MODE, samples, packet, 0)
    sys.stdout.buffer.write(packet.raw[:size])
