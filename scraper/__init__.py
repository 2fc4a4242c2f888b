"""Recovers a closed news site from the Wayback Machine into Markdown files.

The flow: discover -> select -> fetch -> keep -> parse -> render -> write, the ledger beside every step.
"""

__version__ = "0.1.0"
