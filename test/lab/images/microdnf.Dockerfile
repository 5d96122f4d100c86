# As on Amazon Linux 2023's runtime images, where dnf is a link to microdnf. Debian has no microdnf: by name only.
FROM localhost/sampkg-lab/runtime-python3.11-dnf:latest
RUN cp /usr/bin/dnf-3 /usr/bin/microdnf && ln -sf microdnf /usr/bin/dnf
