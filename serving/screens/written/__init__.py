"""The written side of the desk: chats handed over by the bot, and e-mails."""
