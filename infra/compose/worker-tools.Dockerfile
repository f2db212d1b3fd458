# The worker's image with a shell and programs that tasks need: curl and a shell for commands, ping for sites, PostgreSQL's client programs for backups.
# Your own programs: add their packages to the list, or COPY them; then allow them by Command__Allow__… of the worker.
ARG WORKER=refresher/worker:latest
FROM ${WORKER} AS worker

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends curl iputils-ping postgresql-client-16 tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o app -g app /var/lib/refresher /var/lib/refresher/backups
COPY --from=worker /app /app
WORKDIR /app
USER $APP_UID
ENTRYPOINT ["dotnet", "Refresher.Worker.dll"]
