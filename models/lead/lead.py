"""The lead: a client in one chat of one bot, their deal, and the process that leads them.

One behaviour a file: `receiving` (what came), `talking` (what leaves), `proving` (what says that it
arrived), `driving` (who leads: the process or a person), `dealing` (stage, tags, owner, notes,
money).
"""

from sqlalchemy import Index, text

from models.lead.dealing import Dealing
from models.lead.driving import Driving
from models.lead.proving import Proving


class Lead(Driving, Proving, Dealing, table=True):
    """All verbs need the row locked (`work.locked_lead`) and record their own line."""

    __tablename__ = "lead"
    __table_args__ = (
        Index(
            "lead_chat",
            "bot_id",
            "business_connection",
            "chat_id",
            "thread_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("lead_newest", text("last_action_at desc"), text("id desc")),
        Index("lead_newest_by_mode", "mode", text("last_action_at desc"), text("id desc")),
        Index("lead_newest_by_owner", "owner_id", text("last_action_at desc"), text("id desc")),
        Index(
            "lead_newest_unread",
            text("last_action_at desc"),
            text("id desc"),
            postgresql_where=text("unread > 0"),
        ),
        Index("lead_unseen", "id", postgresql_where=text("seq > seen")),
        Index("lead_due", "due_at", postgresql_where=text("due_at is not null")),
        Index(
            "lead_search",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ),
        Index("lead_step", "process_key", "version", "step"),
    )
