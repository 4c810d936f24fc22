"""What models do not say: search over messages' words, and the first stages and tags."""

from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

PARTITION = 500_000


def upgrade() -> None:
    _message_search()
    _vocabulary()


def _message_search() -> None:
    """The words of messages, beside the messages: partitions stay small and new ones are asked
    first, and the message table pays for no text index. A trigger keeps them in step; the relay
    calls `grow_message_search` so that a partition is there before its messages are."""
    op.execute(
        f"""
        create table message_search (message_id bigint not null, lead_id bigint not null,
            tsv tsvector not null, primary key (message_id)) partition by range (message_id);
        create index message_search_words on message_search using gin (tsv);
        create function grow_message_search() returns int language plpgsql as $$
        declare
            made int := (select count(*) from pg_inherits
                         where inhparent = 'message_search'::regclass);
            written bigint := coalesce(pg_sequence_last_value('message_id_seq'), 0);
        begin
            while made <= written / {PARTITION} + 1 loop
                execute format('create table message_search_%s partition of message_search'
                    ' for values from (%s) to (%s)', made,
                    made::bigint * {PARTITION}, (made + 1)::bigint * {PARTITION});
                made := made + 1;
            end loop;
            return made;
        end $$;
        select grow_message_search();
        """
    )
    op.execute(
        """
        create function message_words() returns trigger language plpgsql as $$
        begin
            insert into message_search (message_id, lead_id, tsv)
            values (new.id, new.lead_id, to_tsvector('simple', new.text))
            on conflict (message_id) do update set tsv = excluded.tsv;
            return null;
        end $$;
        create trigger message_words_kept after insert or update of text on message
            for each row when (new.text <> '') execute function message_words();
        """
    )


def _vocabulary() -> None:
    """The stages and tags that a new installation begins with."""
    op.execute(
        """
        insert into stage (key, position, name_ru, name_en, kind, hue) values
            ('new', 1, 'Новый', 'New', 'open', 1),
            ('talking', 2, 'В диалоге', 'Talking', 'open', 2),
            ('registration', 3, 'Регистрация', 'Registration', 'open', 3),
            ('deposit', 4, 'Депозит', 'Deposit', 'won', 4),
            ('repeat', 5, 'Повторный депозит', 'Repeat deposit', 'won', 5),
            ('lost', 6, 'Потерян', 'Lost', 'lost', 6);
        insert into tag (name, hue) values
            ('регистрация', 1), ('пополнил', 2), ('вывод', 3), ('тест-драйв', 4),
            ('перезвонить', 5), ('молчит', 6), ('vip', 7);
        """
    )


def downgrade() -> None:
    raise NotImplementedError("the first tables are not taken away: restore a backup instead")
