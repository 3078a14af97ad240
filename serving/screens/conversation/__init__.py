"""The page of one conversation, for everybody who may read it."""
