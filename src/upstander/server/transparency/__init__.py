"""What everybody may see: publications, hearings, and news for those who asked for it."""
