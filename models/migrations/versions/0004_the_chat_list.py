"""the chat list: pins, what is ignored, kept filters, deeds that can be taken back"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

NARROWED = {
    'stage': 'stage_key', 'spot': 'spot_id', 'country': 'country', 'buyer': 'buyer',
    'source': 'source', 'campaign': 'campaign',
}


def upgrade() -> None:
    op.add_column('lead', sa.Column('ignored_at', sa.DateTime(timezone=True), nullable=True))
    newest = [sa.literal_column('last_action_at desc'), sa.literal_column('id desc')]
    for name, column in NARROWED.items():
        op.create_index(f'lead_newest_by_{name}', 'lead', [column, *newest], unique=False)
    op.create_index('lead_newest_archived', 'lead', newest, unique=False, postgresql_where=sa.text('archived_at is not null'))
    op.create_index('lead_newest_ignored', 'lead', newest, unique=False, postgresql_where=sa.text('ignored_at is not null'))
    op.create_index('lead_waiting', 'lead', ['waiting_since', 'id'], unique=False, postgresql_where=sa.text('waiting_since is not null'))
    op.create_index('lead_waiting_by_owner', 'lead', ['owner_id', 'waiting_since', 'id'], unique=False, postgresql_where=sa.text('waiting_since is not null'))
    op.create_index('lead_newest_unled', 'lead', newest, unique=False, postgresql_where=sa.text("owner_id is null and mode = 'manual'"))
    op.create_index('lead_created', 'lead', ['created_at'], unique=False)
    op.create_table('pin',
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('lead_id', sa.BigInteger(), nullable=False),
    sa.Column('pinned_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], ),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], ),
    sa.PrimaryKeyConstraint('user_id', 'lead_id')
    )
    op.create_table('saved_filter',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('owner_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('query', sa.Text(), nullable=False),
    sa.Column('is_shared', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['user_account.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_saved_filter_owner_id'), 'saved_filter', ['owner_id'], unique=False)
    op.create_table('deed',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=True),
    sa.Column('begun_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], ),
    sa.PrimaryKeyConstraint('key')
    )
    op.create_index(op.f('ix_deed_user_id'), 'deed', ['user_id'], unique=False)
    op.create_table('deed_lead',
    sa.Column('deed_key', sa.Text(), nullable=False),
    sa.Column('lead_id', sa.BigInteger(), nullable=False),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('after', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('changed', sa.Boolean(), nullable=False),
    sa.Column('left', sa.Integer(), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['deed_key'], ['deed.key'], ),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], ),
    sa.PrimaryKeyConstraint('deed_key', 'lead_id')
    )


def downgrade() -> None:
    for table in ('deed_lead', 'deed', 'saved_filter', 'pin'):
        op.drop_table(table)
    for name in ('archived', 'ignored', 'unled', *(f'by_{one}' for one in NARROWED)):
        op.drop_index(f'lead_newest_{name}', 'lead')
    op.drop_index('lead_waiting_by_owner', 'lead')
    op.drop_index('lead_waiting', 'lead')
    op.drop_index('lead_created', 'lead')
    op.drop_column('lead', 'ignored_at')
