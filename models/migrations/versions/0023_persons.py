"""several leads of one human are grouped"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('person',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.add_column('lead', sa.Column('person_id', sa.BigInteger(), nullable=True))
    op.create_foreign_key(None, 'lead', 'person', ['person_id'], ['id'])
    op.create_index('lead_person', 'lead', ['person_id'],
                    postgresql_where=sa.text('person_id is not null'))


def downgrade() -> None:
    raise NotImplementedError("who is one human with whom is not forgotten: restore a backup instead")
