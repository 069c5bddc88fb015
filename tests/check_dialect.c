#include "config.h"

#include "doctl/dialect.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "unit.h"

static const char *const values[CALL_ARGUMENTS] = {NULL,   "one", "two",   "three", "four",
                                                   "five", "six", "seven", "eight"};

/* The words with blanks between them. */
static char *spoken(const struct wording *wording, const char *const arguments[CALL_ARGUMENTS])
{
    struct buffer text = BUFFER_INIT;
    char **argv = dialect_argv(wording, arguments);
    for (char **word = argv; *word; word++)
        buffer_add_format(&text, "%s%s", word == argv ? "" : " ", *word);
    free(argv);
    return unit_keep(buffer_take(&text));
}

#define GET     "doctl databases get one --format ID,Name,Engine,Version,Status,Region,Size"
#define CREATE  "doctl databases create one --engine pg --version two --region three --size four "
#define DETAILS "--format Host,Port,User,Password,Database --no-header"

/*
 * Every call in full: as the plan has it (tasks 1 and 3, and docs/DOCTL.md for the three functions
 * that it leaves out), and as a released doctl knows it (docs/DOCTL.md).
 */
static const struct {
    enum call_id id;
    const char *plan, *shipped;
    bool mutation;
} calls[] = {
    {CALL_ACCOUNT_GET, "doctl account get --format Email --no-header", NULL, false},
    {CALL_ACCOUNT_TEAM, NULL, "doctl account get --format Team --no-header", false},
    {CALL_VPC_LIST, "doctl vpcs list --format Name,ID --no-header", NULL, false},
    {CALL_VPC_CREATE,
     "doctl vpcs create --name one --region two --ip-range three --format ID --no-header",
     "doctl vpcs create --name one --region two --ip-range three", true},
    {CALL_CLUSTER_LIST, "doctl databases list --format Name,ID,Engine,Status --no-header", NULL,
     false},
    {CALL_CLUSTER_CREATE,
     CREATE "--num-nodes five --wait --format ID --no-header --private-network-uuid six "
            "--storage-size-mib eight",
     CREATE "--num-nodes five --private-network-uuid six --tag seven --storage-size-mib eight",
     true},
    {CALL_CLUSTER_STATUS, GET, "doctl databases get one --format Status --no-header", false},
    {CALL_CLUSTER_INFO, GET, NULL, false},
    {CALL_POOL_LIST, "doctl databases pool list one --format Name --no-header",
     "doctl databases pool list one --format Name,Size,Mode,Database,User,URI", false},
    {CALL_POOL_INFO, "doctl databases pool list one --format Name,Size,Mode,Database,User", NULL,
     false},
    {CALL_POOL_CREATE,
     "doctl databases pool create one two --db three --user four --size five --mode six", NULL,
     true},
    {CALL_POOL_UPDATE, NULL,
     "doctl databases pool update one two --db three --user four --size five --mode six", true},
    {CALL_CLUSTER_RESIZE, NULL, "doctl databases resize one --num-nodes two --size three", true},
    {CALL_POOL_GET, NULL, "doctl databases pool get one two --format URI --no-header", false},
    {CALL_CERTIFICATE, "doctl databases ca get one --output two",
     "doctl databases get-ca one --format Certificate --no-header", false},
    {CALL_CONNECTION, "doctl databases connection one " DETAILS, NULL, false},
    {CALL_DROPLET_GET, "doctl compute droplet get one --format PrivateIPv4 --no-header", NULL,
     false},
    {CALL_RULE_LIST, NULL, "doctl databases firewalls list one", false},
    {CALL_RULE_APPEND, "doctl databases firewalls append one --rule two", NULL, true},
    {CALL_RULES_REPLACE, NULL, "doctl databases firewalls replace one --rule two", true},
    {CALL_RULE_REMOVE, NULL, "doctl databases firewalls remove one --uuid two", true},
    {CALL_CLUSTER_DETAILS, NULL, "doctl databases get one -o json", false},
    {CALL_DROPLET_DETAILS, NULL,
     "doctl compute droplet get one --format ID,VPCUUID,Region,PrivateIPv4", false},
    {CALL_USER_LIST, NULL, "doctl databases user list one --format Name,Role --no-header", false},
    {CALL_USER_GET, NULL, "doctl databases user get one two --format Name,Password --no-header",
     false},
    {CALL_USER_CREATE, NULL, "doctl databases user create one two", true},
    {CALL_USER_RESET, NULL, "doctl databases user reset one two", true},
    {CALL_DATABASE_LIST, NULL, "doctl databases db list one --no-header", false},
    {CALL_DATABASE_CREATE, NULL, "doctl databases db create one two", true},
    {CALL_DROPLET_LIST, "doctl compute droplet list --format ID,Name,Status,VPCUUID,Tags", NULL,
     false},
    {CALL_DROPLET_STATUS, "doctl compute droplet get one --format ID,Name,PublicIPv4,Status,Tags",
     NULL, false},
    {CALL_DROPLET_CREATE,
     "doctl compute droplet create one --region two --size three --image four --ssh-keys five "
     "--vpc-uuid six --tag-names seven --user-data-file eight --enable-monitoring --format ID "
     "--no-header",
     NULL, true},
    {CALL_KEY_LIST, "doctl compute ssh-key list --format ID,Name,FingerPrint", NULL, false},
    {CALL_REGION_LIST, "doctl compute region list --format Slug,Available --no-header", NULL,
     false},
    {CALL_VERSIONS, NULL, "doctl databases options versions --engine pg", false},
    {CALL_SIZES, NULL, "doctl databases options slugs --engine pg", false},
    {CALL_REGIONS, NULL, "doctl databases options regions --engine pg", false},
    {CALL_DROPLET_SIZES, NULL, "doctl compute size list --format Slug --no-header", false},
    {CALL_IMAGES, NULL, "doctl compute image list-distribution --public --format ID,Slug", false},
    {CALL_IMAGE_GET, NULL, "doctl compute image get one --format ID,Name", false},
    {CALL_KUBERNETES_LIST, NULL, "doctl kubernetes cluster list --format ID,Name --no-header",
     false},
    {CALL_APP_LIST, NULL, "doctl apps list --format ID,Spec.Name --no-header", false},
    {CALL_VPC_DETAILS, "doctl vpcs list --format ID,Name,Default", NULL, false},
    {CALL_BACKUPS, NULL, "doctl databases backups one --format Created --no-header", false},
    {CALL_FIREWALL_LIST, NULL, "doctl compute firewall list --format ID,Name,Tags", false},
    {CALL_FIREWALL_CREATE, NULL,
     "doctl compute firewall create --name one --inbound-rules two --outbound-rules three "
     "--tag-names four --format ID --no-header",
     true},
    {CALL_FIREWALL_DELETE, NULL, "doctl compute firewall delete one --force", true},
    {CALL_DROPLET_DELETE, "doctl compute droplet delete one --force", NULL, true},
    {CALL_CLUSTER_DELETE, "doctl databases delete one --force", NULL, true},
    {CALL_VPC_DELETE, "doctl vpcs delete one --force", NULL, true},
};

