"""Fingerprints of pictures: the hash, the sealed bank, the search of files. No picture is ever kept."""
