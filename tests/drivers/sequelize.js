const { Sequelize } = require('sequelize');
const sequelize = new Sequelize(process.env.DATABASE_URL, { logging: false });
sequelize.query('SELECT 1 AS one').then(([rows]) => console.log(rows[0].one)).finally(() => sequelize.close());
