<?php
// PDO takes no URL: its parts, as Laravel and Symfony take them apart.
$url = parse_url(getenv('DATABASE_URL'));
parse_str($url['query'], $query);
$dsn = "pgsql:host={$url['host']};port={$url['port']};dbname=" . rawurldecode(substr($url['path'], 1)) . ";sslmode={$query['sslmode']}";
$pdo = new PDO($dsn, rawurldecode($url['user']), rawurldecode($url['pass']), [PDO::ATTR_EMULATE_PREPARES => true]);
echo $pdo->query('SELECT 1')->fetchColumn(), "\n";
