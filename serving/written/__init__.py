"""What agents answer in writing: chats that were handed over, and e-mails."""
