# A stand-in for Chroma's image, which is of the same server: `chroma run` of the pip package.
ARG PYTHON_IMAGE=docker.io/library/python:3.11.14-slim
FROM ${PYTHON_IMAGE}
RUN pip install --no-cache-dir -q chromadb==1.5.9
EXPOSE 8000
ENTRYPOINT ["chroma"]
CMD ["run", "--host", "0.0.0.0", "--port", "8000", "--path", "/data"]
