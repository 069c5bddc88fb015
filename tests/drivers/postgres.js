const sql = require('postgres')(process.env.DATABASE_URL, { prepare: false });
sql`SELECT 1 AS one`.then(rows => console.log(rows[0].one)).finally(() => sql.end());
