"""One budget of requests for everything of this user that asks the same archive, and one memory of its refusals."""
