"""The pages that people see, and what their scripts ask for."""

from serving.routes.screens import assets, chat, inbox

ROUTERS = (assets.router, chat.router, inbox.router)
