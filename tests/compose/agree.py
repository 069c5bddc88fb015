"""Asks Docker Compose and managed-db the same, and tells where they differ.

    python3 agree.py COMPOSE MANAGED_DB FOLDER...

In each folder: Compose files (*.yaml in order, or those that `files` names), `profiles` (a set a
line, besides none and all of the project's) and `environment` (NAME=VALUE). Compared are the
services that start with each set, what each of them finds at which path of the container, and
whether the files are refused: then with Compose's own words.
"""
import json
import os
import subprocess
import sys


def lines(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def run(arguments, variables):
    return subprocess.run(arguments, env=dict(os.environ, **variables), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, encoding="utf-8", check=False)


def real(compose, paths, variables):
    """Services and secrets, or the words of the refusal."""
    named = [word for path in paths for word in ("-f", path)]
    services = run([*compose, *named, "config", "--services"], variables)
    config = run([*compose, *named, "config", "--format", "json"], variables)
    if config.returncode != 0:
        said = [line for line in config.stderr.splitlines() if not line.startswith("time=")]
        return None, said[-1]
    project = json.loads(config.stdout)
    secrets = {}
    for name, service in project["services"].items():
        for mount in service.get("secrets", []):
            file = project["secrets"][mount["source"]].get("file")
            target = mount.get("target", mount["source"])
            secrets[name + ":" + target] = file.replace("$$", "$") if file else None
    return sorted(services.stdout.splitlines()), secrets


def ours(program, paths, variables, targets):
    listed = run([*program, "compose", "services", *paths], variables)
    if listed.returncode != 0:
        return None, f"{listed.returncode} {listed.stderr}"
    secrets = {}
    for target in targets:
        found = run([*program, "compose", "secret", target, *paths], variables)
        secrets[target] = found.stdout.rstrip("\n") if found.returncode == 0 else None
    return listed.stdout.splitlines(), secrets


def compare(compose, program, folder):
    variables = dict(line.split("=", 1) for line in lines(os.path.join(folder, "environment")))
    names = " ".join(lines(os.path.join(folder, "files"))).split()
    names = names or sorted(name for name in os.listdir(folder) if name.endswith(".yaml"))
    paths = [os.path.join(folder, name) for name in names]
    differ = 0
    for profiles in dict.fromkeys(["", *lines(os.path.join(folder, "profiles")), "*"]):
        variables["COMPOSE_PROFILES"] = profiles
        services, theirs = real(compose, paths, variables)
        listed, mine = ours(program, paths, variables, theirs if services is not None else [])
        if services is None:
            agreed = listed is None and mine.startswith("2 ") and theirs.split(":")[0] in mine
        else:
            agreed = (services, theirs) == (listed, mine)
        if not agreed:
            print(f"{folder} [{profiles}]:\n  Compose:    {services} {theirs}\n"
                  f"  managed-db: {listed} {mine}")
            differ += 1
    return len(names), differ


def main():
    compose, program = sys.argv[1].split(), sys.argv[2].split()
    files = differ = 0
    for folder in sys.argv[3:]:
        count, wrong = compare(compose, program, folder.rstrip("/"))
        files += count
        differ += wrong
    print(f"{files} files, {differ} differ")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
