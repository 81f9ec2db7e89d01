"""Policy packs: what differs between fields of work (questions, words, steps), and the rules."""
