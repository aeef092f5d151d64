ARG BASE_IMAGE=docker.io/library/python:3.11-slim-bookworm

FROM ${BASE_IMAGE} AS builder
WORKDIR /build
COPY requirements.lock requirements-build.lock ./
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --no-deps --only-binary :all: --require-hashes \
        -r requirements.lock -r requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY source_stripe ./source_stripe
RUN /opt/venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
    && /opt/venv/bin/pip check
COPY tools/slim.py ./
RUN /opt/venv/bin/python slim.py /opt/venv

FROM ${BASE_IMAGE}
LABEL io.airbyte.name="source-stripe/source-stripe" \
      io.airbyte.version="0.1.0" \
      org.opencontainers.image.title="source-stripe" \
      org.opencontainers.image.description="Airbyte source connector for Stripe" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT"
RUN groupadd --gid 1000 airbyte \
    && useradd --uid 1000 --gid airbyte --create-home airbyte
COPY --from=builder /opt/venv /opt/venv
WORKDIR /airbyte/integration_code
COPY main.py ./
ENV PATH="/opt/venv/bin:${PATH}" \
    HOME=/home/airbyte \
    PYTHONDONTWRITEBYTECODE=1 \
    AIRBYTE_ENTRYPOINT="python /airbyte/integration_code/main.py"
USER 1000:1000
ENTRYPOINT ["python", "/airbyte/integration_code/main.py"]
