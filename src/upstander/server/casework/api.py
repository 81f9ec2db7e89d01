"""Routes of the desk that concern cases. Mounted at `/api/v1/desk`."""

from ninja import Router

router = Router(tags=["casework"])
