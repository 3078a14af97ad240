"""``python -m serving`` is the command ``entendu``."""

from serving.command_line import main

main()
