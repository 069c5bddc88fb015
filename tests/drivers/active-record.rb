# Rails without the rest of it: prepared statements are off in config/database.yml for a pool.
require 'active_record'
ActiveRecord::Base.establish_connection(url: ENV.fetch('DATABASE_URL'), prepared_statements: false, advisory_locks: false)
puts ActiveRecord::Base.connection.select_value('SELECT 1')
