"""What a judgement says, in the forms that people and programs read.

`report` has the values that a judgement is told in, whoever judged; each other module
writes them in one form. Nothing is known here of endpoints and items.
"""
