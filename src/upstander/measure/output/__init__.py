"""Safe tables as files: tidy CSV, an accessible workbook, charts with words, one page that explains each."""

from upstander.measure.output.write import Heading, check_new, write_all

__all__ = ["Heading", "check_new", "write_all"]
