"""calls of robots: what a robot gave a key of its own is done once"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('token_call',
    sa.Column('token_id', sa.BigInteger(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('asked', sa.LargeBinary(), nullable=False),
    sa.Column('answered', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('called_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['token_id'], ['token.id'], ),
    sa.PrimaryKeyConstraint('token_id', 'key')
    )


def downgrade() -> None:
    op.drop_table('token_call')
