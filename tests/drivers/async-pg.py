import asyncio
import os

import asyncpg


async def main():
    connection = await asyncpg.connect(os.environ["DATABASE_URL"], statement_cache_size=0)
    print(await connection.fetchval("SELECT 1"))
    await connection.close()


asyncio.run(main())
