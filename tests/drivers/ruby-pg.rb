require 'pg'
puts PG.connect(ENV.fetch('DATABASE_URL')).exec('SELECT 1').getvalue(0, 0)
