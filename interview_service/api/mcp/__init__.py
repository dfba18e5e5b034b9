"""MCP: the service's use cases as tools of a language model's client."""
