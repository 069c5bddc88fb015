#!/usr/bin/env python3
"""A stand-in for a Kubernetes API server: what kubectl asks of one for Secrets and workloads, on loopback.

usage: kubeapi.py FOLDER   prints its port, then serves; FOLDER/log has a line for each request that is no read of the
API's own lists, FOLDER/objects.json the objects, which a test may write before it starts. Server-side apply knows the
owner of each key of a Secret's data, and refuses one that another manager owns.
"""
import json, os, sys, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FOLDER = sys.argv[1]
OBJECTS = os.path.join(FOLDER, 'objects.json')
KINDS = {'secrets': 'Secret', 'deployments': 'Deployment', 'statefulsets': 'StatefulSet', 'daemonsets': 'DaemonSet'}


def load():
    with open(OBJECTS) as file:
        return json.load(file)


def store(objects):
    with open(OBJECTS + '.new', 'w') as file:
        json.dump(objects, file, indent=1)
    os.rename(OBJECTS + '.new', OBJECTS)


def merge(target, patch):
    for key, value in patch.items():
        if isinstance(value, dict):
            merge(target.setdefault(key, {}), value)
        else:
            target[key] = value


def resource(plural, group):
    version = {'group': group, 'version': 'v1'} if group else {'version': 'v1'}
    return dict(version, name=plural, singularName='', namespaced=True, kind=KINDS[plural],
                verbs=['get', 'list', 'watch', 'patch', 'create'])


DISCOVERY = {
    '/api': {'kind': 'APIVersions', 'versions': ['v1']},
    '/apis': {'kind': 'APIGroupList', 'apiVersion': 'v1', 'groups': [
        {'name': 'apps', 'versions': [{'groupVersion': 'apps/v1', 'version': 'v1'}],
         'preferredVersion': {'groupVersion': 'apps/v1', 'version': 'v1'}}]},
    '/api/v1': {'kind': 'APIResourceList', 'groupVersion': 'v1', 'resources': [resource('secrets', '')]},
    '/apis/apps/v1': {'kind': 'APIResourceList', 'apiVersion': 'v1', 'groupVersion': 'apps/v1', 'resources': [
        resource(one, 'apps') for one in ('deployments', 'statefulsets', 'daemonsets')]},
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def refuse(self, status, reason, message):
        self.answer(status, {'kind': 'Status', 'apiVersion': 'v1', 'status': 'Failure', 'reason': reason,
                             'message': message, 'code': status})

    def note(self, text):
        with open(os.path.join(FOLDER, 'log'), 'a') as file:
            file.write(f'{self.command} {urllib.parse.urlsplit(self.path).path} {text}\n')

    def where(self):
        parts = urllib.parse.urlsplit(self.path).path.strip('/').split('/')
        parts = parts[parts.index('namespaces') + 1:] if 'namespaces' in parts else []
        return (parts + [None] * 3)[:3]

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path in DISCOVERY:
            return self.answer(200, DISCOVERY[url.path])
        namespace, plural, name = self.where()
        if plural not in KINDS:
            return self.refuse(404, 'NotFound', 'no such resource')
        found = [one for one in load() if one['kind'] == KINDS[plural] and one['metadata']['namespace'] == namespace
                 and (not name or one['metadata']['name'] == name)]
        self.note('')
        if name:
            return self.answer(200, found[0]) if found else self.refuse(
                404, 'NotFound', f'{plural} "{name}" not found')
        field = query.get('fieldSelector', '')
        found = [one for one in found if not field or field == 'metadata.name=' + one['metadata']['name']]
        return self.answer(200, {'kind': KINDS[plural] + 'List', 'metadata': {'resourceVersion': '1'},
                                 'apiVersion': found[0]['apiVersion'] if found else 'v1', 'items': found})

    def do_PATCH(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        body = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        kind = self.headers['Content-Type']
        namespace, plural, name = self.where()
        objects = load()
        found = next((one for one in objects if one['kind'] == KINDS[plural]
                      and (one['metadata']['namespace'], one['metadata']['name']) == (namespace, name)), None)
        self.note(kind + ' ' + query.get('fieldManager', ''))
        if kind == 'application/apply-patch+yaml':
            return self.apply(objects, found, body, query)
        if kind != 'application/merge-patch+json' or not found:
            return self.refuse(404, 'NotFound', f'{plural} "{name}" not found')
        merge(found, body)
        # The pods of the new template are there at once.
        found['metadata']['generation'] += 1
        found['status']['observedGeneration'] = found['metadata']['generation']
        store(objects)
        return self.answer(200, found)

    def apply(self, objects, found, body, query):
        manager, owners = query['fieldManager'], (found or {}).setdefault('owners', {})
        for key, value in body.get('data', {}).items():
            if found and owners.get(key, manager) != manager and found['data'].get(key) != value:
                return self.refuse(409, 'Conflict', f'Apply failed with 1 conflict: conflict with "{owners[key]}" '
                                   f'using v1: .data.{key}')
        if not found:
            found = {'apiVersion': 'v1', 'kind': 'Secret', 'metadata': body['metadata'], 'data': {}, 'owners': {}}
            objects.append(found)
        for key, value in body.get('data', {}).items():
            found['data'][key], found['owners'][key] = value, manager
        for key in [key for key, owner in found['owners'].items()
                    if owner == manager and key not in body.get('data', {})]:
            del found['data'][key], found['owners'][key]
        store(objects)
        return self.answer(200, found)


server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
if not os.path.exists(OBJECTS):
    store([])
print(server.server_port, flush=True)
server.serve_forever()
