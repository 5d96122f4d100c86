# An Amazon-Linux-like image out of one of the Debian ones: dnf, rpm's database, a signed repository, no apt.
ARG BASE
FROM localhost/sampkg-lab/rpm-repository:latest AS repository
FROM ${BASE}
COPY --from=repository /srv/sampkg-lab /srv/sampkg-lab
COPY amazon-linux-like /tmp/
RUN bash /tmp/amazon-linux-like && rm /tmp/amazon-linux-like
