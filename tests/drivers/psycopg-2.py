import os

import psycopg2

cursor = psycopg2.connect(os.environ["DATABASE_URL"]).cursor()
cursor.execute("SELECT 1")
print(cursor.fetchone()[0])
