"""The pack for police forces in England and Wales. Data, and named predicates in rules.py."""
