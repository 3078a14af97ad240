"""The subcommands of ``entendu``."""
