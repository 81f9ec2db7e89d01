"""The standard set: every table and estimate that `upstander measure` makes of an extract."""

from upstander.measure.standard.every import Findings, measure
from upstander.measure.standard.part import earlier, populations

__all__ = ["Findings", "earlier", "measure", "populations"]
