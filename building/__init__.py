"""What ``build.py`` makes ``dist/`` with: the boot image, names by content, the single file."""
