"""A customer's earlier contacts, as every screen that serves them shows it."""
