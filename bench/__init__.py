"""Speed and memory, as ratios within one run. `make bench` prints the table; docs/performance.md explains it."""
