"""Measurement: the institution in the mirror. Pure functions over a coded extract; no names, no free text.

Estimators return an `Estimate` or say why there is none. Nothing of them reaches a page except as `Safe`,
which only `measure.disclosure` makes. No score, rank or prediction of a person is here, and none may come.
"""
