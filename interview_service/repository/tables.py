"""The tables as statements name them."""

from typing import cast

from sqlalchemy import (
    Table,
    bindparam,
)

from interview_service.database.models import (
    Interview,
    ListBlock,
    StateTotal,
    TenantSettings,
)

INTERVIEWS = cast(Table, Interview.__table__)
TOTALS = cast(Table, StateTotal.__table__)
BLOCKS = cast(Table, ListBlock.__table__)
SETTINGS = cast(Table, TenantSettings.__table__)
OWN = INTERVIEWS.c.tenant_id == bindparam("tenant_id")
