# syntax=docker/dockerfile:1

# One image for the API, the worker and the migrations:
#   docker build -t tocsin .
#   docker run tocsin                                          API
#   docker run tocsin node apps/worker/src/main.ts             worker
#   docker run tocsin node packages/db/src/cli/migrate.ts      migrations
# TypeScript runs as it is: Node strips the types, nothing is compiled.

ARG NODE_IMAGE=node:24-slim

# The manifests alone: the layers below change only when a dependency does.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY apps/api/package.json apps/api/
COPY apps/worker/package.json apps/worker/
COPY packages/client/package.json packages/client/
COPY packages/contracts/package.json packages/contracts/
COPY packages/core/package.json packages/core/
COPY packages/db/package.json packages/db/
COPY packages/platform/package.json packages/platform/
COPY packages/rules-dsl/package.json packages/rules-dsl/
COPY packages/sandbox/package.json packages/sandbox/

# Everything, to generate the database client; also what the development stand-ins run from.
FROM manifests AS build
ENV CHECKPOINT_DISABLE=1
# Prisma's command line looks for it to choose its engine.
RUN apt-get update && apt-get install --yes --no-install-recommends openssl && rm -rf /var/lib/apt/lists/*
RUN --mount=type=cache,target=/root/.npm npm ci --omit=optional --loglevel=error
COPY . .
RUN node packages/db/src/cli/generate.ts

# What the two apps need to run: no development tools, no Node binary of npm's, no client, no sandbox.
FROM manifests AS dependencies
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --omit=optional --loglevel=error \
    && rm -r packages/client packages/sandbox node_modules/@tocsin/client node_modules/@tocsin/sandbox

# Stand-ins for outside providers. Development only: docker compose --profile dev up
FROM build AS sandbox
ENV NODE_ENV=development
USER node
CMD ["node", "packages/sandbox/src/pusher/main.ts"]

FROM ${NODE_IMAGE} AS runtime
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 WORKER_HEALTH_PORT=3001
WORKDIR /app
COPY --from=dependencies /app ./
COPY apps apps
COPY packages/contracts packages/contracts
COPY packages/core packages/core
COPY packages/db packages/db
COPY packages/platform packages/platform
COPY packages/rules-dsl packages/rules-dsl
COPY prisma prisma
COPY --from=build /app/packages/db/src/generated packages/db/src/generated
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/api/src/main.ts"]
