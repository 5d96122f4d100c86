# A base file system as an image; unlike `docker import`, a build gives it its architecture.
FROM scratch
ADD base.tar /
ENV SSL_CERT_FILE=/etc/ssl/certs/lab-ca.crt PIP_CERT=/etc/ssl/certs/lab-ca.crt \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/lab-ca.crt REQUESTS_CA_BUNDLE=/etc/ssl/certs/lab-ca.crt
CMD ["/bin/bash"]
