#!/usr/bin/env python3
"""Reads ../compose.yaml for test.sh.

  compose.py order             the services in the order in which they start
  compose.py run SERVICE       arguments of 'podman run', each ended by a 0
  compose.py get SERVICE KEY   a value, such as 'image'; a list one a line; nothing where it is not set

Differs from what Docker does in this: host ports are chosen by podman, and 'run' ends with an error
for a key that it does not know, so that nothing of the file goes untested in silence.
"""

import json
import pathlib
import sys

import yaml

DIRECTORY = pathlib.Path(__file__).resolve().parent.parent
# Used by test.sh by other means, or meant for Docker alone.
ELSEWHERE = {"build", "image", "depends_on", "deploy", "healthcheck", "command", "entrypoint"}


def unescape(value):
    """Compose reads $$ as $."""
    return str(value).replace("$$", "$")


def order(services):
    started = []

    def start(name):
        if name not in started:
            for needed in services[name].get("depends_on", {}):
                start(needed)
            started.append(name)

    for name in services:
        start(name)
    return started


def volume(value):
    source, rest = value.split(":", 1)
    if source.startswith("."):
        source = str((DIRECTORY / source).resolve())
    return f"{source}:{rest}"


def loopback(port):
    address, _, inside = port.split(":")
    if address != "127.0.0.1":
        raise SystemExit(f"port {port} is not on the loopback address")
    return f"{address}::{inside}"


OPTIONS = {
    "restart": lambda v: [f"--restart={v}"],
    "read_only": lambda v: ["--read-only", "--read-only-tmpfs=false"] if v else [],
    "tmpfs": lambda v: [f"--tmpfs={each}" for each in v],
    "cap_drop": lambda v: [f"--cap-drop={each}" for each in v],
    "security_opt": lambda v: [f"--security-opt={each.replace(':true', '')}" for each in v],
    "stop_grace_period": lambda v: [f"--stop-timeout={v.removesuffix('s')}"],
    "volumes": lambda v: [f"--volume={volume(each)}" for each in v],
    "environment": lambda v: [f"--env={key}={unescape(each)}" for key, each in v.items()],
    "ports": lambda v: [f"--publish={loopback(each)}" for each in v],
    "mem_limit": lambda v: [f"--memory={v}"],
}


def run(name, service):
    arguments = [f"--network-alias={name}"]
    for key, value in service.items():
        if key in OPTIONS:
            arguments += OPTIONS[key](value)
        elif key not in ELSEWHERE:
            raise SystemExit(f"compose.py does not know {key} of {name}")
    if "entrypoint" in service:
        arguments.append("--entrypoint=" + json.dumps(service["entrypoint"]))
    arguments.append(service["image"])
    return arguments + [unescape(each) for each in service.get("command", [])]


def main(action, *arguments):
    services = yaml.safe_load((DIRECTORY / "compose.yaml").read_text())["services"]
    if action == "order":
        print("\n".join(order(services)))
    elif action == "run":
        (name,) = arguments
        # Values have line ends, so that 0 ends each.
        sys.stdout.write("".join(each + "\0" for each in run(name, services[name])))
    elif action == "get":
        value = services[arguments[0]]
        for key in arguments[1].split("."):
            value = value.get(key, {})
        if value != {}:
            print(*(value if isinstance(value, list) else [value]), sep="\n")
    else:
        raise SystemExit(__doc__)


main(*sys.argv[1:])
