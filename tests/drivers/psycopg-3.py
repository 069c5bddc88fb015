import os

import psycopg

# It prepares a statement by itself once it was run five times, which a pool in transaction mode does not keep.
with psycopg.connect(os.environ["DATABASE_URL"], prepare_threshold=None) as connection:
    for _ in range(10):
        one = connection.execute("SELECT 1").fetchone()[0]
print(one)
