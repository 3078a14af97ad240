"""Conversations that go on: with the bot, and with the assistant beside an agent; durable."""
