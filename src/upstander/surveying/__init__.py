"""The staff survey: what is asked, of whom, and passes that cannot be tied to answers.

The pure part, and the small service of the body that issues passes. Knows no Django.
"""
