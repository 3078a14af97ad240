"""The main job in stages, each with a value that can be kept until the next."""
