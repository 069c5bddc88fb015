const { drizzle } = require('drizzle-orm/node-postgres');
const { sql } = require('drizzle-orm');
const { Pool } = require('pg');
const pool = new Pool({ connectionString: process.env.DATABASE_URL });
drizzle(pool).execute(sql`SELECT 1 AS one`).then(result => console.log(result.rows[0].one)).finally(() => pool.end());
