"""A policy, written out for other enforcers: one pure function per format, each saying what the format cannot express.

``model``: what goes in and comes out. ``gaps``: what a target cannot say. ``start``: what a filter needs when a
launcher installs it before the program starts. Filters are written for the machine they are made on: Kafel,
firejail and BPF hold its numbers of system calls.
"""

from __future__ import annotations

from typing import Final

from sandbox.export import apparmor, bubblewrap, docker, firejail, kubernetes, nsjail, oci
from sandbox.export.model import Exporter

FORMATS: Final[dict[str, Exporter]] = {
    "nsjail": nsjail.export,
    "bubblewrap": bubblewrap.export,
    "firejail": firejail.export,
    "oci": oci.export,
    "docker": docker.export,
    "k8s": kubernetes.export,
    "apparmor": apparmor.export,
}
