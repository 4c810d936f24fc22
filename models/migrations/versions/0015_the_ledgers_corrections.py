"""what was posted wrongly is reversed, and no row of the ledger is ever changed"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('payment', sa.Column('by', sa.Text(), server_default='engine', nullable=False))
    op.add_column('payment', sa.Column('corrects_id', sa.BigInteger(), nullable=True))
    op.add_column('payment', sa.Column('reason', sa.Text(), nullable=True))
    op.add_column('payment', sa.Column('counts', sa.SmallInteger(), sa.Computed(
        'case when corrects_id is null then 1 else -1 end', persisted=True), nullable=False))
    op.create_foreign_key(None, 'payment', 'payment', ['corrects_id'], ['id'])
    op.create_unique_constraint(None, 'payment', ['corrects_id'])
    op.create_check_constraint(
        'payment_way', 'payment', 'case when corrects_id is null then amount > 0 else amount < 0 end')
    # When a client is erased the amounts stay, and what says whose they were goes.
    op.execute("""
        create function payment_stays() returns trigger language plpgsql as $$
        begin
            if tg_op = 'UPDATE' and current_setting('leadloom.erasing', true) = 'yes'
                and (old.id, old.lead_id, old.kind, old.amount, old.currency, old.paid_at,
                     old.corrects_id, old.created_at)
                is not distinct from
                    (new.id, new.lead_id, new.kind, new.amount, new.currency, new.paid_at,
                     new.corrects_id, new.created_at)
            then
                return new;
            end if;
            raise exception 'the ledger is only added to';
        end $$
    """)
    op.execute("""
        create trigger payment_stays before update or delete on payment
        for each row execute function payment_stays()
    """)


def downgrade() -> None:
    raise NotImplementedError("what was reversed is not forgotten: restore a backup instead")
