# The images of all services: `services` for those that touch no stranger's code, `runner` for the one that does,
# with bubblewrap and every language's toolchain.

FROM node:24-trixie-slim AS build
WORKDIR /app
RUN apt-get update \
 && apt-get install -y --no-install-recommends gcc libc6-dev fonts-wqy-zenhei \
 && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
COPY apps/web/package.json apps/web/
RUN npm ci
COPY nest-cli.json rspack.config.js tsconfig.json ./
COPY tools tools
COPY libs libs
COPY apps apps
RUN npm run build

FROM node:24-trixie-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# All that the pages need is in their build.
COPY apps/web/package.json apps/web/
RUN npm ci --omit=dev && rm node_modules/@runbin/web

FROM node:24-trixie-slim AS services
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
# Chinese, Japanese and Korean, for the picture of a link.
COPY --from=build /usr/share/fonts/truetype/wqy /usr/share/fonts/truetype/wqy
COPY languages languages
USER node
ENTRYPOINT ["node", "--enable-source-maps"]

# What the toolchains are made of, apart from the languages' other files: a change to one of those installs nothing again.
FROM node:24-trixie-slim AS wanted
WORKDIR /app
COPY tools/language-packages.mjs tools/
COPY tools/lib/failure.mjs tools/lib/language.folders.mjs tools/lib/root.mjs tools/lib/
COPY languages languages
# Ids, separated by commas; empty is all. All are 7 GB, Swift alone 2.5 GB of it.
ARG LANGUAGES=
RUN mkdir /wanted \
 && node tools/language-packages.mjs "$LANGUAGES" > /wanted/packages \
 && find languages -maxdepth 2 -type f ! -name language.json ! -name Dockerfile -exec cp --parents {} /wanted \;

FROM node:24-trixie-slim AS toolchains
COPY --from=wanted /wanted/packages /tmp/packages
RUN apt-get update \
 && apt-get install -y --no-install-recommends bubblewrap $(cat /tmp/packages) \
 && rm -rf /var/cache/apt/* /var/lib/apt/lists/*
COPY --from=wanted /wanted/languages /tmp/languages
RUN for script in /tmp/languages/*/prepare.sh; do sh -e "$script" || exit 1; done

FROM toolchains AS runner
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY languages languages
# Root here is nobody's root: the container holds no capability but to give each sandbox user ids of its own.
USER root
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["dist/apps/runner/main.js"]
