"""`openapi`: the API's description, for generators of clients."""

import secrets

import click

from interview_service.settings import Settings


@click.command()
def openapi() -> None:
    """Print the OpenAPI document."""
    import orjson

    from interview_service.api import docs
    from interview_service.app import create_app

    app = create_app(Settings(jwt_secret_key=secrets.token_urlsafe(48)))
    with app.app_context():
        document = docs.openapi(app)
    click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
