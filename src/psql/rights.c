#include "config.h"

#include "psql/rights.h"

#include <string.h>

/*
 * What of the database belongs to the one who runs this: statements that give it to the owner role,
 * schemas first, because an owner must be able to create in the schema.
 * What belongs to an extension, or to a column as its sequence, goes with that.
 */
static const char moves[] =
    "SELECT format('ALTER SCHEMA %I OWNER TO %I', n.nspname, '$N_owner')\n"
    "  FROM pg_namespace n\n"
    "  WHERE pg_get_userbyid(n.nspowner) = session_user\n"
    "    AND n.nspname !~ '^(pg_|information_schema)'\n"
    "UNION ALL SELECT format('ALTER TABLE %s OWNER TO %I', c.oid::regclass, '$N_owner')\n"
    "  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace\n"
    "  WHERE pg_get_userbyid(c.relowner) = session_user\n"
    "    AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')\n"
    "    AND n.nspname !~ '^(pg_|information_schema)' AND NOT EXISTS (SELECT FROM pg_depend d\n"
    "      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid\n"
    "        AND d.deptype IN ('a', 'e', 'i'))\n"
    "UNION ALL SELECT format('ALTER ROUTINE %s OWNER TO %I', p.oid::regprocedure, '$N_owner')\n"
    "  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace\n"
    "  WHERE pg_get_userbyid(p.proowner) = session_user\n"
    "    AND n.nspname !~ '^(pg_|information_schema)' AND NOT EXISTS (SELECT FROM pg_depend d\n"
    "      WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')\n"
    "UNION ALL SELECT format('ALTER TYPE %s OWNER TO %I', t.oid::regtype, '$N_owner')\n"
    "  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace\n"
    "    LEFT JOIN pg_class c ON c.oid = t.typrelid\n"
    "  WHERE pg_get_userbyid(t.typowner) = session_user\n"
    "    AND n.nspname !~ '^(pg_|information_schema)'\n"
    "    AND (t.typtype IN ('d', 'e', 'r') OR c.relkind = 'c')\n"
    "    AND NOT EXISTS (SELECT FROM pg_depend d\n"
    "      WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')\n";

static const char member[] = "SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid"
                             " JOIN pg_roles u ON u.oid = m.member"
                             " WHERE r.rolname = '$N_owner' AND u.rolname = ";

static const char no_role[] = "NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$N_owner')";

/* Appends a text with the user for $U, the database for $D, the owner role's name for $N. */
static void add(struct buffer *sql, const char *text, const struct rights *rights)
{
    while (*text) {
        size_t length = strcspn(text, "$");
        buffer_add(sql, text, length);
        text += length;
        if (*text) {
            buffer_add_text(sql, text[1] == 'U'   ? rights->user
                                 : text[1] == 'D' ? rights->database
                                                  : rights->name);
            text += 2;
        }
    }
}

void rights_add_check(struct buffer *sql, const struct rights *rights)
{
    const char *const pieces[] = {
        "SELECT 'the role $N_owner' WHERE ",
        no_role,
        "\nUNION ALL SELECT 'the membership of $U in $N_owner' WHERE NOT EXISTS (",
        member,
        "'$U')\n"
        "UNION ALL SELECT 'the membership of ' || session_user || ' in $N_owner' WHERE NOT EXISTS "
        "(",
        member,
        "session_user)\n"
        "UNION ALL SELECT 'closing the database to others' WHERE EXISTS (SELECT FROM pg_database d,"
        " aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a"
        " WHERE d.datname = current_database() AND a.grantee = 0)\n"
        "UNION ALL SELECT 'the rights of $N_owner on the database' WHERE 3 > (SELECT count(*)"
        " FROM pg_database d, aclexplode(d.datacl) a JOIN pg_roles r ON r.oid = a.grantee"
        " WHERE d.datname = current_database() AND r.rolname = '$N_owner'"
        " AND a.privilege_type IN ('CONNECT', 'CREATE', 'TEMPORARY'))\n"
        "UNION ALL SELECT 'closing the schema public to others' WHERE EXISTS (SELECT FROM"
        " pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a"
        " WHERE n.nspname = 'public' AND a.grantee = 0)\n"
        "UNION ALL SELECT 'the rights of $N_owner on the schema public' FROM pg_namespace n"
        " WHERE n.nspname = 'public' AND pg_get_userbyid(n.nspowner) <> '$N_owner' AND 2 >"
        " (SELECT count(*) FROM aclexplode(n.nspacl) a JOIN pg_roles r ON r.oid = a.grantee"
        " WHERE r.rolname = '$N_owner' AND a.privilege_type IN ('USAGE', 'CREATE'))\n"
        "UNION ALL SELECT 'that sessions work as $N_owner' WHERE NOT EXISTS (SELECT FROM"
        " pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase"
        " WHERE d.datname = current_database() AND s.setrole = 0"
        " AND 'role=$N_owner' = ANY (s.setconfig))\n"
        "UNION ALL SELECT count(*) || ' objects of ' || session_user FROM (",
        moves,
        ") AS moves HAVING count(*) > 0;\n"};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++)
        add(sql, pieces[i], rights);
}

void rights_add_grant(struct buffer *sql, const struct rights *rights)
{
    const char *const pieces[] = {
        "-- The rights of the user $U in the database $D, and of nobody else there. For psql, as\n"
        "-- doadmin, in the database $D; may be run again.\n"
        "\\set ON_ERROR_STOP 1\n"
        "SET ROLE NONE;\n"
        "BEGIN;\n"
        "SELECT 'CREATE ROLE \"$N_owner\" NOLOGIN' WHERE ",
        no_role,
        " \\gexec\n"
        "GRANT \"$N_owner\" TO \"$U\";\n"
        "GRANT \"$N_owner\" TO SESSION_USER;\n"
        "REVOKE ALL ON DATABASE \"$D\" FROM PUBLIC;\n"
        "GRANT CONNECT, CREATE, TEMPORARY ON DATABASE \"$D\" TO \"$N_owner\";\n"
        "REVOKE ALL ON SCHEMA public FROM PUBLIC;\n"
        "GRANT USAGE, CREATE ON SCHEMA public TO \"$N_owner\";\n"
        "ALTER DATABASE \"$D\" SET role TO \"$N_owner\";\n"
        "-- What was made before belongs to the owner role too.\n",
        moves,
        " \\gexec\n",
        "COMMIT;\n"};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++)
        add(sql, pieces[i], rights);
}
