"""Pages of licences and certificates, by audience."""
