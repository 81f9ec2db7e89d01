"""The coded extract: what an institution hands over to be measured. Parquet, no names, no free text."""

from upstander.measure.extract.read import Extract, open_extract
from upstander.measure.extract.schema import TABLES, Column, Layout
from upstander.measure.extract.write import write_extract

__all__ = ["TABLES", "Column", "Extract", "Layout", "open_extract", "write_extract"]
