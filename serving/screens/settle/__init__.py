"""What an agent reads of their evaluations, and how contests are settled."""
