"""The web application, for any WSGI server; ``flask --app wsgi`` knows the operators' commands too."""

from config import Config
from portal.cli import main
from portal.web import create_app

app = create_app(Config.from_environment())
for name, command in main.commands.items():
    app.cli.add_command(command, name)
