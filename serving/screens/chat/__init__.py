"""The customer's chat: talk with the assistant, read the articles, reach a person."""
