"""What became of an edit, a deletion or a reaction, in the reader's language."""

from api.language import gettext as _
from api.words import in_our_words, why_not_sent
from models.change import Kind
from models.message import State


def why_not_changed(reason: str | None) -> str:
    """Telegram's words, where they are known, in ours."""
    known = {
        "to edit not found": _("the client's chat does not have it any more"),
        "can't be edited": _("Telegram does not let it be edited any more"),
        "can't be deleted": _("Telegram does not let it be deleted any more"),
        "to react not found": _("the client's chat does not have it any more"),
        "reaction": _("Telegram does not take this reaction here"),
    }
    return in_our_words(reason, known) or why_not_sent(reason)


def change(kind: Kind, state: State) -> str:
    """What a person wanted done, and how far it is."""
    leaving = state in (State.QUEUED, State.SENDING)
    return {
        Kind.EDIT: _("The edit is leaving") if leaving else _("Not edited"),
        Kind.DELETE: _("The deletion is leaving") if leaving else _("Not deleted"),
        Kind.REACT: _("The reaction is leaving") if leaving else _("No reaction set"),
    }[kind]


def asked(kind: Kind) -> str:
    return {Kind.EDIT: _("An edit"), Kind.DELETE: _("Deletion"), Kind.REACT: _("Reaction")}[kind]
