"""What Alembic runs: the migrations, on the connection that `database.schema` hands over."""

from alembic import context

from interview_service.database.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
    transaction_per_migration=False,
)
context.run_migrations()
