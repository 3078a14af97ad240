"""What every request and answer goes through, whatever its route."""
