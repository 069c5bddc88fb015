# The URL in the parts that Django wants, as dj-database-url takes it apart.
import os
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings

url = urlsplit(os.environ["DATABASE_URL"])
settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(url.path[1:]),
            "USER": unquote(url.username),
            "PASSWORD": unquote(url.password),
            "HOST": url.hostname,
            "PORT": url.port,
            "OPTIONS": dict(parse_qsl(url.query)),
            "DISABLE_SERVER_SIDE_CURSORS": True,
        }
    }
)
from django.db import connection  # noqa: E402

with connection.cursor() as cursor:
    cursor.execute("SELECT 1")
    print(cursor.fetchone()[0])
