"""The nouns of a conversation, its models and prices; standard library only."""
