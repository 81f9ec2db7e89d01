"""`Safe`: a value that has been through disclosure control. Only this package can make one.

Python keeps nothing from code in the same process that is bent on getting at it. What is done here is that
no ordinary way (constructing, copying, pickling, subclassing, replacing, writing into one) and none of the
usual tricks yields a `Safe` that `opened` accepts, so that getting round the door takes code that any
reader of a change sees; a test looks for it too.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, Generic, NoReturn, SupportsIndex, TypeVar, final

from upstander.measure.disclosure.published import Published
from upstander.measure.errors import DisclosureError

T = TypeVar("T", bound=Published)


@final
class Safe(Generic[T]):
    """Something that may be shown. Read it with `opened`, or through `value`."""

    __slots__ = ("__weakref__",)

    def __new__(cls) -> NoReturn:
        raise DisclosureError(
            "Only disclosure control makes what may be shown: hand the tables to `release`."
        )

    def __init_subclass__(cls) -> None:
        raise DisclosureError("There is one kind of Safe.")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise DisclosureError("What may be shown cannot be changed.")

    def __copy__(self) -> Safe[T]:
        return self

    def __deepcopy__(self, memo: object) -> Safe[T]:
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise DisclosureError("What may be shown is not stored as such: write it with `publishing`.")

    def __repr__(self) -> str:
        return f"<Safe {opened(self).name!r}>"

    @property
    def value(self) -> T:
        """What is inside."""
        return opened(self)


Seal = Callable[[Published], Safe[Published]]


def _gate() -> tuple[Callable[[], Seal], Callable[[Any], Published]]:
    made: weakref.WeakKeyDictionary[Safe[Published], tuple[Published, bytes]] = weakref.WeakKeyDictionary()
    taken = [False]

    def seal(value: Published) -> Safe[Published]:
        if type(value) is not Published:
            raise DisclosureError("Only a finished table can be shown.")
        safe: Safe[Published] = object.__new__(Safe)  # type: ignore[arg-type]
        made[safe] = (value, value.digest())
        return safe

    def take() -> Seal:
        if taken[0]:
            raise DisclosureError("The seal is with `release`, and there is one.")
        taken[0] = True
        return seal

    def look(safe: Any) -> Published:
        if type(safe) is not Safe or safe not in made:
            raise DisclosureError("This did not come from disclosure control and may not be shown.")
        value, digest = made[safe]
        if value.digest() != digest:
            raise DisclosureError("This was changed after disclosure control and may not be shown.")
        return value

    return take, look


take_seal, _look_inside = _gate()


def opened(safe: Safe[T]) -> T:
    """What is inside.

    Raises DisclosureError for anything that disclosure control did not make, or did not leave so.
    """
    return _look_inside(safe)  # type: ignore[return-value]
