"""One job a command, without the command line."""
