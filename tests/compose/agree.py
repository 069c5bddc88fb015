"""Asks the real Compose 1.29 and managed-db the same, and tells where they differ.

    /usr/bin/python3 agree.py MANAGED_DB FOLDER...

In each folder: Compose files (*.yaml in order, or those that `files` names), `profiles` (a set a
line, besides none and all of the project's) and `environment` (NAME=VALUE). Compared are the
services that run with each set, what each of them finds at which path of the container (and at no
other that the files name), and whether `docker-compose config` takes the files.
"""
import logging
import os
import subprocess
import sys
from unittest import mock

import docker.errors
from compose.config import config
from compose.config.environment import Environment
from compose.project import Project

logging.disable(logging.CRITICAL)


# A Docker that has nothing yet.
EMPTY = mock.Mock()
EMPTY.inspect_network.side_effect = docker.errors.NotFound("no such network")
EMPTY.inspect_volume.side_effect = docker.errors.NotFound("no such volume")


def lines(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def real(folder, names, profiles):
    paths = [os.path.join(folder, name) for name in names]
    environment = Environment.from_env_file(os.path.dirname(paths[0]))
    loaded = config.load(config.find(os.getcwd(), paths, environment))
    project = Project.from_config("agree", loaded, EMPTY,
                                  enabled_profiles=profiles.split(",") if profiles else [])
    services = project.get_services()
    secrets = {}
    for service in services:
        for secret in service.secrets:
            target = secret["secret"].target or secret["secret"].source
            secrets[service.name + ":" + target] = secret["file"]
    return {service.name for service in services}, secrets


def named_targets(value):
    """All that a Compose file calls a target or a source."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key in ("target", "source") and isinstance(item, str):
                yield item
            yield from named_targets(item)
    elif isinstance(value, list):
        for item in value:
            yield from named_targets(item)


def all_targets(folder, names, services):
    paths = [os.path.join(folder, name) for name in names]
    environment = Environment.from_env_file(os.path.dirname(paths[0]))
    found = config.find(os.getcwd(), paths, environment)
    targets = set()
    for file in found.config_files:
        targets.update(named_targets(file.config), file.config.get("secrets") or {})
    return {service + ":" + target for service in services for target in targets
            if target and not set(target) & set("${:~ ")}


def run(arguments, **variables):
    return subprocess.run(arguments, env=dict(os.environ, **variables), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, encoding="utf-8", check=False)


def ours(program, folder, names, profiles, targets):
    paths = [os.path.join(folder, name) for name in names]
    listed = run([*program, "compose", "services", *paths], COMPOSE_PROFILES=profiles)
    if listed.returncode != 0:
        return listed.stderr, {}
    secrets = {}
    for target in targets:
        found = run([*program, "compose", "secret", target, *paths], COMPOSE_PROFILES=profiles)
        if found.returncode == 0:
            secrets[target] = found.stdout.rstrip("\n")
        elif "has no secret at" not in found.stderr and "comes from no file" not in found.stderr:
            secrets[target] = found.stderr
    return set(listed.stdout.splitlines()), secrets


def all_profiles(folder, names):
    paths = [os.path.join(folder, name) for name in names]
    loaded = config.load(config.find(os.getcwd(), paths,
                                     Environment.from_env_file(os.path.dirname(paths[0]))))
    return ",".join(sorted({profile for service in loaded.services
                            for profile in service.get("profiles", [])}))


def compare(program, folder):
    variables = dict(line.split("=", 1) for line in lines(os.path.join(folder, "environment")))
    names = " ".join(lines(os.path.join(folder, "files"))).split()
    names = names or sorted(name for name in os.listdir(folder) if name.endswith(".yaml"))
    os.environ.update(variables)
    differ = 0
    sets = ["", *lines(os.path.join(folder, "profiles")), all_profiles(folder, names)]
    for profiles in dict.fromkeys(sets):
        theirs = real(folder, names, profiles)
        targets = all_targets(folder, names, theirs[0]) | set(theirs[1])
        mine = ours(program, folder, names, profiles, targets)
        if mine != theirs:
            print(f"{folder} [{profiles}]:\n  Compose:    {theirs}\n  managed-db: {mine}")
            differ += 1
    named = [word for name in names for word in ("-f", os.path.join(folder, name))]
    if run(["docker-compose", *named, "config", "--quiet"]).returncode != 0:
        print(f"{folder}: docker-compose config does not take the files")
        differ += 1
    for name in variables:
        del os.environ[name]
    return len(names), differ


def main():
    program = sys.argv[1].split()
    files = differ = 0
    for folder in sys.argv[2:]:
        count, wrong = compare(program, folder.rstrip("/"))
        files += count
        differ += wrong
    print(f"{files} files, {differ} differ")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
