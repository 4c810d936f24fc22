"""tasks: what is promised for a lead and until when, and who is called by name"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

OPEN, CLOSED = text('outcome is null'), text('outcome is not null')
LATEST = [text('closed_at desc'), text('id desc')]
NEWEST = [text('last_action_at desc'), text('id desc')]


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        'task',
        sa.Column('id', sa.BigInteger(), nullable=False),
        sa.Column('lead_id', sa.BigInteger(), sa.ForeignKey('lead.id'), nullable=False),
        sa.Column('what', sa.Text(), nullable=False),
        sa.Column('due_at', moment, nullable=False),
        sa.Column('assignee_id', sa.BigInteger(), sa.ForeignKey('user_account.id'), nullable=True),
        sa.Column('by', sa.Text(), nullable=False),
        sa.Column('step_key', sa.Text(), nullable=True),
        sa.Column('reminded_for', moment, nullable=True),
        sa.Column('outcome', sa.Text(), nullable=True),
        sa.Column('result', sa.Text(), nullable=True),
        sa.Column('closed_at', moment, nullable=True),
        sa.Column('closed_by', sa.Text(), nullable=True),
        sa.Column('created_at', moment, server_default=sa.text('now()'), nullable=False),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('task_open_of_lead', 'task', ['lead_id', 'due_at', 'id'], postgresql_where=OPEN)
    op.create_index('task_open_of_person', 'task', ['assignee_id', 'due_at', 'id'],
                    postgresql_where=OPEN)  # fmt: skip
    op.create_index('task_open', 'task', ['due_at', 'id'], postgresql_where=OPEN)
    op.create_index('task_of_step', 'task', ['lead_id', 'step_key'], unique=True,
                    postgresql_where=text('outcome is null and step_key is not null'))  # fmt: skip
    op.create_index('task_closed_of_lead', 'task', ['lead_id', text('closed_at desc')],
                    postgresql_where=CLOSED)  # fmt: skip
    op.create_index('task_closed_of_person', 'task', ['assignee_id', *LATEST],
                    postgresql_where=CLOSED)  # fmt: skip
    op.create_index('task_closed', 'task', LATEST, postgresql_where=CLOSED)

    op.add_column('lead', sa.Column('task_due_at', moment, nullable=True))
    op.add_column('lead', sa.Column('reminded', sa.ARRAY(sa.BigInteger()), server_default='{}',
                                    nullable=False))  # fmt: skip
    has_task = text('task_due_at is not null')
    op.create_index('lead_newest_with_task', 'lead', NEWEST, postgresql_where=has_task)
    op.create_index('lead_task_due', 'lead', ['task_due_at', 'id'], postgresql_where=has_task)
    op.create_index('lead_reminded', 'lead', ['reminded'], postgresql_using='gin',
                    postgresql_where=text("reminded <> '{}'"))  # fmt: skip


def downgrade() -> None:
    for name in ('lead_reminded', 'lead_task_due', 'lead_newest_with_task'):
        op.drop_index(name, table_name='lead')
    op.drop_column('lead', 'reminded')
    op.drop_column('lead', 'task_due_at')
    op.drop_table('task')
