"""The door for gunicorn and `flask --app wsgi`: it makes the application and does nothing else."""

from casefile.app import create_app

app = create_app()
