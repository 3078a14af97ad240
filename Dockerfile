# Entendu as an image: `docker build -t entendu .` makes one that takes its models from a volume,
# `docker build --target with-models -t entendu .` one that carries them and needs no network.
ARG PYTHON_VERSION=3.11

FROM python:${PYTHON_VERSION}-slim-bookworm AS build
# Where the package index has a CPU build of torch under another address, name it here: the usual
# build brings several gigabytes of GPU libraries.
ARG PIP_EXTRA_INDEX_URL=""
ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python -m venv /opt/entendu
COPY pyproject.toml constraints.txt README.md LICENSE NOTICE ./
COPY conversation/ conversation/
COPY models/ models/
COPY speech/ speech/
COPY nlu/ nlu/
COPY kb_search/ kb_search/
COPY quality/ quality/
COPY serving/ serving/
RUN /opt/entendu/bin/pip install -c constraints.txt ".[postgres,otel,oidc,parquet]"

FROM python:${PYTHON_VERSION}-slim-bookworm AS base
COPY --from=build /opt/entendu /opt/entendu
RUN groupadd --system --gid 10001 entendu \
    && useradd --system --uid 10001 --gid entendu --create-home entendu \
    && install -d -o entendu -g entendu -m 0700 /data \
    && install -d -o entendu -g entendu -m 0755 /models
ENV PATH=/opt/entendu/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ENTENDU_DATA_DIR=/data \
    ENTENDU_MODELS_DIR=/models
USER 10001:10001
WORKDIR /home/entendu
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["entendu"]
# Inside a container only what its port is published to can reach it.
CMD ["serve", "--host", "0.0.0.0"]

FROM base AS with-models
ARG MODELS=""
RUN entendu models fetch ${MODELS} && entendu models verify
ENV HF_HUB_OFFLINE=1

FROM base AS runtime
ENV HF_HUB_OFFLINE=1
VOLUME ["/data", "/models"]
