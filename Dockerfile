# Debian with Mesa's software driver; nothing is built from source. Its steps are also run without an engine, by
# `./run deploy rootfs`; on an engine they have not been run yet.
FROM debian:bookworm-slim

RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates python3 python3-venv \
      libegl1 libgl1 libgles2 libgbm1 libgl1-mesa-dri libseccomp2 strace \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/renderserver
# The pins first, so that a change of code does not install anything again.
COPY run pyproject.toml README.md LICENSE requirements.txt requirements-dev.txt requirements-setup.txt ./
RUN ./run setup && rm -rf /root/.cache
COPY fonts fonts
COPY renderer renderer
COPY sandbox sandbox
COPY benchmarks benchmarks
COPY app app
RUN .venv/bin/python -m compileall -q app renderer sandbox

# The uid the fork servers would give root up for. Its files belong to root: it can change none of them.
USER 65532:65532
ENV HOME=/nonexistent RENDERSERVER_HOST=0.0.0.0 RENDERSERVER_LOG_FORMAT=json
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD [".venv/bin/python", "-I", "-c", \
    "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/renderserver/.venv/bin/renderserver"]
CMD ["serve"]
