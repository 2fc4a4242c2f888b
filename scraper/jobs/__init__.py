"""One job a command, without the command line.

Each is given the settings, and may be given, as `means`: `clock`, which tells the time and waits; `stop`, an event that
is set when the job is to end in good order; `progress`, which is told now and then how far the job is. Each raises
LockHeld where another process is at work on the output folder, and StoreError where that cannot be read or written:
what was kept until then is safe.
"""
