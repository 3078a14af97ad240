"""What the centre knows of one customer's contacts."""
