// As the plan's backend does it: nothing but the URL.
const { Pool } = require('pg');
const pool = new Pool({ connectionString: process.env.DATABASE_URL });
pool.query('SELECT 1 AS one').then(result => console.log(result.rows[0].one)).finally(() => pool.end());
