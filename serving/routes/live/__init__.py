"""WebSockets of live sessions, one protocol a file."""
