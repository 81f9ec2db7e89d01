"""The packs that come with Upstander, a folder each."""
