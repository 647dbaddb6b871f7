"""Conversations in SQLite: saved as they happen, found again, never lost."""
