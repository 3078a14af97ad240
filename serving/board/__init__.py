"""The board of a centre: what came in, why, how it went, and what it was computed from."""
