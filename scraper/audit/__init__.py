"""Documents that somebody else made: which are sound, which have which defect, what to recover again."""
