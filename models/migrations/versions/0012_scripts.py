"""scripts, and where one is in them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('script',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.BigInteger(), nullable=False),
    sa.Column('team_id', sa.BigInteger(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('templates', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['owner_id'], ['user_account.id'], ),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_script_owner_id'), 'script', ['owner_id'], unique=False)
    op.create_index(op.f('ix_script_team_id'), 'script', ['team_id'], unique=False)
    op.create_table('script_walk',
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('lead_id', sa.BigInteger(), nullable=False),
    sa.Column('script_id', sa.BigInteger(), nullable=False),
    sa.Column('place', sa.Integer(), server_default='0', nullable=False),
    sa.Column('template_id', sa.BigInteger(), nullable=True),
    sa.Column('began_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['lead_id'], ['lead.id'], ),
    sa.ForeignKeyConstraint(['script_id'], ['script.id'], ),
    sa.ForeignKeyConstraint(['template_id'], ['template.id'], ),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], ),
    sa.PrimaryKeyConstraint('user_id', 'lead_id')
    )
    op.create_index(op.f('ix_script_walk_lead_id'), 'script_walk', ['lead_id'], unique=False)
    op.create_index(op.f('ix_script_walk_script_id'), 'script_walk', ['script_id'], unique=False)
    op.create_index(op.f('ix_script_walk_template_id'), 'script_walk', ['template_id'], unique=False)


def downgrade() -> None:
    op.drop_table('script_walk')
    op.drop_table('script')
