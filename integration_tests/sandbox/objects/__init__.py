"""The objects of an account by product: a row each, and what of a new one its example cannot know."""
