"""The tables that a revision makes, a file for each area with ``create()`` and ``drop()``."""
