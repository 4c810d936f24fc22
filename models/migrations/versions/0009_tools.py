"""which tools a line or a team does not have"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('tool_taken',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('tool', sa.Text(), nullable=False),
    sa.Column('line', sa.Integer(), nullable=True),
    sa.Column('team_id', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_tool_taken_team_id'), 'tool_taken', ['team_id'], unique=False)
    op.create_index('tool_taken_once', 'tool_taken', ['tool', 'line', 'team_id'], unique=True, postgresql_nulls_not_distinct=True)


def downgrade() -> None:
    raise NotImplementedError("what was decided is not forgotten: restore a backup instead")
