"""Recording QA: forms, plans, draws, tasks, scores, drafts, calibration rounds, and what was measured in the sound"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('call_audio',
    sa.Column('call_id', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('measured_at', sa.Double(), nullable=False),
    sa.Column('body', sa.JSON(), nullable=True),
    sa.Column('problem', sa.JSON(), nullable=True),
    sa.PrimaryKeyConstraint('call_id', name=op.f('pk_call_audio'))
    )
    op.create_index(op.f('ix_call_audio_version'), 'call_audio', ['version'], unique=False)
    op.create_table('qa_drafts',
    sa.Column('user_name', sa.String(length=64), nullable=False),
    sa.Column('call_id', sa.String(length=64), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('at', sa.Double(), nullable=False),
    sa.PrimaryKeyConstraint('user_name', 'call_id', name=op.f('pk_qa_drafts'))
    )
    op.create_table('qa_forms',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('changed_by', sa.String(length=64), nullable=False),
    sa.Column('changed_at', sa.Double(), nullable=False),
    sa.PrimaryKeyConstraint('id', 'version', name=op.f('pk_qa_forms'))
    )
    op.create_table('qa_plans',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('made_by', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.Double(), nullable=False),
    sa.Column('ended_at', sa.Double(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_qa_plans'))
    )
    op.create_table('qa_rounds',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('form', sa.String(length=40), nullable=False),
    sa.Column('form_version', sa.Integer(), nullable=False),
    sa.Column('calls', sa.JSON(), nullable=False),
    sa.Column('scorers', sa.JSON(), nullable=False),
    sa.Column('made_by', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.Double(), nullable=False),
    sa.Column('closed_at', sa.Double(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_qa_rounds'))
    )
    op.create_table('qa_scores',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('call_id', sa.String(length=64), nullable=False),
    sa.Column('called_at', sa.Double(), nullable=False),
    sa.Column('agent', sa.String(length=20), nullable=False),
    sa.Column('form', sa.String(length=40), nullable=False),
    sa.Column('form_version', sa.Integer(), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('spans', sa.JSON(), nullable=False),
    sa.Column('note', sa.String(length=2000), nullable=False),
    sa.Column('score', sa.Double(), nullable=False),
    sa.Column('score_without_fatal', sa.Double(), nullable=True),
    sa.Column('passed', sa.Boolean(), nullable=False),
    sa.Column('fatal', sa.JSON(), nullable=False),
    sa.Column('part', sa.String(length=10), nullable=False),
    sa.Column('round', sa.String(length=40), nullable=True),
    sa.Column('master', sa.Boolean(), nullable=False),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.Column('scorer', sa.String(length=64), nullable=False),
    sa.Column('scored_at', sa.Double(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('appeal_until', sa.Double(), nullable=True),
    sa.Column('answered_by', sa.String(length=64), nullable=False),
    sa.Column('answered_at', sa.Double(), nullable=True),
    sa.Column('appeal_reason', sa.String(length=1000), nullable=False),
    sa.Column('decided_by', sa.String(length=64), nullable=False),
    sa.Column('decided_at', sa.Double(), nullable=True),
    sa.Column('decision_words', sa.String(length=1000), nullable=False),
    sa.Column('first', sa.JSON(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_qa_scores')),
    sa.UniqueConstraint('place', name=op.f('uq_qa_scores_place'))
    )
    op.create_index(op.f('ix_qa_scores_agent_qa_scores_scored_at'), 'qa_scores', ['agent', 'scored_at'], unique=False)
    op.create_index(op.f('ix_qa_scores_call_id'), 'qa_scores', ['call_id'], unique=False)
    op.create_index(op.f('ix_qa_scores_round'), 'qa_scores', ['round'], unique=False)
    op.create_index(op.f('ix_qa_scores_scored_at'), 'qa_scores', ['scored_at'], unique=False)
    op.create_index(op.f('ix_qa_scores_scorer'), 'qa_scores', ['scorer'], unique=False)
    op.create_table('qa_draws',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('plan', sa.String(length=40), nullable=False),
    sa.Column('seed', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rules', sa.JSON(), nullable=False),
    sa.Column('frame', sa.JSON(), nullable=False),
    sa.Column('frame_sha256', sa.String(length=64), nullable=False),
    sa.Column('from_at', sa.Double(), nullable=False),
    sa.Column('until', sa.Double(), nullable=False),
    sa.Column('eligible', sa.Integer(), nullable=False),
    sa.Column('made_by', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['plan'], ['qa_plans.id'], name=op.f('fk_qa_draws_plan_qa_plans')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_qa_draws')),
    sa.UniqueConstraint('plan', 'seed', 'frame_sha256', name=op.f('uq_qa_draws_plan'))
    )
    op.create_index(op.f('ix_qa_draws_plan'), 'qa_draws', ['plan'], unique=False)
    op.create_table('qa_tasks',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('draw', sa.String(length=40), nullable=False),
    sa.Column('plan', sa.String(length=40), nullable=False),
    sa.Column('call_id', sa.String(length=64), nullable=False),
    sa.Column('agent', sa.String(length=20), nullable=False),
    sa.Column('week', sa.String(length=10), nullable=False),
    sa.Column('part', sa.String(length=10), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('form', sa.String(length=40), nullable=False),
    sa.Column('scorer', sa.String(length=64), nullable=True),
    sa.Column('not_by', sa.JSON(), nullable=False),
    sa.Column('due_at', sa.Double(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('score', sa.String(length=40), nullable=True),
    sa.ForeignKeyConstraint(['draw'], ['qa_draws.id'], name=op.f('fk_qa_tasks_draw_qa_draws')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_qa_tasks')),
    sa.UniqueConstraint('draw', 'call_id', name=op.f('uq_qa_tasks_draw'))
    )
    op.create_index(op.f('ix_qa_tasks_call_id'), 'qa_tasks', ['call_id'], unique=False)
    op.create_index(op.f('ix_qa_tasks_plan'), 'qa_tasks', ['plan'], unique=False)
    op.create_index(op.f('ix_qa_tasks_scorer_qa_tasks_state'), 'qa_tasks', ['scorer', 'state'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_qa_tasks_scorer_qa_tasks_state'), table_name='qa_tasks')
    op.drop_index(op.f('ix_qa_tasks_plan'), table_name='qa_tasks')
    op.drop_index(op.f('ix_qa_tasks_call_id'), table_name='qa_tasks')
    op.drop_table('qa_tasks')
    op.drop_index(op.f('ix_qa_draws_plan'), table_name='qa_draws')
    op.drop_table('qa_draws')
    op.drop_index(op.f('ix_qa_scores_scorer'), table_name='qa_scores')
    op.drop_index(op.f('ix_qa_scores_scored_at'), table_name='qa_scores')
    op.drop_index(op.f('ix_qa_scores_round'), table_name='qa_scores')
    op.drop_index(op.f('ix_qa_scores_call_id'), table_name='qa_scores')
    op.drop_index(op.f('ix_qa_scores_agent_qa_scores_scored_at'), table_name='qa_scores')
    op.drop_table('qa_scores')
    op.drop_table('qa_rounds')
    op.drop_table('qa_plans')
    op.drop_table('qa_forms')
    op.drop_table('qa_drafts')
    op.drop_index(op.f('ix_call_audio_version'), table_name='call_audio')
    op.drop_table('call_audio')
