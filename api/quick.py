"""What quick actions do, in the reader's words."""

from api.language import gettext as _
from api.words import N_
from models.quick_action import Ends, Owner


def ends(one: str) -> str:
    """How it ends."""
    return {
        Ends.STAY: _("leave the chat as it is"),
        Ends.GIVE_BACK: _("hand back to the process"),
        Ends.READ: _("mark read"),
    }[Ends(one)]


def whoever(one: str) -> str:
    """To whom it gives the lead."""
    return {Owner.ME: _("to me"), Owner.NOBODY: _("nobody")}[Owner(one)]


def does(one: str) -> str:
    """Who does its task."""
    return {Owner.ME: _("who presses it"), Owner.NOBODY: _("nobody")}[Owner(one)]


def stays(one: str) -> str:
    """What is not taken back, and why."""
    return {
        "message": _("the message has left already and stays"),
        "lead": _("you lead the chat"),
        "stage": _("the stage has been changed since"),
        "line": _("the line has been changed since"),
        "owner": _("the manager has been changed since"),
        "task": _("its task is done already"),
    }[one]


# Said by `models/quick_action.py` inside of particulars, where the gathering does not look.
SAID_ELSEWHERE = (
    N_("Its tag is not there any more"),
    N_("The same tag is added and taken off"),
    N_("Its stage is not there any more"),
    N_("A line is 1 or 2"),
    N_("Its person does not talk to clients any more"),
    N_("Its task has more than 1000 characters"),
    N_("It says nothing and changes nothing"),
    N_("Another quick action has this key"),
)
