require('reflect-metadata');
const { DataSource } = require('typeorm');
const source = new DataSource({ type: 'postgres', url: process.env.DATABASE_URL });
source.initialize().then(() => source.query('SELECT 1 AS one')).then(rows => console.log(rows[0].one))
    .finally(() => source.isInitialized && source.destroy());
