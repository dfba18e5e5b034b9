"""A2A 1.0: the protocol between agents, and the agent that interviews are behind it.

`binding` speaks the protocol for any `values.Agent`; `interviews` is the agent of this service.
"""
