"""What stops this machine, said in one sentence."""


class Trouble(Exception):
    """Shown to the person who started the program, as it stands and without a traceback."""
