"""The deployment without a Docker engine: what docker-compose.yml and the Dockerfile say, for any OCI runtime.

``python -m deploy bundle | rootfs | up``. Both files are read and neither is repeated, so that nothing here can drift
from them; what an OCI runtime cannot do is said, and what this does not know is refused with its line.
"""
