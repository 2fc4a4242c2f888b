"""Is everything in an output folder what the ledger says it is? Looks only; `repair` mends."""
