"""Pages of proceedings, by audience."""
