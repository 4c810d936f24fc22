"""what tags were called: running processes call them so"""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('former_tag_name',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('tag_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['tag_id'], ['tag.id'], ),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_index(op.f('ix_former_tag_name_tag_id'), 'former_tag_name', ['tag_id'], unique=False)


def downgrade() -> None:
    op.drop_table('former_tag_name')
