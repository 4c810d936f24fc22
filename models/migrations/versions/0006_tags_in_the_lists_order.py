"""a tag's leads in the list's own order, so that a list of one tag is read and not sorted"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('lead_tag', sa.Column('last_action_at', sa.DateTime(timezone=True), nullable=True))
    op.execute(
        """
        update lead_tag set last_action_at = lead.last_action_at
            from lead where lead.id = lead_tag.lead_id;
        alter table lead_tag alter last_action_at set not null;
        create function lead_tag_placed() returns trigger language plpgsql as $$
        begin
            new.last_action_at := (select last_action_at from lead where id = new.lead_id);
            return new;
        end $$;
        create trigger lead_tag_placed before insert on lead_tag
            for each row execute function lead_tag_placed();
        create function lead_tag_moved() returns trigger language plpgsql as $$
        begin
            update lead_tag set last_action_at = new.last_action_at where lead_id = new.id;
            return null;
        end $$;
        create trigger lead_tag_moved after update of last_action_at on lead for each row
            when (old.last_action_at <> new.last_action_at) execute function lead_tag_moved();
        """
    )
    newest = [sa.literal_column('last_action_at desc'), sa.literal_column('lead_id desc')]
    op.create_index('lead_tag_newest', 'lead_tag', ['tag_id', *newest], unique=False)


def downgrade() -> None:
    op.drop_index('lead_tag_newest', 'lead_tag')
    op.execute(
        "drop trigger lead_tag_moved on lead; drop trigger lead_tag_placed on lead_tag;"
        " drop function lead_tag_moved(); drop function lead_tag_placed()"
    )
    op.drop_column('lead_tag', 'last_action_at')
