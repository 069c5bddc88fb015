#!/usr/bin/env python3
"""A small stand-in of DigitalOcean's API, for a real doctl (tests/api/doctl.bats).

    server.py FOLDER

Listens on loopback; FOLDER/port tells where. FOLDER/log gets a line a request, METHOD PATH. A line in
FOLDER/faults, "METHOD REGEX STATUS TEXT", refuses requests whose path matches; the file may change at any time.
FOLDER/slow, a number of seconds, is waited before each answer. Bodies have the shapes of the public API; what is
asked of it is what the flow asks, and what it keeps is in memory.
"""
import http.server
import json
import os
import re
import socketserver
import sys
import threading
import time
import uuid

FOLDER = sys.argv[1]
LOCK = threading.Lock()
CA = "LS0tLS1CRUdJTi"  # replaced by the file FOLDER/ca.pem, base64
ACCOUNT = {"vpcs": [], "databases": {}, "droplets": []}
REGIONS = ["nyc1", "nyc3", "fra1"]
SIZES = ["db-s-1vcpu-1gb", "db-s-1vcpu-2gb", "db-s-2vcpu-4gb", "db-s-4vcpu-8gb"]


class Refused(Exception):
    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


def read_file(name, default=""):
    try:
        with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return default


def connection(cluster, inside, port=25060, database="defaultdb", user="doadmin", password=None):
    host = ("private-" if inside else "") + cluster["name"] + "-do-user-1-0.k.db.ondigitalocean.com"
    password = password or cluster["password"]
    uri = f"postgresql://{user}:{password}@{host}:{port}/{database}?sslmode=require"
    return {"protocol": "postgresql", "uri": uri, "database": database, "host": host, "port": port,
            "user": user, "password": password, "ssl": True}


def shown_cluster(cluster):
    cluster["looks"] += 1
    if cluster["status"] != "online" and cluster["looks"] > 1:
        cluster["status"] = "online"
    shown = {key: cluster[key] for key in ("id", "name", "engine", "version", "num_nodes", "size", "region", "status",
                                           "tags", "private_network_uuid", "created_at", "storage_size_mib")}
    shown["connection"] = connection(cluster, False)
    shown["private_connection"] = connection(cluster, True)
    shown["users"] = cluster["users"]
    shown["db_names"] = cluster["dbs"]
    return shown


def shown_pool(cluster, pool):
    user = next((one for one in cluster["users"] if one["name"] == pool["user"]), None)
    password = user["password"] if user else cluster["password"]
    where = {"port": 25061, "database": pool["name"], "user": pool["user"], "password": password}
    return dict(pool, connection=connection(cluster, False, **where),
                private_connection=connection(cluster, True, **where))


def find(things, key, value, what):
    for thing in things:
        if str(thing[key]) == value:
            return thing
    raise Refused(404, f"{what} not found")


def page(name, things):
    return {name: things, "links": {}, "meta": {"total": len(things)}}


# ---- the endpoints: a function each, with the groups of its path and the body -------------------------------

def get_account(_):
    return {"account": {"email": "ops@example.com", "uuid": str(uuid.uuid4()), "status": "active", "droplet_limit": 25}}


def list_vpcs(_):
    return page("vpcs", ACCOUNT["vpcs"])


def make_vpc(body):
    if any(vpc["name"] == body["name"] for vpc in ACCOUNT["vpcs"]):
        raise Refused(409, "name is not available")
    vpc = {"id": str(uuid.uuid4()), "urn": "do:vpc:x", "name": body["name"], "region": body["region"],
           "ip_range": body.get("ip_range", "10.1.0.0/20"), "created_at": "2026-01-24T08:45:00Z", "default": False}
    ACCOUNT["vpcs"].append(vpc)
    return {"vpc": vpc}


def list_droplets(_):
    return page("droplets", ACCOUNT["droplets"])


def get_droplet(_, number):
    return {"droplet": find(ACCOUNT["droplets"], "id", number, "The resource you were accessing")}


def list_kubernetes(_):
    return page("kubernetes_clusters", [{"id": "98de743c-8e34-4f12-9a6b-0123456789ab", "name": "shop-k8s",
                                         "region": "nyc3", "version": "1.31", "status": {"state": "running"},
                                         "node_pools": []}])


