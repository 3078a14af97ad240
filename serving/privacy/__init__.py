"""What protects people: retention, objection, consent, erasure, access to what is kept."""
