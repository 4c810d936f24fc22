"""What the seed leaves out and reports count: stages passed, money, answers, for leads that are
there. In SQL, so a million leads take minutes.

    python -m tests.bench.deals --payments 200000 [--url postgresql://…]

Every lead gets up to four moves, four of five answers of the seed a wait of its own.
"""

import argparse
import time

import psycopg

from models.settings import settings

WAY = ["new", "talking", "registration", "deposit", "repeat"]
# Where leads came from, as P4 fills it in; they came up to a month before their last word.
CAME = """
    update lead set buyer = 'b' || id %% 40, campaign = 'c' || id %% 400,
        source = (array['facebook', 'google', 'tiktok'])[1 + id %% 3],
        created_at = last_action_at - id %% 30 * interval '1 day',
        waiting_since = case when unread > 0 and id %% 4 = 0 then last_action_at end
    where id >= %(first)s
"""
MOVED = """
    insert into event (lead_id, seq, kind, actor, at, received_at, particulars)
    select id, seq + n, 'stage_changed', 'user:' || coalesce(owner_id, 1), moved, moved,
        jsonb_build_object('before', (%(way)s::text[])[n], 'after', (%(way)s::text[])[n + 1])
    from lead, generate_series(1, id %% 5) n,
        lateral (select created_at + n * (1 + id %% 7) * interval '9 hours') m(moved)
    where id >= %(first)s
"""
STANDS = """
    update lead set seq = seq + id %% 5, seen = seen + id %% 5,
        stage_key = case when id %% 5 < 2 and id %% 3 = 0 then 'lost'
            else (%(way)s::text[])[1 + id %% 5] end
    where id >= %(first)s
"""
PAID = """
    insert into payment (lead_id, kind, amount, currency, paid_at, source, source_id)
    select %(first)s + (n * 7919::bigint) %% leads,
        (array['sale', 'sale', 'sale', 'repeat_sale', 'repeat_sale', 'withdrawal'])[1 + n %% 6],
        10 + n %% 491, case when n %% 10 = 0 then 'EUR' else 'USD' end,
        now() - (n * 104729::bigint) %% (60 * 86400) * interval '1 second', 'seed',
        %(first)s || '.' || n
    from generate_series(1, %(payments)s) n,
        (select count(*) as leads from lead where id >= %(first)s) l
"""
REVERSED = """
    insert into payment
        (lead_id, kind, amount, currency, paid_at, source, source_id, corrects_id)
    select lead_id, kind, -amount, currency, paid_at, 'reversal', id::text, id
    from payment where id %% 50 = 0 and source = 'seed' and lead_id >= %(first)s
"""
ANSWERED = """
    insert into answer (lead_id, seq, user_id, since, at, is_first)
    select lead_id, seq, by, at - waited, at,
        by is not null and row_number() over (partition by lead_id, by is null order by seq) = 1
    from (
        select lead_id, seq, at, substring(actor from '^user:(.*)$')::bigint as by,
            (5 + (lead_id * 31 + seq * 17) %% 1800) * interval '1 second' as waited
        from event where kind in ('process_said', 'manager_wrote') and seq %% 5 > 0
            and lead_id >= %(first)s) e
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.deals", description=__doc__)
    parser.add_argument("--payments", type=int, default=200_000)
    parser.add_argument("--first", type=int, default=1, help="the id of the first lead")
    parser.add_argument("--url", default=settings().postgres)
    asked = parser.parse_args()
    begun = time.monotonic()
    deal(asked.url, payments=asked.payments, first=asked.first)
    print(f"{asked.payments} payments, moves and answers: {time.monotonic() - begun:.0f} s")


def deal(url: str, *, payments: int, first: int = 1) -> None:
    values = {"way": WAY, "payments": payments, "first": first}
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for statement in (CAME, MOVED, STANDS, PAID, REVERSED, ANSWERED):
            connection.execute(statement.encode(), values)
        for table in ("lead", "event", "payment", "answer"):
            connection.execute(f"vacuum analyze {table}".encode())


if __name__ == "__main__":
    main()
