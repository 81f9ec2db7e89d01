"""The pages that are the same bytes for everybody, and the headers that go with them, whoever serves them."""
