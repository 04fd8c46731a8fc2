"""A list seen from afar: how many by day, by time left, by client and by network."""
