"""The shelf: finished files in a directory or in S3, and what they are called."""
