"""The inline front end, on prompt-toolkit."""
