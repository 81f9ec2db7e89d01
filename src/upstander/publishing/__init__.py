"""Publishing: `Safe` tables and counts of the log become pages, files and feeds that anybody can check."""