def list_apps(_):
    return page("apps", [{"id": "22222222-8e34-4f12-9a6b-0123456789ab", "spec": {"name": "shop"},
                          "created_at": "2026-01-24T08:45:00Z", "updated_at": "2026-01-24T08:45:00Z"}])


def options(_):
    layout = [{"num_nodes": 1, "sizes": SIZES}, {"num_nodes": 2, "sizes": SIZES[1:]}]
    return {"options": {"pg": {"regions": REGIONS, "versions": ["14", "15", "16"], "layouts": layout}}}


def list_clusters(_):
    return page("databases", [shown_cluster(cluster) for cluster in ACCOUNT["databases"].values()])


def make_cluster(body):
    if any(cluster["name"] == body["name"] for cluster in ACCOUNT["databases"].values()):
        raise Refused(409, "name is not available")
    if body["size"] not in SIZES or body["region"] not in REGIONS:
        raise Refused(422, "invalid size")
    password = "AVNS_" + uuid.uuid4().hex
    cluster = {"id": str(uuid.uuid4()), "name": body["name"], "engine": body["engine"],
               "version": body.get("version", "17"), "num_nodes": body["num_nodes"], "size": body["size"],
               "region": body["region"], "status": "creating", "tags": body.get("tags") or [],
               "private_network_uuid": body.get("private_network_uuid") or str(uuid.uuid4()),
               "created_at": "2026-01-24T08:45:00Z", "storage_size_mib": 30720, "password": password, "looks": 0,
               "users": [{"name": "doadmin", "role": "primary", "password": password}], "dbs": ["defaultdb"],
               "pools": [], "rules": []}
    ACCOUNT["databases"][cluster["id"]] = cluster
    return {"database": shown_cluster(cluster)}


def cluster_of(number):
    if number not in ACCOUNT["databases"]:
        raise Refused(404, "cluster not found")
    return ACCOUNT["databases"][number]


def get_cluster(_, number):
    return {"database": shown_cluster(cluster_of(number))}


def resize(body, number):
    cluster = cluster_of(number)
    cluster.update(size=body["size"], num_nodes=body["num_nodes"], status="resizing", looks=0)
    return None


def get_ca(_, number):
    cluster_of(number)
    return {"ca": {"certificate": read_file("ca.base64", CA)}}


def list_users(_, number):
    return page("users", cluster_of(number)["users"])


def get_user(_, number, name):
    return {"user": find(cluster_of(number)["users"], "name", name, "user")}


def make_user(body, number):
    user = {"name": body["name"], "role": "normal", "password": "AVNS_" + uuid.uuid4().hex}
    cluster_of(number)["users"].append(user)
    return {"user": user}


def list_dbs(_, number):
    return page("dbs", [{"name": name} for name in cluster_of(number)["dbs"]])


def make_db(body, number):
    cluster_of(number)["dbs"].append(body["name"])
    return {"db": {"name": body["name"]}}


def list_pools(_, number):
    cluster = cluster_of(number)
    return page("pools", [shown_pool(cluster, pool) for pool in cluster["pools"]])


def get_pool(_, number, name):
    cluster = cluster_of(number)
    return {"pool": shown_pool(cluster, find(cluster["pools"], "name", name, "pool"))}


def make_pool(body, number):
    cluster = cluster_of(number)
    if cluster["status"] != "online":
        raise Refused(412, "cluster is undergoing maintenance")
    if body["db"] not in cluster["dbs"]:
        raise Refused(422, "database does not exist")
    pool = {key: body.get(key, "") for key in ("name", "mode", "size", "db", "user")}
    cluster["pools"].append(pool)
    return {"pool": shown_pool(cluster, pool)}


def change_pool(body, number, name):
    pool = find(cluster_of(number)["pools"], "name", name, "pool")
    pool.update({key: body.get(key, "") for key in ("mode", "size", "db", "user")})
    return None


def list_rules(_, number):
    return {"rules": cluster_of(number)["rules"]}


