"""what a person wants to see between the messages"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('user_account', sa.Column('shows_events', sa.Boolean(), server_default='true', nullable=False))


def downgrade() -> None:
    raise NotImplementedError("what people chose is not taken away: restore a backup instead")
