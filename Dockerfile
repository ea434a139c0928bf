# The images of all services: `services` for those that touch no stranger's code, `runner` for the one that does,
# with bubblewrap and every language's toolchain.

FROM node:24-trixie-slim AS build
WORKDIR /app
RUN apt-get update \
 && apt-get install -y --no-install-recommends gcc libc6-dev \
 && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY nest-cli.json rspack.config.js tsconfig.json ./
COPY tools tools
COPY libs libs
COPY apps apps
RUN npm run build

FROM node:24-trixie-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM node:24-trixie-slim AS services
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY languages languages
USER node
ENTRYPOINT ["node", "--enable-source-maps"]

# Large, and changes only when a language does.
FROM node:24-trixie-slim AS toolchains
WORKDIR /app
COPY tools/language-packages.mjs tools/
COPY tools/lib/language.folders.mjs tools/lib/root.mjs tools/lib/
COPY languages languages
RUN apt-get update \
 && apt-get install -y --no-install-recommends bubblewrap $(node tools/language-packages.mjs) \
 && for prepare in languages/*/prepare.sh; do if [ -e "$prepare" ]; then sh -e "$prepare" || exit 1; fi; done \
 && rm -rf /var/lib/apt/lists/* tools

FROM toolchains AS runner
ENV NODE_ENV=production
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
# Root here is nobody's root: the container holds no capability but to give each sandbox a user id of its own.
USER root
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["dist/apps/runner/main.js"]
