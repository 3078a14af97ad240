"""Changes of the store's schema over time, run by Alembic when the service starts."""

HEAD = "0003"
"""The newest revision: a database that has it is opened without looking further."""
