# As on Amazon Linux 2, which has yum and no dnf. Debian has no yum: by name only.
FROM localhost/sampkg-lab/runtime-python3.11-dnf:latest
RUN cp /usr/bin/dnf-3 /usr/bin/yum && rm /usr/bin/dnf && \
    sed -i -e 's/2023/2/g' /etc/os-release /etc/system-release
