"""The plain SQL of the hand-written reference: the same rows, in as few statements as it takes."""

import hashlib
import re
from datetime import UTC, datetime
from typing import Any

from models.lead import receiving
from models.writing import CHANNEL

WROTE = re.sub(r"(?<![:\w]):(\w+)", r"%(\1)s", str(receiving.WROTE.text))

LOCK = "select seq, seen, first_name, move from lead where id = %(lead)s for update"
HEARD = (
    "select m.text from event e join message m on m.id = e.ref where e.lead_id = %(lead)s"
    " and e.seq > %(seen)s and e.kind = 'client_wrote' order by e.seq"
)
DECIDE = """
with m as (
    insert into message (lead_id, position, direction, author, kind, text, state, epoch,
        written_at, step_key, language)
    select id, %(seq)s + 3, 'out', %(by)s, 'text', %(text)s, 'queued', epoch, %(now)s, %(key)s, 'ru'
    from lead where id = %(lead)s returning id),
e as (
    insert into event (lead_id, seq, kind, ref, actor, at, particulars)
    select %(lead)s, %(seq)s + x.n, x.kind, x.ref, %(by)s, %(now)s, x.particulars from (
        select 1 as n, 'step_entered' as kind, null::bigint as ref,
            jsonb_build_object('step', 'read', 'via', 'next') as particulars
        union all select 2, 'step_entered', null,
            jsonb_build_object('step', %(step)s::text, 'via', 'branch:0')
        union all select 3, 'process_said', m.id, '{}' from m) x)
update lead set seq = %(seq)s + 3, seen = %(seq)s + 3, move = %(move)s + 1, step = %(step)s,
    process_state = %(state)s::jsonb
from m where lead.id = %(lead)s
returning m.id, lead.seen,
    pg_notify('leadloom', '[[' || lead.id || ',' || lead.seq || ']]')
"""
CLAIM = """
with l as (select id, mode, epoch, chat_id from lead where id = %(lead)s for update)
update message m set state = 'sending', attempt = m.attempt + 1, claimed_at = clock_timestamp()
from l where m.id = %(message)s and m.state = 'queued' and m.epoch = l.epoch and l.mode = 'auto'
and not exists (select 1 from message e where e.lead_id = l.id
                and e.state in ('queued', 'sending') and e.position < m.position)
returning l.chat_id, m.text
"""
RECORD = """
with l as (select id, seq, seen from lead where id = %(lead)s for update),
m as (
    update message set state = 'sent', telegram_ids = array[%(telegram_id)s::bigint],
        sent_at = %(now)s where id = %(message)s and state = 'sending' returning id, author),
e as (
    insert into event (lead_id, seq, kind, ref, actor, at, particulars)
    select l.id, l.seq + 1, 'message_sent', m.id, 'telegram', %(now)s, '{}' from l, m
    union all select l.id, l.seq + 2, 'step_entered', null, m.author, %(now)s,
        jsonb_build_object('step', 'ask', 'via', 'next') from l, m)
update lead set seq = l.seq + 2, move = move + 1, step = 'ask',
    seen = case when l.seq = l.seen then l.seq + 2 else l.seen end,
    process_state = %(state)s::jsonb, unread = 0, waiting_since = null,
    last_action_at = greatest(last_action_at, %(now)s), last_text = left(%(text)s, 160),
    last_author = m.author, last_state = 'sent',
    due_at = %(now)s::timestamptz + interval '2 days'
from l, m where lead.id = l.id
returning lead.seen, pg_notify('leadloom', '[[' || lead.id || ',' || lead.seq || ']]')
"""


def wrote(raw: bytes, update: dict[str, Any], *, bot: int) -> dict[str, Any]:
    """What WROTE takes, from an update with a text message."""
    message = update["message"]
    return {
        "bot": bot, "chat": message["chat"]["id"], "connection": None, "thread": None,
        "update": update["update_id"], "digest": hashlib.sha256(raw).digest(), "raw": raw,
        "kind": "text", "text": message["text"], "entities": "[]", "details": "{}", "album": None,
        "telegram_id": message["message_id"], "quote": None, "reply_to": None,
        "sent_at": datetime.fromtimestamp(message["date"], UTC), "media": "[]",
        "shown": message["text"], "now": datetime.now(UTC), "channel": CHANNEL,
    }  # fmt: skip
