"""One job a command, without the command line.

Each is given the settings; a `clock` that tells the time and waits; `stop`, which is set when it is to end in good
order; and `progress`, which is told now and then how far it is. Each raises LockHeld where another process is at work
on the output folder, and StoreError where that cannot be read or written: what was kept until then is safe.
"""
