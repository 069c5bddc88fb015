#!/usr/bin/env bats
# The sink of Kubernetes: the real kubectl against a stand-in for the API server (kubeapi.py), which knows who owns
# what in a Secret.

load helper
load compose

SINK=kubernetes:shop/database

setup() {
    find_tools
    if [ ! -x "$TOOLS/root/usr/bin/kubectl" ]; then
        [ -z "${CI:-}" ] || fail "no kubectl: scripts/test.sh fetches it"
        skip "NOT TRIED WITH kubectl, which scripts/test.sh fetches"
    fi
    open_box 1.166
    with DOCTL_SIM_PASSWORD=AVNS_kube "KUBECONFIG=$BOX/kubeconfig"
    ln -s "$TOOLS/root/usr/bin/kubectl" "$BOX/bin/kubectl"
    mkdir "$BOX/api"
    start_api "$(workload Deployment backend),$(workload Deployment stranger other),$(workload StatefulSet worker)"
}

teardown() {
    [ -z "${api:-}" ] || kill "$api" 2>/dev/null || true
}

start_api() { # OBJECT,…
    rm -f "$BOX/api/port"
    echo "[$1]" >"$BOX/api/objects.json"
    python3 "$BATS_TEST_DIRNAME/kubeapi.py" "$BOX/api" >"$BOX/api/port" 2>"$BOX/api/err" 3>&- &
    api=$!
    await test -s "$BOX/api/port"
    cat >"$BOX/kubeconfig" <<END
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "http://127.0.0.1:$(cat "$BOX/api/port")"}}]
users: [{name: u, user: {}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
END
}

# workload KIND NAME [SECRET]: one that mounts it, and is as it should be.
workload() {
    jq -nc --arg kind "$1" --arg name "$2" --arg secret "${3:-database}" '{
        apiVersion: "apps/v1", kind: $kind, metadata: {name: $name, namespace: "shop", generation: 1},
        spec: {replicas: 1, selector: {matchLabels: {app: $name}}, updateStrategy: {type: "RollingUpdate"}, template: {
            metadata: {labels: {app: $name}},
            spec: {containers: [{name: "c", image: "x", env: [{name: "A", value: "1"}]}],
                   volumes: [{name: "v", secret: {secretName: $secret}}, {name: "e", emptyDir: {}}]}}},
        status: {observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1,
                 currentRevision: "r", updateRevision: "r"}}'
}

value() { # KEY
    jq -r ".[] | select(.kind == \"Secret\") | .data[\"$1\"] // empty" "$BOX/api/objects.json" | base64 -d
}

annotation() { # NAME
    jq -r ".[] | select(.metadata.name == \"$1\") | .spec.template.metadata.annotations[\"managed-db/database\"]" \
        "$BOX/api/objects.json"
}

# The changes that were asked for, in their order.
patches() {
    grep ^PATCH "$BOX/api/log" | sed 's/.*namespaces.//' || true
}

@test "the Secret is applied with URL, direct URL and CA, and those who use it are rolled out, once" {
    mdb setup --sink "$SINK" --direct-file "$SECRETS/direct"
    works
    equal "$(value database_url)" "$(url)"
    equal "$(value database_url_direct)" "$(cat "$SECRETS/direct")"
    equal "$(value ca-certificate.crt)" "$(cat "$SECRETS/ca-certificate.crt")"
    equal "$(patches)" "shop/secrets/database application/apply-patch+yaml managed-db
shop/deployments/backend application/merge-patch+json kubectl-patch
shop/statefulsets/worker application/merge-patch+json kubectl-patch"
    [[ $(annotation backend) =~ ^[0-9a-f]{64}$ ]] || fail "annotation $(annotation backend)"
    equal "$(annotation worker)" "$(annotation backend)"
    equal "$(annotation stranger)" null
    : >"$BOX/api/log"
    mdb setup --sink "$SINK" --direct-file "$SECRETS/direct"
    works
    said "$SINK has it already"
    said "Nothing had to be changed"
    equal "$(patches)" ""
    mdb setup --sink "$SINK" --network private
    works
    equal "$(value database_url)" "$(url)"
    equal "$(value database_url_direct)" ""
    equal "$(patches | wc -l)" 3
}

