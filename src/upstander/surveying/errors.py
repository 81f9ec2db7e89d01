"""What can be wrong with a wave, a pass or an answer. Messages are plain sentences and say what to do."""

from upstander.formats.errors import FormatError


class SurveyError(FormatError):
    """Something of the survey does not fit."""


class TotalsError(SurveyError):
    """The staff totals cannot be read, or are too small to ask anybody about herself."""


class PassError(SurveyError):
    """This is not a pass, or not one of this wave."""


class CodeError(SurveyError):
    """This code is unknown, or a pass was given for it."""
