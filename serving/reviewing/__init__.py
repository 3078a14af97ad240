"""People above machines, stored: review events, evaluations, assignments, samples, scorecards."""
