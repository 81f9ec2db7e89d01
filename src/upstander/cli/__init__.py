"""The `upstander` command: one module a sub-command, no rules of its own."""
