"""Routes that OpenAI's clients can be pointed at."""

from serving.routes.openai import chat, embeddings, model_list, transcriptions, translations
from serving.routes.openai.errors import OpenAIErrors

ROUTERS = (
    transcriptions.router,
    translations.router,
    embeddings.router,
    model_list.router,
    chat.router,
)

__all__ = ["ROUTERS", "OpenAIErrors"]
