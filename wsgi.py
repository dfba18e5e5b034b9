"""The web application for any WSGI server, as in `gunicorn wsgi:app`."""

from interview_service import logs
from interview_service.app import create_app
from interview_service.processes import with_translated_body
from interview_service.settings import Settings
from interview_service.wakeups import WakeupSender

settings = Settings.from_environment()
logs.configure(settings)
app = create_app(settings, wake=WakeupSender(settings).send)
app.wsgi_app = with_translated_body(app.wsgi_app)
