"""pipelines: stages belong to one; stages and tags may be retired"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('pipeline',
    sa.Column('name_ru', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('key')
    )
    op.execute(
        "insert into pipeline (key, position, name_ru, name_en)"
        " values ('main', 1, 'Основная', 'Main')"
    )
    op.add_column('stage', sa.Column('pipeline_key', sa.Text(), server_default='main', nullable=False))
    op.add_column('stage', sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f('ix_stage_pipeline_key'), 'stage', ['pipeline_key'], unique=False)
    op.create_foreign_key('stage_pipeline_key_fkey', 'stage', 'pipeline', ['pipeline_key'], ['key'])
    op.add_column('tag', sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('tag', 'retired_at')
    op.drop_column('stage', 'retired_at')
    op.drop_column('stage', 'pipeline_key')
    op.drop_table('pipeline')
