#include "config.h"

#include "doctl/dialect.h"

#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"

#define COLUMNS(...) ((const char *const[]){__VA_ARGS__, NULL})

#define CREATE_VPC "vpcs create --name $1 --region $2 --ip-range $3"
#define CREATE_CLUSTER                                                                             \
    "databases create $1 --engine pg --version $2 --region $3 --size $4 --num-nodes $5"
#define CREATE_IN_VPC "?6 --private-network-uuid $6"
#define GET_CLUSTER   "databases get $1 --format ID,Name,Engine,Version,Status,Region,Size"

static const struct call calls[] = {
    [CALL_ACCOUNT_GET] =
        {
            .doing = "read the DigitalOcean account",
            .scope = "account:read",
            .least_rows = 1,
            .plan = {"account get --format Email --no-header", SHAPE_ROWS, COLUMNS("Email")},
        },
    [CALL_ACCOUNT_TEAM] =
        {
            .doing = "read the team of the account",
            .scope = "account:read",
            .least_rows = 1,
            .shipped = {"account get --format Team --no-header", SHAPE_ROWS, COLUMNS("Team")},
        },
    [CALL_VPC_LIST] =
        {
            .doing = "list the VPCs",
            .scope = "vpc:read",
            .must_be_whole = true,
            .has_pages = true,
            .plan = {"vpcs list --format Name,ID --no-header", SHAPE_ROWS, COLUMNS("Name", "ID")},
        },
    [CALL_VPC_CREATE] =
        {
            .doing = "create the VPC $1",
            .scope = "vpc:create",
            .mutation = true,
            .plan = {CREATE_VPC " --format ID --no-header", SHAPE_ID, NULL},
            .shipped = {CREATE_VPC, SHAPE_ID, NULL},
        },
    [CALL_CLUSTER_LIST] =
        {
            .doing = "list the database clusters",
            .scope = "database:read",
            .must_be_whole = true,
            .has_pages = true,
            .plan = {"databases list --format Name,ID,Engine,Status --no-header", SHAPE_ROWS,
                     COLUMNS("Name", "ID", "Engine", "Status")},
        },
    [CALL_CLUSTER_CREATE] =
        {
            .doing = "create the database cluster $1",
            .scope = "database:create",
            .mutation = true,
            .plan = {CREATE_CLUSTER " --wait --format ID --no-header " CREATE_IN_VPC
                                    " ?8 --storage-size-mib $8",
                     SHAPE_ID, NULL},
            .shipped = {CREATE_CLUSTER " " CREATE_IN_VPC " ?7 --tag $7 ?8 --storage-size-mib $8",
                        SHAPE_ID, NULL},
        },
    [CALL_CLUSTER_RESIZE] =
        {
            .doing = "resize the database cluster $1",
            .scope = "database:update",
            .mutation = true,
            .shipped = {"databases resize $1 --num-nodes $2 --size $3", SHAPE_ANY, NULL},
        },
    /* The plan asks for the status only among the other columns of show_database_info. */
    [CALL_CLUSTER_STATUS] =
        {
            .doing = "read the status of the database cluster $1",
            .scope = "database:read",
            .least_rows = 1,
            .plan = {GET_CLUSTER, SHAPE_TABLE, COLUMNS("Status")},
            .shipped = {"databases get $1 --format Status --no-header", SHAPE_ROWS,
                        COLUMNS("Status")},
        },
    [CALL_CLUSTER_INFO] =
        {
            .doing = "show the database cluster $1",
            .scope = "database:read",
            .plan = {GET_CLUSTER, SHAPE_TEXT, NULL},
        },
    /* Only its JSON tells a cluster's VPC, its nodes and both hosts; it holds the password too. */
    [CALL_CLUSTER_DETAILS] =
        {
            .doing = "read the details of the database cluster $1",
            .scope = "database:read",
            .shipped = {"databases get $1 -o json", SHAPE_JSON, NULL},
        },
    [CALL_POOL_LIST] =
        {
            .doing = "list the connection pools of $1",
            .scope = "database:read",
            .must_be_whole = true,
            .plan = {"databases pool list $1 --format Name --no-header", SHAPE_ROWS,
                     COLUMNS("Name")},
            .shipped = {"databases pool list $1 --format Name,Size,Mode,Database,User,URI",
                        SHAPE_TABLE, COLUMNS("Name", "Size", "Mode", "Database", "URI")},
        },
    [CALL_POOL_INFO] =
        {
            .doing = "show the connection pools of $1",
            .scope = "database:read",
            .plan = {"databases pool list $1 --format Name,Size,Mode,Database,User", SHAPE_TEXT,
                     NULL},
        },
    [CALL_POOL_CREATE] =
        {
            .doing = "create the connection pool $2",
            .scope = "database:create",
            .mutation = true,
            .plan = {"databases pool create $1 $2 --db $3 --user $4 --size $5 --mode $6", SHAPE_ANY,
                     NULL},
        },
    [CALL_POOL_UPDATE] =
        {
            .doing = "change the connection pool $2",
            .scope = "database:update",
            .mutation = true,
            .shipped = {"databases pool update $1 $2 --db $3 --user $4 --size $5 --mode $6",
                        SHAPE_ANY, NULL},
        },
    [CALL_POOL_GET] =
        {
            .doing = "read the connection pool $2",
            .scope = "database:read",
            .least_rows = 1,
            .shipped = {"databases pool get $1 $2 --format URI --no-header", SHAPE_ROWS,
                        COLUMNS("URI")},
        },
    /* The application's own; the answers to the changes hold a password. */
    [CALL_USER_LIST] =
        {
            .doing = "list the users of $1",
            .scope = "database:read",
            .must_be_whole = true,
            .least_rows = 1,
            .shipped = {"databases user list $1 --format Name,Role --no-header", SHAPE_ROWS,
                        COLUMNS("Name", "Role")},
        },
    [CALL_USER_GET] =
        {
            .doing = "read the password of the user $2",
            .scope = "database:view_credentials",
            .least_rows = 1,
            .shipped = {"databases user get $1 $2 --format Name,Password --no-header", SHAPE_ROWS,
                        COLUMNS("Name", "Password")},
        },
    [CALL_USER_CREATE] =
        {
            .doing = "create the user $2",
            .scope = "database:create",
            .mutation = true,
            .shipped = {"databases user create $1 $2", SHAPE_ANY, NULL},
        },
    [CALL_USER_RESET] =
        {
            .doing = "reset the password of the user $2",
            .scope = "database:update",
            .mutation = true,
            .shipped = {"databases user reset $1 $2", SHAPE_ANY, NULL},
        },
    [CALL_DATABASE_LIST] =
        {
            .doing = "list the databases of $1",
            .scope = "database:read",
            .must_be_whole = true,
            .least_rows = 1,
            .shipped = {"databases db list $1 --no-header", SHAPE_ROWS, COLUMNS("Name")},
        },
    [CALL_DATABASE_CREATE] =
        {
            .doing = "create the database $2",
            .scope = "database:create",
            .mutation = true,
            .shipped = {"databases db create $1 $2", SHAPE_ANY, NULL},
        },
    [CALL_CERTIFICATE] =
        {
            .doing = "fetch the CA certificate of $1",
            .scope = "database:read",
            .plan = {"databases ca get $1 --output $2", SHAPE_FILE, NULL},
            .shipped = {"databases get-ca $1 --format Certificate --no-header", SHAPE_PEM, NULL},
        },
    [CALL_CONNECTION] =
        {
            .doing = "read the connection details of $1",
            .scope = "database:view_credentials",
            .least_rows = 1,
            .plan = {"databases connection $1 --format Host,Port,User,Password,Database "
                     "--no-header",
                     SHAPE_ROWS, COLUMNS("Host", "Port", "User", "Password", "Database")},
        },
    [CALL_DROPLET_GET] =
        {
            .doing = "read the private address of Droplet $1",
            .scope = "droplet:read",
            .plan = {"compute droplet get $1 --format PrivateIPv4 --no-header", SHAPE_ROWS,
                     COLUMNS("PrivateIPv4")},
        },
    [CALL_DROPLET_DETAILS] =
        {
            .doing = "read the place of Droplet $1",
            .scope = "droplet:read",
            .least_rows = 1,
            .shipped = {"compute droplet get $1 --format ID,VPCUUID,Region,PrivateIPv4",
                        SHAPE_TABLE, COLUMNS("ID", "Region")},
        },
    [CALL_RULE_LIST] =
        {
            .doing = "list the trusted sources of $1",
            .scope = "database:read",
            .must_be_whole = true,
            .shipped = {"databases firewalls list $1", SHAPE_TABLE, COLUMNS("Type", "Value")},
        },
    [CALL_RULE_APPEND] =
        {
            .doing = "add the trusted source $2",
            .scope = "database:update",
            .mutation = true,
            .plan = {"databases firewalls append $1 --rule $2", SHAPE_ANY, NULL},
        },
    [CALL_RULES_REPLACE] =
        {
            .doing = "set the trusted sources of $1",
            .scope = "database:update",
            .mutation = true,
            .shipped = {"databases firewalls replace $1 --rule $2", SHAPE_ANY, NULL},
        },
    [CALL_RULE_REMOVE] =
        {
            .doing = "remove the trusted source $2",
            .scope = "database:update",
            .mutation = true,
            .shipped = {"databases firewalls remove $1 --uuid $2", SHAPE_ANY, NULL},
        },

    /*
     * The Droplet of a deployment. A new one has blank addresses, so these tables are asked for
     * with their headers; `columns` are those that must not be blank.
     */
    [CALL_DROPLET_LIST] =
        {
            .doing = "list the Droplets",
            .scope = "droplet:read",
            .must_be_whole = true,
            .has_pages = true,
            .plan = {"compute droplet list --format ID,Name,Status,VPCUUID,Tags", SHAPE_TABLE,
                     COLUMNS("ID", "Name", "Status")},
        },
    [CALL_DROPLET_STATUS] =
        {
            .doing = "read the status of Droplet $1",
            .scope = "droplet:read",
            .least_rows = 1,
            .plan = {"compute droplet get $1 --format ID,Name,PublicIPv4,Status,Tags", SHAPE_TABLE,
                     COLUMNS("ID", "Status")},
        },
    [CALL_DROPLET_CREATE] =
        {
            .doing = "create the Droplet $1",
            .scope = "droplet:create",
            .mutation = true,
            .plan = {"compute droplet create $1 --region $2 --size $3 --image $4 --ssh-keys $5 "
                     "?6 --vpc-uuid $6 ?7 --tag-names $7 ?8 --user-data-file $8 "
                     "--enable-monitoring --format ID --no-header",
                     SHAPE_ID, NULL},
        },
    [CALL_KEY_LIST] =
        {
            .doing = "list the SSH keys",
            .scope = "ssh_key:read",
            .has_pages = true,
            .plan = {"compute ssh-key list --format ID,Name,FingerPrint", SHAPE_TABLE,
                     COLUMNS("ID", "FingerPrint")},
        },
    [CALL_REGION_LIST] =
        {
            .doing = "list the regions",
            .scope = "regions:read",
            .least_rows = 1,
            .plan = {"compute region list --format Slug,Available --no-header", SHAPE_ROWS,
                     COLUMNS("Slug", "Available")},
        },
    /* What there is to choose from: asked before something is made. */
    [CALL_VERSIONS] =
        {
            .doing = "list the versions of PostgreSQL",
            .scope = "database:read",
            .least_rows = 1,
            .shipped = {"databases options versions --engine pg", SHAPE_TABLE,
                        COLUMNS("Engine", "Versions")},
        },
    [CALL_SIZES] =
        {
            .doing = "list the sizes of clusters",
            .scope = "database:read",
            .least_rows = 1,
            .shipped = {"databases options slugs --engine pg", SHAPE_TABLE,
                        COLUMNS("Slug", "NodeNums")},
        },
    [CALL_REGIONS] =
        {
            .doing = "list the regions of clusters",
            .scope = "database:read",
            .least_rows = 1,
            .shipped = {"databases options regions --engine pg", SHAPE_TABLE,
                        COLUMNS("Region", "Engines")},
        },
    [CALL_DROPLET_SIZES] =
        {
            .doing = "list the sizes of Droplets",
            .scope = "sizes:read",
            .has_pages = true,
            .least_rows = 1,
            .shipped = {"compute size list --format Slug --no-header", SHAPE_ROWS, COLUMNS("Slug")},
        },
    [CALL_IMAGES] =
        {
            .doing = "list the images of distributions",
            .scope = "image:read",
            .has_pages = true,
            .least_rows = 1,
            .shipped = {"compute image list-distribution --public --format ID,Slug", SHAPE_TABLE,
                        COLUMNS("ID")},
        },
    [CALL_IMAGE_GET] =
        {
            .doing = "read the image $1",
            .scope = "image:read",
            .least_rows = 1,
            .shipped = {"compute image get $1 --format ID,Name", SHAPE_TABLE, COLUMNS("ID")},
        },
    /* What a trusted source may name. */
    [CALL_KUBERNETES_LIST] =
        {
            .doing = "list the Kubernetes clusters",
            .scope = "kubernetes:read",
            .has_pages = true,
            .shipped = {"kubernetes cluster list --format ID,Name --no-header",
                        SHAPE_ROWS, COLUMNS("ID", "Name")},
        },
    [CALL_APP_LIST] =
        {
            .doing = "list the apps",
            .scope = "app:read",
            .has_pages = true,
            .shipped = {"apps list --format ID,Spec.Name --no-header",
                        SHAPE_ROWS, COLUMNS("ID", "Name")},
        },
    /* Whose things are, for taking them down. */
    [CALL_VPC_DETAILS] =
        {
            .doing = "list the VPCs",
            .scope = "vpc:read",
            .must_be_whole = true,
            .has_pages = true,
            .plan = {"vpcs list --format ID,Name,Default", SHAPE_TABLE,
                     COLUMNS("ID", "Name", "Default")},
        },
    [CALL_BACKUPS] =
        {
            .doing = "list the backups of $1",
            .scope = "database:read",
            .shipped = {"databases backups $1 --format Created --no-header",
                        SHAPE_ROWS, COLUMNS("Created")},
        },
    [CALL_FIREWALL_LIST] =
        {
            .doing = "list the Cloud Firewalls",
            .scope = "firewall:read",
            .has_pages = true,
            .shipped = {"compute firewall list --format ID,Name,Tags", SHAPE_TABLE,
                        COLUMNS("ID", "Name")},
        },
    [CALL_FIREWALL_CREATE] =
        {
            .doing = "create the Cloud Firewall $1",
            .scope = "firewall:create",
            .mutation = true,
            .shipped = {"compute firewall create --name $1 --inbound-rules $2 --outbound-rules $3 "
                        "--tag-names $4 --format ID --no-header",
                        SHAPE_ID, NULL},
        },
    [CALL_FIREWALL_DELETE] =
        {
            .doing = "delete the Cloud Firewall $1",
            .scope = "firewall:delete",
            .mutation = true,
            .shipped = {"compute firewall delete $1 --force", SHAPE_ANY, NULL},
        },
    [CALL_DROPLET_DELETE] =
        {
            .doing = "delete the Droplet $1",
            .scope = "droplet:delete",
            .mutation = true,
            .plan = {"compute droplet delete $1 --force", SHAPE_ANY, NULL},
        },
    [CALL_CLUSTER_DELETE] =
        {
            .doing = "delete the database cluster $1",
            .scope = "database:delete",
            .mutation = true,
            .plan = {"databases delete $1 --force", SHAPE_ANY, NULL},
        },
    [CALL_VPC_DELETE] =
        {
            .doing = "delete the VPC $1",
            .scope = "vpc:delete",
            .mutation = true,
            .plan = {"vpcs delete $1 --force", SHAPE_ANY, NULL},
        },

    /* Without its arguments: a released doctl complains, and does not ask DigitalOcean. */
    [CALL_PROBE] =
        {
            .doing = "see whether this doctl is a released one",
            .shipped = {"databases pool get", SHAPE_ANY, NULL},
        },
};