@test "a Secret that a variable or a projected volume takes is found too; none that uses it is fine" {
    kill "$api"
    start_api "$(workload Deployment one other |
        jq -c '.spec.template.spec.containers[0].env = [{name: "U", valueFrom: {secretKeyRef: {name: "database", key: "database_url"}}}]'),$(
        workload Deployment two other | jq -c '.spec.template.spec.containers[0].envFrom = [{secretRef: {name: "database"}}]'),$(
        workload Deployment three other |
            jq -c '.spec.template.spec.volumes = [{name: "p", projected: {sources: [{secret: {name: "database"}}]}}]'),$(
        workload Deployment four other |
            jq -c '.spec.template.spec.initContainers = [{name: "i", envFrom: [{secretRef: {name: "database"}}]}]'),$(
        workload Deployment five database-2)"
    mdb setup --sink "$SINK"
    works
    equal "$(patches | grep -o 'deployments/[a-z]*' | LC_ALL=C sort | tr '\n' ' ')" \
        "deployments/four deployments/one deployments/three deployments/two "
    kill "$api"
    start_api ""
    mdb setup --sink "$SINK"
    works
    equal "$(value database_url)" "$(url)"
}

@test "keys of others stay theirs, and one that somebody else owns is a conflict in words" {
    kill "$api"
    start_api '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "database", "namespace": "shop"},
        "data": {"theirs": "eA==", "database_url": "eQ=="}, "owners": {"theirs": "helm", "database_url": "helm"}}'
    mdb setup --sink "$SINK"
    fails 4 "$SINK: kubectl failed with status 1: error: Apply failed with 1 conflict: conflict with \"helm\" using v1: .data.database_url"
    equal "$(value database_url)" y
    kill "$api"
    start_api '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "database", "namespace": "shop"},
        "data": {"theirs": "eA=="}, "owners": {"theirs": "helm"}}'
    mdb setup --sink "$SINK"
    works
    equal "$(value database_url)" "$(url)"
    equal "$(value theirs)" x
}

@test "ended between the Secret and the workloads, the next run rolls out; plan shows it, and changes nothing" {
    mdb setup
    works
    mdb plan --sink "$SINK"
    exits 1
    grep -q "^~ sink $SINK" "$BOX/out" || fail "not planned"
    equal "$(patches)" ""
    rm "$BOX/bin/kubectl"
    cat >"$BOX/bin/kubectl" <<END
#!/bin/sh
case "\$*" in *patch*) kill -KILL \$PPID ;; esac
exec "$TOOLS/root/usr/bin/kubectl" "\$@"
END
    chmod 755 "$BOX/bin/kubectl"
    mdb setup --sink "$SINK"
    [ "$status" = 137 ] || fail "status $status"
    equal "$(patches | wc -l)" 1
    equal "$(value database_url)" "$(url)"
    ln -sf "$TOOLS/root/usr/bin/kubectl" "$BOX/bin/kubectl"
    mdb setup --sink "$SINK"
    works
    said "Given to $SINK"
    equal "$(patches | wc -l)" 3
}

@test "no server, no kubectl: told, and the files are written" {
    kill "$api"
    mdb setup --sink "$SINK"
    fails 4 "$SINK: kubectl failed with status 1: "
    rm "$BOX/bin/kubectl"
    with "PATH=$BOX/bin"
    mdb setup --sink "$SINK"
    fails 3 "kubectl"
    [ -s "$SECRETS/database_url" ] || fail "no file"
}

@test "the password is in no argument, nor in what is shown; kubectl gets it on its standard input" {
    command -v strace >/dev/null || skip "strace is not installed"
    strace -o /dev/null true 2>/dev/null || skip "strace is not allowed here"
    with ASAN_OPTIONS=detect_leaks=0
    WRAPPER=(strace -f -qq -v -s 65536 -e trace=execve -o "$BOX/trace")
    mdb setup -v --sink "$SINK"
    works
    local encoded
    encoded=$(printf '%s' "$(url)" | base64 -w 0)
    grep -q 'kubectl.*apply' "$BOX/trace" || fail "nothing was traced"
    if sed 's/DOCTL_SIM_PASSWORD=AVNS_kube//g' "$BOX/trace" "$BOX/out" "$BOX/err" "$BOX/api/log" | grep -qF -e AVNS_kube -e "$encoded"; then
        fail "the password shows"
    fi
}
