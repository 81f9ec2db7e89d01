"""`upstander demo`: makes the demonstration, or says again how to enter it."""
