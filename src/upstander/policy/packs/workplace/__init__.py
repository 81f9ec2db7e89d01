"""The pack for any place of work."""
