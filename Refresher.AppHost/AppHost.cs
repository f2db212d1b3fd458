using Refresher.AppHost;

var builder = DistributedApplication.CreateBuilder(LocalRun.Spell(args));
if (!LocalRun.TryRead(builder, out var local))
{
    return 2;
}

var login = FirstLogin.Of(builder, local);
var stores = Stores.Of(builder, local);

if (local.Only != "servers")
{
    var scheduler = builder.AddProject<Projects.Refresher_Scheduler>("scheduler")
        .WithStores(stores)
        .WithEnvironment("MasterKey__Value", login.MasterKey)
        .WithManagementEndpoint()
        .WithHttpHealthCheck("/health", endpointName: "management")
        .WithEnvironment("FirstLogin__AdminPassword", login.AdminPassword)
        .WithEnvironment("FirstLogin__ApiKey", login.ApiKey)
        .WithEnvironment("Examples__Enabled", builder.ExecutionContext.IsRunMode ? "true" : "false")
        .WithReplicas(local.Schedulers);

    var worker = builder.AddProject<Projects.Refresher_Worker>("worker")
        .WithStores(stores)
        .WithEnvironment("MasterKey__Value", login.MasterKey)
        .WithManagementEndpoint()
        .WithHttpHealthCheck("/health", endpointName: "management")
        .WithReplicas(local.Workers);

    var api = builder.AddProject<Projects.Refresher_Api>("api")
        .WithStores(stores)
        .WithEnvironment("MasterKey__Value", login.MasterKey)
        .WithHttpEndpoint(port: local.PortOrNone(local.ApiPort))
        .WithExternalHttpEndpoints()
        .WithManagementEndpoint()
        .WithHttpHealthCheck("/health");

    var web = builder.AddProject<Projects.Refresher_Web>("web")
        .WithStores(stores)
        .WithEnvironment("MasterKey__Value", login.MasterKey)
        .WithHttpEndpoint(port: local.PortOrNone(local.WebPort))
        .WithExternalHttpEndpoints()
        .WithManagementEndpoint()
        .WithHttpHealthCheck("/health");

    if (builder.ExecutionContext.IsRunMode)
    {
        api.WithEndpoint("http", endpoint => endpoint.TargetHost = local.Listen);
        web.WithEndpoint("http", endpoint => endpoint.TargetHost = local.Listen);
        web.WithEnvironment("Heartbeats__Address", api.GetEndpoint("http"));
        foreach (var sender in new[] { worker, api, web })
        {
            sender.WithEnvironment("Alerts__PublicUrl", web.GetEndpoint("http"));
        }

        worker.WithEnvironment("IncidentLog__Path", Path.Combine(local.State, "logs", "incidents.jsonl"));
        scheduler.WithEnvironment("Examples__Sites__Api", api.GetEndpoint("http")).WithEnvironment("Examples__Sites__Web", web.GetEndpoint("http"));
        Announcement.Add(builder, local, login, Observability.Add(builder, local, stores, login, scheduler, api));
    }

    Publishing.Complete(builder, new(scheduler, worker, api, web), login);
}

builder.Build().Run();
return Environment.ExitCode;
