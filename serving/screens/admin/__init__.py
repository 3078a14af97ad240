"""What those who run the centre change: knowledge, scorecards, keys, retention and the rest."""
