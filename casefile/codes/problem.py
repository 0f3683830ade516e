"""What is wrong with a file of config/. Its text names the file, the place and the reason.

Nothing may go on with something else in the place of what could not be used.
"""


class ConfigProblem(Exception):
    """A file of config/ cannot be used; the text says which, where and why."""
