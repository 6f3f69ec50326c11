# docker build -t captiontl .
# .NET's own images on Ubuntu 24.04, whose libstdc++ TorchSharp's native library was built for.

FROM --platform=linux/amd64 mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /source
COPY . .
RUN dotnet publish src/CaptionTL.Cli -c Release -r linux-x64 --no-self-contained -o /app

FROM --platform=linux/amd64 mcr.microsoft.com/dotnet/aspnet:10.0-noble
RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home --home-dir /data captiontl
COPY --from=build /app /app
# Everything that is kept lies below /data; the rest of the file system may be read-only.
ENV CAPTIONTL_HOME=/data/cache DOTNET_NOLOGO=1 DOTNET_EnableDiagnostics=0
USER captiontl
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD curl -fsS http://127.0.0.1:8080/health/ready || exit 1
ENTRYPOINT ["/app/captiontl"]
CMD ["serve", "--urls", "http://0.0.0.0:8080", "--data", "/data"]
