"""whose a lead is and who leads it depend on each other: the planner is told"""

from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without it every fifth chat of nobody seems to be led by a person, and the few that are so
    # are looked for among all that people lead.
    op.execute("create statistics lead_owner_and_mode (mcv) on owner_id, mode from lead")
    op.execute("analyze lead (owner_id, mode)")


def downgrade() -> None:
    op.execute("drop statistics lead_owner_and_mode")
