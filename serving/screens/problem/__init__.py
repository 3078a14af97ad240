"""The page that stands where another could not be shown: what is wrong, and where to go on."""
