"""Pictures in documents: where they are named, how they are named, and whether bytes are one."""
