"""How far machine and people agree, question by question."""
