"""A populated contact centre to look around in; all of its people are invented."""
