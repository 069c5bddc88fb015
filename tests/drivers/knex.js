const knex = require('knex')({ client: 'pg', connection: process.env.DATABASE_URL });
knex.raw('SELECT 1 AS one').then(result => console.log(result.rows[0].one)).finally(() => knex.destroy());
