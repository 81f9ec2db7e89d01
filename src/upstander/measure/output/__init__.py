"""Safe tables as files: tidy CSV, an accessible workbook, charts with words, one page that explains each."""

from upstander.measure.output.write import Heading, write_all

__all__ = ["Heading", "write_all"]
