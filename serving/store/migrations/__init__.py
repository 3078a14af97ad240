"""Changes of the store's schema over time, run by Alembic when the service starts."""
