"""The web application for any WSGI server, as in `gunicorn wsgi:app`."""

from interview_service import logs
from interview_service.app import create_app
from interview_service.settings import Settings
from interview_service.wakeups import WakeupSender

settings = Settings.from_environment()
logs.configure(settings)
app = create_app(settings, wake=WakeupSender(settings).send)
