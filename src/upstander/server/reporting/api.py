"""Routes for reporters: no cookie, no account, nothing about the sender is kept."""

from ninja import Router

router = Router(tags=["reporting"])
