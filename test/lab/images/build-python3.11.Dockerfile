# What `sam build --use-container` runs in, for python3.11.
FROM localhost/sampkg-lab/base:latest
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      python3 python3-pip python3-dev gcc libc6-dev make && \
    rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb && \
    ln -s python3 /usr/bin/python
# SAM CLI starts `lambda-builders` from the PATH; the version is the one that it installs for itself.
ENV PIP_BREAK_SYSTEM_PACKAGES=1 PIP_ROOT_USER_ACTION=ignore
RUN pip install --no-cache-dir aws-lambda-builders==1.67.0 && command -v lambda-builders
