"""How much of a file we take: the one table that the inspection, the pages' hints and the documentation read."""

MEGABYTE = 1024 * 1024

FILE_BYTES = 10 * MEGABYTE
NAME_CHARACTERS = 200

PICTURE_PIXELS = 25_000_000
PICTURE_SIDE = 20_000

PDF_PAGES = 200
# 100 inches: beyond it lies no paper, only memory spent on drawing it.
PDF_PAGE_POINTS = 7_200
PDF_IMAGE_PIXELS = 100_000_000
PDF_DECODED_BYTES = 200 * MEGABYTE

# What the child process that opens the file may use, and how long anybody waits for it.
CHILD_MEMORY_BYTES = 512 * MEGABYTE
CHILD_CPU_SECONDS = 20
CHILD_WALL_SECONDS = 60
CHILD_OUTPUT_BYTES = 40 * MEGABYTE
CHILDREN_AT_ONCE = 2
PATIENCE_SECONDS = 30.0
