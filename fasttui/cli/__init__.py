"""Arguments and settings to one front end or one command."""
