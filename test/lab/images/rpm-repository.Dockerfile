# Makes the RPM repositories that the Amazon-Linux-like images hold.
FROM localhost/sampkg-lab/build-python3.11:latest
# pkgconf: rpmbuild makes pkgconfig(...) provides and requires only where it finds pkg-config.
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      rpm createrepo-c gnupg gpg-agent pkgconf binutils file
COPY rpm-repository /usr/local/bin/
RUN bash /usr/local/bin/rpm-repository /srv/sampkg-lab
