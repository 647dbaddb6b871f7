"""What the user has set: settings, keys, themes, folders."""
