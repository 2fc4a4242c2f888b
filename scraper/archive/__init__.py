"""How the Wayback Machine is asked."""
