"""Sign-in, users, API keys and the audit log, as they come in and go out."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from interview_service.api.fields import Cursor, StrictBoolean, Text, Timestamp, WholeNumber
from interview_service.api.schemas import Schema
from interview_service.domain.accounts import UserStatus
from interview_service.domain.audit import TargetType
from interview_service.domain.roles import PERMISSIONS, WILDCARDS, Role
