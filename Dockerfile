# The controller as an image: Node runs the sources as they are, so there is nothing to compile.
# The tag names the Node that package.json pins, and a test keeps both equal and does these steps without a
# container engine (test/deploy/dockerfile.test.ts).

FROM node:26.10.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:26.10.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY src ./src
# A number, so that Kubernetes can tell that it is not root.
USER 1000:1000
EXPOSE 8080 8090
# Small semi-spaces: a controller allocates in short bursts, and young garbage is most of what it would keep.
ENTRYPOINT ["node", "--max-semi-space-size=4", "src/main.ts"]
