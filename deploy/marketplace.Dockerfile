# The marketplace with its web app and the `node3` command, run by a user without rights.
#   docker build -f deploy/marketplace.Dockerfile -t node3/marketplace .
# NODE_IMAGE may be any image with Node.js 24 and npm, such as one of your own registry.
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
# Another package registry, where the build can't reach the usual one.
ARG NPM_CONFIG_REGISTRY
COPY package.json package-lock.json .npmrc ./
COPY shared/package.json shared/
COPY marketplace/package.json marketplace/
COPY agent/package.json agent/
COPY cli/package.json cli/
COPY client/package.json client/
COPY dashboard/package.json dashboard/
COPY localnet/package.json localnet/
COPY scripts/package.json scripts/
RUN npm ci --no-audit --no-fund
COPY . .
RUN node scripts/build-dashboard.ts && npm prune --omit=dev --no-audit --no-fund
RUN mkdir -p /var/lib/node3

FROM ${NODE_IMAGE}
# Memory of large requests goes back to the system at once: see "On a small machine" in deploy.md.
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=2 \
    MALLOC_MMAP_THRESHOLD_=131072 \
    MALLOC_TRIM_THRESHOLD_=131072 \
    MARKETPLACE_HOST=0.0.0.0 \
    MARKETPLACE_DATA_DIR=/var/lib/node3 \
    DASHBOARD_DIR=/app/dashboard/dist
WORKDIR /app
COPY --from=build --chown=0:0 /app /app
COPY --from=build --chown=10001:10001 /var/lib/node3 /var/lib/node3
USER 10001:10001
VOLUME /var/lib/node3
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.MARKETPLACE_PORT ?? 8000}/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "marketplace/src/main.ts"]
