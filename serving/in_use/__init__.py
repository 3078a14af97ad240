"""Which contact reasons and scorecards are in use, as an administrator chose while it runs."""
