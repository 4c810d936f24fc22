"""what each lead has paid, kept by the ledger itself: the chat list is filtered by it"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

COUNTED = ('sale', 'repeat_sale', 'withdrawal')


def upgrade() -> None:
    op.create_table('lead_money',
    sa.Column('lead_id', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    *(sa.Column(f'{kind}s', sa.Integer(), server_default='0', nullable=False) for kind in COUNTED),
    *(sa.Column(f'{kind}_sum', sa.Numeric(18, 2), server_default='0', nullable=False)
      for kind in COUNTED),
    sa.Column('paid', sa.Numeric(18, 2), sa.Computed('sale_sum + repeat_sale_sum', persisted=True),
              nullable=False),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id']),
    sa.PrimaryKeyConstraint('lead_id', 'currency')
    )
    op.create_index('lead_money_paid', 'lead_money', ['currency', 'paid'])
    for kind in COUNTED:
        op.create_index(f'lead_money_{kind}s', 'lead_money', ['lead_id'],
                        postgresql_where=sa.text(f'{kind}s > 0'))
    sums = ", ".join(
        f"coalesce(sum({what}) filter (where kind = '{kind}'), 0)"
        for what in ("counts", "amount") for kind in COUNTED
    )
    columns = ", ".join(f"{kind}{of}" for of in ("s", "_sum") for kind in COUNTED)
    added = ", ".join(
        f"{kind}{of} = lead_money.{kind}{of} + excluded.{kind}{of}"
        for of in ("s", "_sum") for kind in COUNTED
    )
    gathered = (f"insert into lead_money (lead_id, currency, {columns})"
                f" select lead_id, currency, {sums} from %s group by lead_id, currency")
    op.execute(gathered % "payment")
    # Rows are only added, so that a sum that is added to cannot be wrong.
    op.execute(f"""
        create function lead_money_counted() returns trigger language plpgsql as $$
        begin
            {gathered % "posted"}
            on conflict (lead_id, currency) do update set {added};
            return null;
        end $$
    """)
    op.execute("""
        create trigger lead_money_counted after insert on payment
        referencing new table as posted
        for each statement execute function lead_money_counted()
    """)


def downgrade() -> None:
    op.execute("drop trigger lead_money_counted on payment; drop function lead_money_counted()")
    op.drop_table('lead_money')
