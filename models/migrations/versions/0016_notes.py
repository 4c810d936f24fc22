"""notes: who is mentioned, what they said before an edit, who deleted them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('note', sa.Column('mentions', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False))
    op.add_column('note', sa.Column('edits', sa.BigInteger(), server_default='0', nullable=False))
    op.add_column('note', sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('note', sa.Column('deleted_by', sa.String(), nullable=True))
    op.create_table('note_version',
    sa.Column('note_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.Integer(), server_default='0', nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], ),
    sa.PrimaryKeyConstraint('note_id', 'number')
    )
    op.add_column('lead', sa.Column('mentioned', postgresql.ARRAY(sa.BigInteger()), server_default='{}', nullable=False))
    op.create_index('lead_mentioned', 'lead', ['mentioned'], unique=False, postgresql_using='gin', postgresql_where=sa.text("mentioned <> '{}'"))


def downgrade() -> None:
    op.drop_index('lead_mentioned', table_name='lead')
    op.drop_column('lead', 'mentioned')
    op.drop_table('note_version')
    op.drop_column('note', 'deleted_by')
    op.drop_column('note', 'edited_at')
    op.drop_column('note', 'edits')
    op.drop_column('note', 'mentions')
