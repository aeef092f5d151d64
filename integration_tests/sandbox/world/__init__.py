"""What everything else stands on: published facts, stored objects, and how they are shown."""
