# Where a Node.js function runs.
FROM localhost/sampkg-lab/build-nodejs22:latest AS build
FROM localhost/sampkg-lab/runtime-python3.11:latest
COPY --from=build /usr/local/lib/nodejs/bin/node /usr/local/bin/node
COPY bootstrap.mjs /var/runtime/bootstrap
RUN chmod 755 /var/runtime/bootstrap
