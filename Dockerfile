# One image for the web, the worker and the commands; it brings no database and no engine.
FROM node:22-slim AS assets
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY api/static api/static
RUN node api/static/build.mjs

FROM python:3.11-slim AS packages
COPY requirements.production.lock /tmp/
RUN python -m venv /venv && \
    /venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/requirements.production.lock

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin leadloom && \
    install -d -o leadloom -g leadloom /data
COPY --from=packages /venv /venv
WORKDIR /app
COPY LICENSE leadloom.py worker.py ./
COPY models models
COPY activities activities
COPY workflows workflows
COPY api api
COPY --from=assets /app/api/static/dist api/static/dist
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    LEADLOOM_ENVIRONMENT=production \
    LEADLOOM_DATA=/data
USER leadloom
VOLUME /data
EXPOSE 8000
CMD ["uvicorn", "api.app:create_app", "--factory", "--host", "0.0.0.0", "--port", "8000", \
     "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--no-server-header", \
     "--proxy-headers", "--forwarded-allow-ips", "*", "--timeout-graceful-shutdown", "5"]
