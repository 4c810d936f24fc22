"""The lead: a client in one chat of one bot, their deal, and the process that leads them.

One behaviour a file: `receiving` (what came), `talking` (what leaves), `changing` (what is done to
it then), `proving` (what says that it arrived), `driving` (who leads: the process or a person),
`dealing` (stage, tags, owner, notes), `sharing` (whose turn it is), `paying` (the ledger),
`tasking` (what is promised), `shelving` (out of the way).
"""

from sqlalchemy import Index, text

from models.distribution import OPEN
from models.lead.dealing import Dealing
from models.lead.driving import Driving
from models.lead.filing import Filing
from models.lead.noting import Noting
from models.lead.paying import Paying
from models.lead.proving import Proving
from models.lead.shelving import Shelving
from models.lead.tasking import Tasking

NEWEST = (text("last_action_at desc"), text("id desc"))
# What the list is filtered by, each with the list's own order: docs/queries.md has the plans.
NARROWED = {
    "stage": "stage_key", "spot": "spot_id", "country": "country", "buyer": "buyer",
    "source": "source", "campaign": "campaign",
}  # fmt: skip


class Lead(Driving, Proving, Dealing, Paying, Tasking, Noting, Filing, Shelving, table=True):
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
        Index("lead_newest", *NEWEST),
        Index("lead_newest_by_mode", "mode", *NEWEST),
        Index("lead_newest_by_owner", "owner_id", *NEWEST),
        Index("lead_newest_unread", *NEWEST, postgresql_where=text("unread > 0")),
        *(Index(f"lead_newest_by_{name}", column, *NEWEST) for name, column in NARROWED.items()),
        Index("lead_newest_archived", *NEWEST, postgresql_where=text("archived_at is not null")),
        Index("lead_newest_ignored", *NEWEST, postgresql_where=text("ignored_at is not null")),
        Index(
            "lead_waiting",
            "waiting_since",
            "id",
            postgresql_where=text("waiting_since is not null"),
        ),
        Index(
            "lead_waiting_by_owner",
            "owner_id",
            "waiting_since",
            "id",
            postgresql_where=text("waiting_since is not null"),
        ),
        Index(
            "lead_newest_unled",
            *NEWEST,
            postgresql_where=text("owner_id is null and mode = 'manual'"),
        ),
        Index(
            "lead_mentioned",
            "mentioned",
            postgresql_using="gin",
            postgresql_where=text("mentioned <> '{}'"),
        ),
        Index(
            "lead_open",
            "owner_id",
            postgresql_where=text(f"owner_id is not null and {OPEN}"),
        ),
        Index("lead_created", "created_at"),
        Index("lead_person", "person_id", postgresql_where=text("person_id is not null")),
        Index("lead_unseen", "id", postgresql_where=text("seq > seen")),
        Index("lead_newest_with_task", *NEWEST, postgresql_where=text("task_due_at is not null")),
        Index(
            "lead_task_due", "task_due_at", "id", postgresql_where=text("task_due_at is not null")
        ),
        Index(
            "lead_reminded",
            "reminded",
            postgresql_using="gin",
            postgresql_where=text("reminded <> '{}'"),
        ),
        Index("lead_due", "due_at", postgresql_where=text("due_at is not null")),
        Index(
            "lead_search",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ),
        Index("lead_step", "process_key", "version", "step"),
    )
