"""The operator's page: jobs and their failures, news that waits, the sealer, workers, backups, room on the disk."""
