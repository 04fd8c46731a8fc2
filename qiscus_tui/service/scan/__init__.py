"""Which live tokens stand in files."""
