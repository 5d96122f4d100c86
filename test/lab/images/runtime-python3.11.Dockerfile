# Where a python3.11 function runs.
FROM localhost/sampkg-lab/base:latest
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3 python3-pip && \
    rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
RUN PIP_BREAK_SYSTEM_PACKAGES=1 PIP_ROOT_USER_ACTION=ignore pip install --no-cache-dir awslambdaric
COPY bootstrap /var/runtime/bootstrap
# A Lambda function's own environment: note that /opt/lib64 is not searched.
ENV LD_LIBRARY_PATH=/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib \
    PATH=/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin \
    LAMBDA_TASK_ROOT=/var/task LAMBDA_RUNTIME_DIR=/var/runtime LANG=C.UTF-8
# dpkg wants ldconfig, which is in sbin; on a function's PATH it is not.
RUN ln -s /usr/sbin/ldconfig /usr/sbin/start-stop-daemon /usr/local/bin/ && chmod 755 /var/runtime/bootstrap
WORKDIR /var/task
