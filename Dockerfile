# docker build -t downhill . && docker run -p 8000:8000 downhill
# CPU:  pip takes the +cpu build of torch where PIP_EXTRA_INDEX_URL names an index that has it (.ci/torch).
# CUDA: docker build --build-arg TORCH=torch==2.13.0 ... and docker run --gpus all ...

FROM python:3.13-slim AS build
WORKDIR /src
COPY . .
RUN PIP_CONSTRAINT=.ci/constraints.txt PIP_BUILD_CONSTRAINT=.ci/constraints.txt \
    pip wheel --no-cache-dir --no-deps --wheel-dir /wheel .

FROM python:3.13-slim
ARG PIP_EXTRA_INDEX_URL
ARG TORCH
ENV PIP_NO_CACHE_DIR=1 PYTHONUNBUFFERED=1 NUMBA_CACHE_DIR=/home/downhill/.cache/numba
COPY .ci/torch .ci/constraints.txt /setup/
RUN --mount=type=bind,from=build,source=/wheel,target=/wheel \
    PIP_CONSTRAINT=/setup/constraints.txt sh -c '/setup/torch python && pip install /wheel/*.whl'
RUN useradd --create-home downhill && install -d -o downhill /home/downhill/.cache /home/downhill/.cache/numba
USER downhill
WORKDIR /home/downhill
RUN python -c 'from server.models import kernels; kernels.warm_up()'
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
CMD ["downhill", "serve", "--host", "0.0.0.0", "--port", "8000"]
