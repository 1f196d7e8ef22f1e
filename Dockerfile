# The controller and the dashboard as an image: both are bundles, which need half the memory of the sources and no
# packages beside them (docs/adr/0026-the-controller-as-a-bundle.md).
# The tag names the Node that package.json pins, and a test keeps both equal and does these steps without a
# container engine (test/deploy/dockerfile.test.ts).

FROM node:26.10.0-bookworm-slim AS bundles
WORKDIR /app
COPY package.json package-lock.json tsconfig.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY src ./src
COPY scripts ./scripts
RUN node scripts/build-cli.ts --modules
RUN node scripts/build-controller.ts

FROM node:26.10.0-bookworm-slim
ENV NODE_ENV=production
# One arena for malloc, and code compiled when the image is built: each saves some 10 MiB of a small process.
ENV MALLOC_ARENA_MAX=1
ENV NODE_COMPILE_CACHE=.compile-cache
WORKDIR /app
COPY --from=bundles /app/dist ./dist
RUN mkdir .compile-cache && chown 1000:1000 .compile-cache
# A number, so that Kubernetes can tell that it is not root.
USER 1000:1000
# Node keeps compiled code apart by user and flags: these are the entry point's.
RUN node --max-semi-space-size=8 --heap-growing-percent=30 --initial-heap-size=48 --wasm-tiering-budget=1000000000 --wasm-wrapper-tiering-budget=1000000 dist/controller/main.js --version
EXPOSE 8080 8090 3100
# Semi-spaces half as large as by default: larger ones take more memory than the CPU that they save is worth.
# The old generation is collected when it has grown by 30 %: by itself V8 lets it double, which a burst of releases keeps.
# WebAssembly that reads HTTP is compiled once more only where it is busy: that alone takes 8 MiB of an idle process.
ENTRYPOINT ["node", "--max-semi-space-size=8", "--heap-growing-percent=30", "--initial-heap-size=48", "--wasm-tiering-budget=1000000000", "--wasm-wrapper-tiering-budget=1000000", "dist/controller/main.js"]
