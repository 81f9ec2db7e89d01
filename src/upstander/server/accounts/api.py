"""Routes of the desk that concern people and keys. Mounted at `/api/v1/desk`."""

from ninja import Router

router = Router(tags=["accounts"])
