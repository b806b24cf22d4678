# The build has a compiler at hand, for where better-sqlite3 has no binary ready; the image that runs has none.
FROM node:22-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY .swcrc ./
COPY tools/build.js tools/
COPY src src
RUN npm run -s build && npm prune --omit=dev

FROM node:22-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production CAIRN_HOST=0.0.0.0 CAIRN_PORT=3000 CAIRN_DATA=/var/lib/cairn
RUN install -d -o node -g node -m 0700 /var/lib/cairn
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY projections projections
COPY docker/entrypoint.sh docker/
# Nothing else is written: the root file system may be read-only.
VOLUME /var/lib/cairn
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.CAIRN_PORT}/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/app/docker/entrypoint.sh"]
CMD ["serve"]
