"""What was done to chats of the list, in the reader's words."""

from collections.abc import Callable

from api.language import gettext as _
from api.language import ngettext
from models.deed import Kind

Said = Callable[[int], str]

ICONS = {
    Kind.TAG: "tag", Kind.UNTAG: "tag", Kind.ASSIGN: "user-check", Kind.ARCHIVE: "archive",
    Kind.UNARCHIVE: "archive-restore", Kind.IGNORE: "eye-off", Kind.HEED: "eye",
    Kind.READ: "check-check", Kind.TAKE_OVER: "hand", Kind.GIVE_BACK: "bot",
}  # fmt: skip


def said(kind: Kind, many: int) -> str:
    """What has been done, and to how many."""
    if not many:
        return _("Nothing to change here")
    words: dict[Kind, Said] = {
        Kind.TAG: lambda n: ngettext("Tagged: %(num)s chat", "Tagged: %(num)s chats", n),
        Kind.UNTAG: lambda n: ngettext("Tag off: %(num)s chat", "Tag off: %(num)s chats", n),
        Kind.ASSIGN: lambda n: ngettext("Assigned: %(num)s chat", "Assigned: %(num)s chats", n),
        Kind.ARCHIVE: lambda n: ngettext("Archived: %(num)s chat", "Archived: %(num)s chats", n),
        Kind.UNARCHIVE: lambda n: ngettext(
            "Out of the archive: %(num)s chat", "Out of the archive: %(num)s chats", n
        ),
        Kind.IGNORE: lambda n: ngettext("Ignored: %(num)s chat", "Ignored: %(num)s chats", n),
        Kind.HEED: lambda n: ngettext(
            "Not ignored any more: %(num)s chat", "Not ignored any more: %(num)s chats", n
        ),
        Kind.READ: lambda n: ngettext("Marked read: %(num)s chat", "Marked read: %(num)s chats", n),
        Kind.TAKE_OVER: lambda n: ngettext(
            "Taken over: %(num)s chat", "Taken over: %(num)s chats", n
        ),
        Kind.GIVE_BACK: lambda n: ngettext(
            "Handed back: %(num)s chat", "Handed back: %(num)s chats", n
        ),
    }
    return words[kind](many) % {"num": many}


def undone(many: int) -> str:
    return ngettext("Taken back: %(num)s chat", "Taken back: %(num)s chats", many) % {"num": many}
