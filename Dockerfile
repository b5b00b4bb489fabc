# One image for the three services; the command says which: `frontend serve`, `auth-service serve`, `backend serve`.
FROM python:3.13-slim AS build
# npm brings its own list of certificate authorities; the image's may know a company's own as well
ENV PIP_NO_CACHE_DIR=1 NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
RUN apt-get update && apt-get install --yes --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /ates
COPY Makefile requirements-node.lock package.json package-lock.json ./
RUN make .make/static
COPY pyproject.toml README.md requirements.lock ./
COPY auth_service/__init__.py auth_service/
COPY backend/__init__.py backend/
COPY frontend/__init__.py frontend/
RUN make .make/run

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /ates ates
WORKDIR /ates
COPY --from=build /ates/.venv .venv
COPY --from=build /ates/templates/static/vendor templates/static/vendor
COPY auth_service auth_service
COPY backend backend
COPY frontend frontend
COPY templates templates
ENV PATH=/ates/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 ATES_VAR=/var/lib/ates
RUN python -m compileall -q auth_service backend frontend && install -d -o ates /var/lib/ates
USER 10001
VOLUME /var/lib/ates
