"""What merchants and their customers do."""
