# Makes the RPM repositories that the Amazon-Linux-like images hold.
FROM localhost/sampkg-lab/build-python3.11:latest
# pkgconf: rpmbuild makes pkgconfig(...) provides and requires only where it finds pkg-config.
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      rpm createrepo-c gnupg gpg-agent pkgconf binutils file libltdl-dev libssl-dev libxml2-dev libxslt1-dev
# xmlsec as the RPM family builds it: the library opens its cryptography at run time, by name. Debian's links it.
RUN sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >/etc/apt/sources.list.d/source.list && \
    mkdir /tmp/xmlsec && cd /tmp/xmlsec && \
    apt-get update && apt-get source -o APT::Sandbox::User=root --download-only xmlsec1 && \
    tar -xf xmlsec1_*.orig.tar.* --strip-components=1 && \
    ./configure --quiet --prefix=/usr --libdir=/usr/lib/x86_64-linux-gnu --disable-static --disable-docs --disable-apps \
      --enable-crypto-dl --with-default-crypto=openssl --without-gcrypt --without-gnutls --without-nss CFLAGS=-O0 && \
    make -s -j "$(nproc)" install DESTDIR=/srv/xmlsec && \
    rm -r /tmp/xmlsec
COPY rpm-repository /usr/local/bin/
RUN bash /usr/local/bin/rpm-repository /srv/sampkg-lab
