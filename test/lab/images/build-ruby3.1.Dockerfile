# What `sam build --use-container` runs in, for Ruby: with Debian's, which the builder takes for any ruby3.x.
FROM localhost/sampkg-lab/build-python3.11:latest
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ruby ruby-dev ruby-bundler && \
    rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
# A gem server that has nothing, in the place of rubygems.org: gems come from the function's vendor/cache.
RUN mkdir -p /srv/gems/gems && gem generate_index --silent --directory /srv/gems && \
    bundle config set --global mirror.https://rubygems.org file:///srv/gems
