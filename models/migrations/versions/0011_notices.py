"""how a person hears of notices, and until when they have seen them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('user_account', sa.Column('hearing', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False))
    op.add_column('user_account', sa.Column('quiet_until', sa.DateTime(timezone=True), nullable=True))
    op.add_column('user_account', sa.Column('notices_seen_at', sa.DateTime(timezone=True), nullable=True))
    op.execute("""
        update lead set notice = case when blocked_at is null then 'handed_over' else 'blocked' end
        where notice = 'system'
    """)


def downgrade() -> None:
    raise NotImplementedError("what people chose is not taken away: restore a backup instead")
