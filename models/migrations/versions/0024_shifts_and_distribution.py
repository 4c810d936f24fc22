"""shifts, and to whom a lead goes by itself"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

OPEN = "archived_at is null and ignored_at is null and (mode = 'manual' or waiting_since is not null)"


def upgrade() -> None:
    op.add_column('team', sa.Column('shifts', sa.Boolean(), server_default='false', nullable=False))
    op.add_column('team', sa.Column('off_shift', sa.String(), server_default='stay', nullable=False))
    op.add_column('user_account', sa.Column('on_shift_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('user_account', sa.Column('shift_plan', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False))
    op.add_column('user_account', sa.Column('plan_due_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('user_account', sa.Column('going_off', sa.String(), nullable=True))
    op.create_index('plan_due', 'user_account', ['plan_due_at'], unique=False, postgresql_where=sa.text('plan_due_at is not null'))
    op.create_index('going_off', 'user_account', ['id'], unique=False, postgresql_where=sa.text('going_off is not null'))
    op.create_table('distribution',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('team_id', sa.BigInteger(), nullable=True),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('way', sa.Text(), server_default='nobody', nullable=False),
    sa.Column('most_open', sa.Integer(), nullable=True),
    sa.Column('on_hand_over', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('on_new', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('given', sa.BigInteger(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('distribution_of', 'distribution', ['team_id', 'line'], unique=True, postgresql_nulls_not_distinct=True)
    op.create_table('distribution_turn',
    sa.Column('distribution_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.BigInteger(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['distribution_id'], ['distribution.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['user_account.id'], ),
    sa.PrimaryKeyConstraint('distribution_id', 'person_id')
    )
    op.create_index('lead_open', 'lead', ['owner_id'], unique=False, postgresql_where=sa.text(f"owner_id is not null and {OPEN}"))


def downgrade() -> None:
    op.drop_index('lead_open', table_name='lead')
    op.drop_table('distribution_turn')
    op.drop_table('distribution')
    op.drop_index('going_off', table_name='user_account')
    op.drop_index('plan_due', table_name='user_account')
    for column in ('going_off', 'plan_due_at', 'shift_plan', 'on_shift_at'):
        op.drop_column('user_account', column)
    op.drop_column('team', 'off_shift')
    op.drop_column('team', 'shifts')
