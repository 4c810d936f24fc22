"""files that are hidden or deleted, and content that nothing is made of any more"""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('media', sa.Column('hidden_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('media', sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('media', sa.Column('deleted_by', sa.String(), nullable=True))
    op.create_table('discarded_file',
    sa.Column('sha256', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('sha256')
    )
    op.create_index('media_of_lead', 'media', ['lead_id', 'id'], unique=False)
    op.create_index('media_content', 'media', ['sha256'], unique=False, postgresql_where=sa.text('sha256 is not null'))
    op.drop_index('ix_media_lead_id', table_name='media')


def downgrade() -> None:
    op.create_index('ix_media_lead_id', 'media', ['lead_id'], unique=False)
    op.drop_index('media_content', table_name='media')
    op.drop_index('media_of_lead', table_name='media')
    op.drop_table('discarded_file')
    op.drop_column('media', 'deleted_by')
    op.drop_column('media', 'deleted_at')
    op.drop_column('media', 'hidden_at')