def put_rules(body, number):
    known = [str(droplet["id"]) for droplet in ACCOUNT["droplets"]]
    for rule in body["rules"]:
        if rule["type"] == "droplet" and rule["value"] not in known:
            raise Refused(422, "invalid firewall rule: droplet not found")
    cluster_of(number)["rules"] = [{"uuid": rule.get("uuid") or str(uuid.uuid4()), "cluster_uuid": number,
                                    "type": rule["type"], "value": rule["value"],
                                    "created_at": "2026-01-24T08:45:00Z"} for rule in body["rules"]]
    return None


# Not DigitalOcean's: a Droplet is put there, or taken away.
def stage_droplet(body):
    ACCOUNT["droplets"] = [droplet for droplet in ACCOUNT["droplets"] if droplet["id"] != body["id"]]
    if not body.get("gone"):
        ACCOUNT["droplets"].append({
            "id": body["id"], "name": body["name"], "status": "active", "vpc_uuid": body.get("vpc_uuid", ""),
            "tags": [], "region": {"slug": "nyc3", "name": "New York 3"}, "size_slug": "s-1vcpu-1gb",
            "image": {"id": 1, "distribution": "Ubuntu", "name": "24.04"},
            "networks": {"v4": [{"ip_address": "10.116.0.2", "type": "private"},
                                {"ip_address": "203.0.113.7", "type": "public"}], "v6": []}})
    return None


ONE = "([^/?]+)"
ENDPOINTS = [
    ("GET", "account", get_account), ("GET", "vpcs", list_vpcs), ("POST", "vpcs", make_vpc),
    ("GET", "droplets", list_droplets), ("GET", f"droplets/{ONE}", get_droplet),
    ("GET", "kubernetes/clusters", list_kubernetes), ("GET", "apps", list_apps),
    ("PUT", "stage/droplet", stage_droplet), ("GET", "databases/options", options),
    ("GET", "databases", list_clusters), ("POST", "databases", make_cluster),
    ("GET", f"databases/{ONE}", get_cluster), ("PUT", f"databases/{ONE}/resize", resize),
    ("GET", f"databases/{ONE}/ca", get_ca),
    ("GET", f"databases/{ONE}/users", list_users), ("POST", f"databases/{ONE}/users", make_user),
    ("GET", f"databases/{ONE}/users/{ONE}", get_user),
    ("GET", f"databases/{ONE}/dbs", list_dbs), ("POST", f"databases/{ONE}/dbs", make_db),
    ("GET", f"databases/{ONE}/pools", list_pools), ("POST", f"databases/{ONE}/pools", make_pool),
    ("GET", f"databases/{ONE}/pools/{ONE}", get_pool), ("PUT", f"databases/{ONE}/pools/{ONE}", change_pool),
    ("GET", f"databases/{ONE}/firewall", list_rules), ("PUT", f"databases/{ONE}/firewall", put_rules),
]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body):
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(204 if status == 200 and body is None else status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def carry_out(self, body):
        path = self.path.split("?")[0].removeprefix("/v2/")
        with LOCK:
            with open(os.path.join(FOLDER, "log"), "a", encoding="utf-8") as log:
                log.write(f"{self.command} {path}\n")
        for line in read_file("faults").splitlines():
            method, regex, status, text = line.split(" ", 3)
            if method == self.command and re.fullmatch(regex, path):
                raise Refused(int(status), text)
        if self.headers.get("Authorization") != "Bearer good" and not path.startswith("stage/"):
            raise Refused(401, "Unable to authenticate you")
        for method, form, function in ENDPOINTS:
            found = re.fullmatch(form, path)
            if method == self.command and found:
                with LOCK:
                    return function(body, *found.groups())
        raise Refused(404, "The resource you were accessing could not be found.")

    def handle_any(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        time.sleep(float(read_file("slow", "0") or 0))
        try:
            self.answer(200, self.carry_out(body))
        except Refused as refused:
            self.answer(refused.status, {"id": "refused", "message": str(refused), "request_id": str(uuid.uuid4())})

    do_GET = do_POST = do_PUT = do_DELETE = handle_any


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


def main():
    server = Server(("127.0.0.1", 0), Handler)
    with open(os.path.join(FOLDER, "port.new"), "w", encoding="utf-8") as file:
        file.write(str(server.server_address[1]))
    os.rename(os.path.join(FOLDER, "port.new"), os.path.join(FOLDER, "port"))
    server.serve_forever()


main()
