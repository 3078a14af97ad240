"""The description of the API: OpenAPI 3.1 with an example and the problems of every route."""

from serving.openapi.description import install_description

__all__ = ["install_description"]
