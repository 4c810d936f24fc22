"""what reports look for: payments by their time, stages that leads passed"""

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('payment_paid_at', 'payment', ['paid_at'], unique=False)
    op.create_index('event_stage_changed', 'event', ['lead_id', 'at'], unique=False, postgresql_include=['particulars'], postgresql_where=sa.text("kind = 'stage_changed'"))


def downgrade() -> None:
    op.drop_index('event_stage_changed', 'event')
    op.drop_index('payment_paid_at', 'payment')
