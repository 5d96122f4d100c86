# Where a Ruby function runs.
FROM localhost/sampkg-lab/runtime-python3.11:latest
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ruby && \
    rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
COPY bootstrap.rb /var/runtime/bootstrap
RUN chmod 755 /var/runtime/bootstrap
