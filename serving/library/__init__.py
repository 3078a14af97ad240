"""The knowledge base that the service keeps: changed over HTTP, searched and asked meanwhile."""
