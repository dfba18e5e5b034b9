"""The web application for any WSGI server, as in `gunicorn wsgi:app`."""

from interview_service import logs
from interview_service.app import create_app
from interview_service.hints import Hints
from interview_service.settings import Settings

settings = Settings.from_environment()
logs.configure(settings)
app = create_app(settings, wake=Hints(settings).give)
