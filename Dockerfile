# The controller and the dashboard as an image: Node runs the sources as they are, so only the pages are
# built, and the command line is bundled, because the dashboard needs half the memory then.
# The tag names the Node that package.json pins, and a test keeps both equal and does these steps without a
# container engine (test/deploy/dockerfile.test.ts).

FROM node:26.10.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:26.10.0-bookworm-slim AS dashboard
WORKDIR /app
COPY package.json package-lock.json tsconfig.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY src ./src
COPY scripts ./scripts
RUN node scripts/build-cli.ts --modules

FROM node:26.10.0-bookworm-slim
ENV NODE_ENV=production
# One arena for malloc, and code compiled when the image is built: each saves some 15 MiB of a small process.
ENV MALLOC_ARENA_MAX=1
ENV NODE_COMPILE_CACHE=.compile-cache
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY src ./src
COPY --from=dashboard /app/dist ./dist
RUN mkdir .compile-cache && chown 1000:1000 .compile-cache
# A number, so that Kubernetes can tell that it is not root.
USER 1000:1000
# Node keeps compiled code apart by user and flags: these are the entry point's.
RUN node --max-semi-space-size=4 src/main.ts --version
EXPOSE 8080 8090 3100
# Small semi-spaces: a controller allocates in short bursts, and young garbage is most of what it would keep.
ENTRYPOINT ["node", "--max-semi-space-size=4", "src/main.ts"]
