"""Compares an output folder with its ledger, and kept bytes with their digests. Changes nothing: `repair` does."""