START_TEST(words_of_every_call)
{
    const struct call *call = dialect_call(calls[_i].id);
    ck_assert_int_eq(call->plan.words != NULL, calls[_i].plan != NULL);
    ck_assert_int_eq(call->shipped.words != NULL, calls[_i].shipped != NULL);
    if (calls[_i].plan)
        ck_assert_str_eq(spoken(&call->plan, values), calls[_i].plan);
    if (calls[_i].shipped)
        ck_assert_str_eq(spoken(&call->shipped, values), calls[_i].shipped);
    ck_assert_int_eq(call->mutation, calls[_i].mutation);
    ck_assert_ptr_nonnull(call->doing);
}
END_TEST

START_TEST(every_call_is_tested)
{
    ck_assert_uint_eq(COUNT(calls), CALL_VPC_DELETE + 1);
    for (size_t i = 0; i < COUNT(calls); i++)
        ck_assert_uint_eq(calls[i].id, i);
}
END_TEST

START_TEST(an_empty_argument_drops_its_words)
{
    const struct call *call = dialect_call(CALL_CLUSTER_CREATE);
    const char *arguments[CALL_ARGUMENTS] = {NULL, "one", "two", "three", "four", "five", ""};
    ck_assert_str_eq(spoken(&call->plan, arguments),
                     CREATE "--num-nodes five --wait --format ID --no-header");
    ck_assert_str_eq(spoken(&call->shipped, arguments), CREATE "--num-nodes five");
    arguments[6] = NULL;
    ck_assert_str_eq(spoken(&call->shipped, arguments), CREATE "--num-nodes five");
}
END_TEST

/* A value stays one word, and is not looked at again. */
START_TEST(values_are_put_in_as_they_are)
{
    static const char *const hostile[] = {"two words", "$2", "?6", "--flag", "'\"\\", ""};
    for (size_t i = 0; i < COUNT(hostile); i++) {
        const char *arguments[CALL_ARGUMENTS] = {NULL, hostile[i], "x"};
        char **argv = dialect_argv(&dialect_call(CALL_RULE_APPEND)->plan, arguments);
        ck_assert_str_eq(argv[4], hostile[i]);
        ck_assert_str_eq(argv[5], "--rule");
        ck_assert_str_eq(argv[6], "x");
        ck_assert_ptr_null(argv[7]);
        free(argv);
    }
}
END_TEST

START_TEST(doing_names_its_arguments)
{
    char *doing = dialect_doing(dialect_call(CALL_CLUSTER_CREATE), values);
    ck_assert_str_eq(doing, "create the database cluster one");
    free(doing);
    doing = dialect_doing(dialect_call(CALL_RULE_APPEND), values);
    ck_assert_str_eq(doing, "add the trusted source two");
    free(doing);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dialect");
    TCase *tests = unit_case(suite, "words");
    tcase_add_loop_test(tests, words_of_every_call, 0, COUNT(calls));
    tcase_add_test(tests, every_call_is_tested);
    tcase_add_test(tests, an_empty_argument_drops_its_words);
    tcase_add_test(tests, values_are_put_in_as_they_are);
    tcase_add_test(tests, doing_names_its_arguments);
    return unit_run(suite);
}