const struct call *dialect_call(enum call_id id)
{
    return &calls[id];
}

static const char *argument(char digit, const char *const arguments[CALL_ARGUMENTS])
{
    const char *value = arguments[digit - '0'];
    return value ? value : "";
}

/* Appends a text with its "$N" put in. */
static void expand(struct buffer *buffer, const char *text, size_t length,
                   const char *const arguments[CALL_ARGUMENTS])
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '$')
            buffer_add_text(buffer, argument(text[++i], arguments));
        else
            buffer_add(buffer, text + i, 1);
    }
}

char **dialect_argv(const struct wording *wording, const char *const arguments[CALL_ARGUMENTS])
{
    struct buffer strings = BUFFER_INIT;
    size_t count = 1;
    size_t drop = 0;
    buffer_add(&strings, "doctl", sizeof "doctl");
    for (const char *word = wording->words; *word;) {
        size_t length = strcspn(word, " ");
        if (*word == '?') {
            drop = *argument(word[1], arguments) ? 0 : 2;
        } else if (drop) {
            drop--;
        } else {
            expand(&strings, word, length, arguments);
            buffer_add(&strings, "", 1);
            count++;
        }
        word += length;
        word += strspn(word, " ");
    }
    char **argv = mem_alloc((count + 1) * sizeof *argv + strings.length);
    char *at = memcpy(argv + count + 1, strings.data, strings.length);
    for (size_t i = 0; i < count; i++) {
        argv[i] = at;
        at += strlen(at) + 1;
    }
    buffer_free(&strings);
    return argv;
}

bool dialect_waits(const struct wording *wording)
{
    return strstr(wording->words, " --wait ") != NULL;
}

char *dialect_doing(const struct call *call, const char *const arguments[CALL_ARGUMENTS])
{
    struct buffer text = BUFFER_INIT;
    expand(&text, call->doing, strlen(call->doing), arguments);
    return buffer_take(&text);
}
