"""Captures and what reading them gave in, a decision out. Pure: no session, no path, no clock."""
