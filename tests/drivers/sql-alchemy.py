import os

import sqlalchemy

with sqlalchemy.create_engine(os.environ["DATABASE_URL"]).connect() as connection:
    print(connection.execute(sqlalchemy.text("SELECT 1")).scalar())
